using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Gateway.Tests.Https;

/// <summary>The server's own authority: what it is, what it signs, and the folder it is kept in.</summary>
public sealed class AuthorityTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-tls").FullName;

    [Fact]
    public void An_authority_signs_servers_and_no_authorities()
    {
        var authority = CertificateAuthority.Create(Now).Certificate;

        var constraints = Assert.Single(authority.Extensions.OfType<X509BasicConstraintsExtension>());
        Assert.Equal((true, true, true, 0), (constraints.Critical, constraints.CertificateAuthority, constraints.HasPathLengthConstraint,
            constraints.PathLengthConstraint));
        var usage = Assert.Single(authority.Extensions.OfType<X509KeyUsageExtension>());
        Assert.Equal((true, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign), (usage.Critical, usage.KeyUsages));
        Assert.Single(authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.InRange(authority.NotAfter - authority.NotBefore, TimeSpan.FromDays(3650), TimeSpan.FromDays(3652));
        using var key = authority.GetECDsaPublicKey()!;
        Assert.Equal("1.2.840.10045.3.1.7", key.ExportParameters(false).Curve.Oid.Value);
        Assert.False(authority.HasPrivateKey);
    }

    [Fact]
    public void A_leaf_is_for_its_names_for_90_days_and_trusted_by_whoever_trusts_the_authority()
    {
        var authority = CertificateAuthority.Create(Now);
        using var leaf = authority.IssueLeaf(["pc.example.org", "192.0.2.7", "::1"], Now);

        Assert.True(leaf.MatchesHostname("pc.example.org"));
        Assert.True(leaf.MatchesHostname("192.0.2.7"));
        Assert.True(leaf.MatchesHostname("::1"));
        Assert.False(leaf.MatchesHostname("other.example.org"));
        Assert.Equal(Now.AddDays(90), leaf.NotAfter);
        Assert.True(leaf.HasPrivateKey);
        Assert.Equal(X509ChainStatusFlags.NoError, Judge(leaf, authority.Certificate, Now));
        Assert.NotEqual(X509ChainStatusFlags.NoError, Judge(leaf, CertificateAuthority.Create(Now).Certificate, Now));
        Assert.Equal(X509ChainStatusFlags.NotTimeValid, Judge(leaf, authority.Certificate, Now.AddDays(91)));
    }

    [Fact]
    public void A_leaf_does_not_outlive_its_authority()
    {
        var authority = CertificateAuthority.Create(Now);
        using var leaf = authority.IssueLeaf(["localhost"], Now + CertificateAuthority.Lifetime - TimeSpan.FromDays(10));
        using var first = authority.IssueLeaf(["localhost"], Now - TimeSpan.FromHours(12));

        Assert.Equal(authority.Certificate.NotAfter, leaf.NotAfter);
        Assert.Equal(authority.Certificate.NotBefore, first.NotBefore);
    }

    [Fact]
    public void Its_pin_is_the_hash_of_its_public_key_as_openssl_has_it_and_outlives_a_renewed_certificate()
    {
        var authority = CertificateAuthority.Create(Now);
        var pin = CertificatePin.FromCertificate(authority.Certificate);
        using var key = authority.Certificate.GetECDsaPublicKey()!;

        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), pin);
        Assert.True(CertificatePin.IsPin(pin));
        Assert.True(CertificatePin.IsPinOf("sha256:" + pin["sha256:".Length..].ToUpperInvariant(), authority.Certificate));
        Assert.False(CertificatePin.IsPinOf(pin, CertificateAuthority.Create(Now).Certificate));
        Assert.Equal(pin, CertificatePin.FromCertificate(CertificateAuthority.Parse(authority.FormatWithKey()).Certificate));
        Assert.All(["", "sha256:", pin[..^1], pin + "0", pin.Replace("sha256", "sha512", StringComparison.Ordinal), pin[..^1] + "g"],
            text => Assert.False(CertificatePin.IsPin(text)));
    }

    [Fact]
    public void The_first_start_makes_it_and_every_later_one_has_the_same()
    {
        var where = Path.Combine(folder, "new", "tls");
        var (first, file) = AuthorityFolder.OpenAuthority(where, Now);
        var (second, _) = AuthorityFolder.OpenAuthority(where, Now.AddDays(400));

        Assert.Equal(first.Certificate.Thumbprint, second.Certificate.Thumbprint);
        Assert.Equal(Path.Combine(where, "ca.pem"), file);
        Assert.Equal(["authority.pem", "ca.pem"], Directory.GetFiles(where).Select(Path.GetFileName).Order());
        Assert.DoesNotContain("PRIVATE", File.ReadAllText(file!), StringComparison.Ordinal);
        Assert.Equal(first.Certificate.Thumbprint, X509CertificateLoader.LoadCertificateFromFile(file!).Thumbprint);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(where, "authority.pem")));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(where));
    }

    /// <summary>Gateways that share a folder may start at the same moment.</summary>
    [Fact]
    public async Task Of_many_that_start_at_once_all_have_one_authority()
    {
        for (var round = 0; round < 10; round++)
        {
            var where = Path.Combine(folder, $"{round}");
            using var start = new Barrier(8);
            var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait();
                return AuthorityFolder.OpenAuthority(where, Now).Authority.Certificate.Thumbprint;
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            Assert.Single(opened.Distinct());
            Assert.Equal(["authority.pem", "ca.pem"], Directory.GetFiles(where).Select(Path.GetFileName).Order());
        }
    }

    [Theory]
    [InlineData(""), InlineData("nonsense"), InlineData("leaf")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void What_is_no_authority_is_left_alone_and_the_start_refused(string text)
    {
        if (text == "leaf")
        {
            using var leaf = CertificateAuthority.Create(Now).IssueLeaf(["localhost"], Now);
            using var key = leaf.GetECDsaPrivateKey()!;
            text = leaf.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
        }
        var file = Path.Combine(folder, "authority.pem");
        File.WriteAllText(file, text);

        var error = Assert.Throws<StartupException>(() => AuthorityFolder.OpenAuthority(folder, Now));

        Assert.Equal(StartupException.Store, error.ExitCode);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Theory, InlineData(-30), InlineData(4000)]
    public void An_authority_outside_its_time_refuses_the_start_and_says_what_time_it_is(int days)
    {
        AuthorityFolder.OpenAuthority(folder, Now);

        var error = Assert.Throws<StartupException>(() => AuthorityFolder.OpenAuthority(folder, Now.AddDays(days)));

        Assert.Contains("Set the clock", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_a_file_refuses_the_start()
    {
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        Assert.Equal(StartupException.Store, Assert.Throws<StartupException>(() => AuthorityFolder.OpenAuthority(file, Now)).ExitCode);
    }

    [Theory]
    [InlineData("0.0.0.0", "10.0.0.5,127.0.0.1,192.0.2.9,2001:db8::5,::1,localhost,pc,pc.example.org")]
    [InlineData("::", "10.0.0.5,127.0.0.1,192.0.2.9,2001:db8::5,::1,localhost,pc,pc.example.org")]
    [InlineData("10.0.0.5", "10.0.0.5,127.0.0.1,192.0.2.9,::1,localhost,pc,pc.example.org")]
    public void A_certificate_is_for_what_was_told_and_what_the_machine_has(string listen, string expected)
    {
        IPAddress[] machine = [.. ((string[])["127.0.0.1", "10.0.0.5", "2001:DB8:0::5", "fe80::1%2"]).Select(IPAddress.Parse)];

        var names = CertificateNames.CollectNames(["PC.example.org", "192.0.2.9"], IPAddress.Parse(listen), "PC", machine);

        Assert.Equal(expected.Split(',').Order(StringComparer.Ordinal), names);
        Assert.DoesNotContain("not a name!", CertificateNames.CollectNames([], IPAddress.Any, "not a name!", machine));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static X509ChainStatusFlags Judge(X509Certificate2 leaf, X509Certificate2 root, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(leaf) ? X509ChainStatusFlags.NoError
            : chain.ChainStatus.Aggregate(default(X509ChainStatusFlags), (all, one) => all | one.Status);
    }
}
