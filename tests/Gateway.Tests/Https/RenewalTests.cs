using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Gateway.Tests.Https;

/// <summary>Certificates that are replaced while the server runs: its own in time, a given one when its file changes.</summary>
public sealed class RenewalTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Start);
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-tls").FullName;
    private readonly CertificateAuthority authority = CertificateAuthority.Create(Start);

    private string CertificateFile => Path.Combine(folder, "tls.crt");
    private string KeyFile => Path.Combine(folder, "tls.key");

    [Theory]
    [InlineData(0, false), InlineData(59, false), InlineData(60, true), InlineData(89, true), InlineData(91, true), InlineData(-2, true)]
    public void Its_own_is_renewed_a_third_before_its_end_and_when_the_clock_was_set_back(int days, bool renewed)
    {
        var older = CertificateAuthority.Create(Start.AddDays(-100));
        var certificates = new ServerCertificates(new OwnCertificates(older, () => ["localhost"]), clock);
        var before = certificates.Leaf;
        clock.AdjustTime(Start.AddDays(days));

        var change = certificates.Refresh();

        Assert.Equal(renewed, change.Certificate is not null);
        Assert.Null(change.Error);
        Assert.Equal(renewed, !ReferenceEquals(before, certificates.Leaf));
        Assert.True(certificates.Leaf.NotAfter > clock.GetUtcNow() && certificates.Leaf.NotBefore <= clock.GetUtcNow());
        Assert.Null(certificates.Refresh().Certificate);
    }

    [Fact]
    public void Its_own_is_made_anew_when_the_machine_has_a_new_address_and_not_when_it_lost_one()
    {
        string[] names = ["localhost", "192.0.2.1"];
        var certificates = new ServerCertificates(new OwnCertificates(authority, () => names), clock);
        names = ["localhost"];
        Assert.Null(certificates.Refresh().Certificate);
        names = ["localhost", "192.0.2.2"];

        Assert.NotNull(certificates.Refresh().Certificate);
        Assert.True(certificates.Leaf.MatchesHostname("192.0.2.2"));
    }

    [Fact]
    public void When_the_authority_itself_has_ended_that_is_told_once_and_the_last_one_stays()
    {
        var certificates = new ServerCertificates(new OwnCertificates(authority, () => ["localhost"]), clock);
        var before = certificates.Leaf;
        clock.AdjustTime(Start + CertificateAuthority.Lifetime + TimeSpan.FromDays(1));

        Assert.NotNull(certificates.Refresh().Error);
        Assert.Null(certificates.Refresh().Error);
        Assert.Same(before, certificates.Leaf);
    }

    [Fact]
    public void A_given_one_is_read_again_when_its_files_are_written()
    {
        var certificates = Give(Issue("one"));
        Assert.Equal(default, certificates.Refresh());
        var next = Issue("two");
        Write(next);

        Assert.NotNull(certificates.Refresh().Certificate);
        Assert.Equal(next.Thumbprint, certificates.Leaf.Thumbprint);
        Assert.Equal(default, certificates.Refresh());
    }

    /// <summary>As Kubernetes mounts secrets: the files are links into a folder that is a link itself, which is swapped.</summary>
    [Fact]
    public async Task A_given_one_is_read_again_when_the_link_to_its_folder_is_swapped()
    {
        foreach (var version in (string[])["1", "2"])
        {
            Directory.CreateDirectory(Path.Combine(folder, version));
            WriteTo(Path.Combine(folder, version), Issue("v" + version));
        }
        File.CreateSymbolicLink(Path.Combine(folder, "data"), "1");
        File.CreateSymbolicLink(CertificateFile, "data/tls.crt");
        File.CreateSymbolicLink(KeyFile, "data/tls.key");
        var certificates = new ServerCertificates(new GivenCertificates(CertificateFile, KeyFile), clock);
        Assert.Equal("CN=v1", certificates.Leaf.Subject);

        File.CreateSymbolicLink(Path.Combine(folder, "data.new"), "2");
        // .NET's Move takes a link to a folder for a folder.
        Assert.Equal(0, (await Command.Run("mv", ["-T", Path.Combine(folder, "data.new"), Path.Combine(folder, "data")])).ExitCode);

        Assert.NotNull(certificates.Refresh().Certificate);
        Assert.Equal("CN=v2", certificates.Leaf.Subject);
    }

    [Theory]
    [InlineData("empty"), InlineData("nonsense"), InlineData("gone"), InlineData("other-key"), InlineData("no-key"), InlineData("ended"),
     InlineData("client")]
    public void A_broken_new_one_is_told_once_and_the_one_before_stays_until_it_is_mended(string how)
    {
        var certificates = Give(Issue("one"));
        var before = certificates.Leaf;
        Break(how);

        Assert.NotNull(certificates.Refresh().Error);
        Assert.Equal(default, certificates.Refresh());
        Assert.Same(before, certificates.Leaf);
        Assert.NotNull(certificates.Handshake.ServerCertificateContext);

        Write(Issue("two"));
        Assert.NotNull(certificates.Refresh().Certificate);
        Assert.Equal("CN=two", certificates.Leaf.Subject);
    }

    [Theory]
    [InlineData("empty"), InlineData("nonsense"), InlineData("gone"), InlineData("other-key"), InlineData("no-key"), InlineData("client")]
    public void With_a_broken_one_there_is_no_start(string how)
    {
        Write(Issue("one"));
        Break(how);

        var error = Assert.Throws<StartupException>(() => new ServerCertificates(new GivenCertificates(CertificateFile, KeyFile), clock));

        Assert.Equal(StartupException.Usage, error.ExitCode);
        Assert.Contains(CertificateFile, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_file_may_have_the_whole_chain_and_the_key_and_a_pfx_does_as_well()
    {
        var leaf = Issue("one");
        File.WriteAllText(CertificateFile, leaf.ExportCertificatePem() + "\n" + authority.FormatCertificate() + ExportKey(leaf));
        var pem = new ServerCertificates(new GivenCertificates(CertificateFile, null), clock);
        File.WriteAllBytes(KeyFile, leaf.Export(X509ContentType.Pkcs12));
        var pfx = new ServerCertificates(new GivenCertificates(KeyFile, null), clock);

        Assert.Equal((leaf.Thumbprint, leaf.Thumbprint), (pem.Leaf.Thumbprint, pfx.Leaf.Thumbprint));
        Assert.True(pem.Leaf.HasPrivateKey && pfx.Leaf.HasPrivateKey);
        Assert.Null(pem.Authority);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Break(string how)
    {
        if (how == "empty") File.WriteAllText(CertificateFile, "");
        else if (how == "nonsense") File.WriteAllText(CertificateFile, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
        else if (how == "gone") File.Delete(CertificateFile);
        else if (how == "other-key") File.WriteAllText(KeyFile, ExportKey(Issue("other")));
        else if (how == "no-key") File.WriteAllText(KeyFile, "");
        else if (how == "ended") Write(Issue("ended", Start.AddDays(-100)));
        else Write(IssueForClient());
    }

    private ServerCertificates Give(X509Certificate2 certificate)
    {
        Write(certificate);
        return new ServerCertificates(new GivenCertificates(CertificateFile, KeyFile), clock);
    }

    private void Write(X509Certificate2 certificate) => WriteTo(folder, certificate);

    private static void WriteTo(string folder, X509Certificate2 certificate)
    {
        File.WriteAllText(Path.Combine(folder, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "tls.key"), ExportKey(certificate));
    }

    private static string ExportKey(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static X509Certificate2 IssueForClient() => Issue("client", extension:
        new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));

    private static X509Certificate2 Issue(string name, DateTimeOffset? from = null, X509Extension? extension = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (extension is not null) request.CertificateExtensions.Add(extension);
        using var made = request.CreateSelfSigned(from ?? Start.AddDays(-1), (from ?? Start).AddDays(90));
        // One whose key can be exported, for the files of the test.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
