using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenClaw.Cluster;

namespace OpenClaw.Silo.Tests.Tls;

/// <summary>An authority of the tests' own, with its files in a temporary folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly X509Certificate2 authority;
    private int issued;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = request.CreateSelfSigned(Now.AddDays(-10), Now.AddDays(10));
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("openclaw-tls-").FullName;

    public string AuthorityFile => Path.Combine(Folder, "ca.pem");

    /// <summary>The certificates of a member that trusts this authority.</summary>
    public ClusterTls Member() => Trusting(this, IssueFiles(Now.AddDays(1)));

    /// <summary>Shows a certificate of this authority, trusts another.</summary>
    public ClusterTls Stranger(TestAuthority trusted) => Trusting(trusted, IssueFiles(Now.AddDays(1)));

    public ClusterTls Expired() => Trusting(this, IssueFiles(Now.AddMinutes(-1)));

    public (string Certificate, string Key) IssueFiles(DateTimeOffset until)
    {
        using var own = Issue(until, out var key);
        using (key)
        {
            var name = Path.Combine(Folder, $"member{issued++}");
            File.WriteAllText(name + ".pem", own.ExportCertificatePem());
            File.WriteAllText(name + ".key", key.ExportPkcs8PrivateKeyPem());
            return (name + ".pem", name + ".key");
        }
    }

    public string IssuePfx()
    {
        using var own = Issue(Now.AddDays(1), out var key);
        using var whole = own.CopyWithPrivateKey(key);
        key.Dispose();
        var file = Path.Combine(Folder, $"member{issued++}.pfx");
        File.WriteAllBytes(file, whole.Export(X509ContentType.Pkcs12));
        return file;
    }

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static ClusterTls Trusting(TestAuthority trusted, (string Certificate, string Key) own) =>
        ClusterTls.Load(own.Certificate, own.Key, trusted.AuthorityFile);

    private X509Certificate2 Issue(DateTimeOffset until, out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=member", key, HashAlgorithmName.SHA256);
        return request.Create(authority, Now.AddDays(-2), until, RandomNumberGenerator.GetBytes(8));
    }
}
