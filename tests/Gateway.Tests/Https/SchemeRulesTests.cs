using System.Net;
using OpenClaw.Hosting;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Gateway.Tests.Https;

/// <summary>Which scheme an address gets: all there is, and what a start says about contradictions.</summary>
public sealed class SchemeRulesTests
{
    private static readonly bool[] Both = [false, true];

    public static IEnumerable<object[]> All =>
        from loopback in Both
        from plain in Both
        from certificate in Both
        from folder in Both
        from names in Both
        select new object[] { loopback, plain, certificate, folder, names };

    /// <summary>Written as the page says it, rule by rule, and not as the code decides it.</summary>
    [Theory, MemberData(nameof(All))]
    public void Every_case_is_as_the_page_says(bool loopback, bool plain, bool certificate, bool folder, bool names)
    {
        var (scheme, error) = SchemeRules.DecideScheme(new SchemeFacts(loopback, plain, certificate, folder, names));

        // Plain HTTP leaves the machine only when that was said.
        if (scheme == AddressScheme.PlainHttp) Assert.True(loopback || plain);
        // Loopback is plain, unless somebody gave a certificate.
        if (loopback && !certificate) Assert.Equal(AddressScheme.PlainHttp, scheme);
        // A certificate that was given is used, or the start is refused.
        if (certificate) Assert.Equal(AddressScheme.GivenCertificate, scheme);
        if (certificate && plain) Assert.Equal(SchemeError.PlainWithCertificate, error);
        // Our own is made where it is needed and can be kept.
        var own = !loopback && !plain && !certificate;
        Assert.Equal(own, scheme == AddressScheme.OwnCertificate);
        if (own && !folder) Assert.Equal(SchemeError.NoFolderForAuthority, error);
        if (names && !own) Assert.NotNull(error);
        // Nothing else is refused.
        Assert.Equal((certificate && plain) || (own && !folder) || (names && !own), error is not null);
    }

    [Theory]
    [InlineData("", "127.0.0.1:3456 PlainHttp")]
    [InlineData("--listen ::1", "[::1]:3456 PlainHttp")]
    [InlineData("--listen 127.0.0.2 --insecure-http true", "127.0.0.2:3456 PlainHttp")]
    [InlineData("--listen 0.0.0.0", "0.0.0.0:3456 OwnCertificate")]
    [InlineData("--listen 192.0.2.1 --port 8443", "192.0.2.1:8443 OwnCertificate")]
    [InlineData("--listen 0.0.0.0 --insecure-http true", "0.0.0.0:3456 PlainHttp")]
    [InlineData("--listen 0.0.0.0 --tls-cert c.pem", "0.0.0.0:3456 GivenCertificate")]
    [InlineData("--tls-cert c.pem", "127.0.0.1:3456 GivenCertificate")]
    [InlineData("--public https://pc.example.org:8443", "[::]:8443 OwnCertificate")]
    [InlineData("--public https://pc.example.org", "[::]:443 OwnCertificate")]
    [InlineData("--public https://pc.example.org --port 9443", "[::]:9443 OwnCertificate")]
    [InlineData("--public https://pc.example.org --tls-cert c.pem", "[::]:443 GivenCertificate")]
    [InlineData("--public https://pc.example.org:8443 --listen 192.0.2.1", "192.0.2.1:8443 OwnCertificate")]
    // Behind a proxy that has the public name and port.
    [InlineData("--public https://pc.example.org:8443 --insecure-http true", "127.0.0.1:3456 PlainHttp")]
    [InlineData("--public https://pc.example.org --listen 127.0.0.1", "127.0.0.1:3456 PlainHttp")]
    [InlineData("--public https://pc.example.org --listen 0.0.0.0 --insecure-http true", "0.0.0.0:3456 PlainHttp")]
    public void Options_say_where_it_listens_and_how(string line, string expected)
    {
        var (settings, errors) = Read(line, "/data");

        Assert.Empty(errors);
        var listens = $"{new IPEndPoint(settings.Address, settings.Port)} {settings.Scheme}";
        Assert.Equal(expected.Replace("[::]", Any(), StringComparison.Ordinal), listens);
        Assert.Equal(expected == "0.0.0.0:3456 PlainHttp", settings.Exposed);
    }

    [Theory]
    [InlineData("--listen 0.0.0.0 --insecure-http true --tls-cert c.pem", "OPENCLAW_TLS_CERT")]
    [InlineData("--insecure-http true --tls-cert c.pem", "OPENCLAW_TLS_CERT")]
    [InlineData("--tls-key k.pem", "OPENCLAW_TLS_KEY")]
    [InlineData("--host pc.example.org", "OPENCLAW_HOST_NAMES")]
    [InlineData("--host pc.example.org --listen 0.0.0.0 --tls-cert c.pem", "OPENCLAW_HOST_NAMES")]
    [InlineData("--host https://pc.example.org --listen 0.0.0.0", "OPENCLAW_HOST_NAMES")]
    [InlineData("--public http://pc.example.org", "OPENCLAW_PUBLIC_URL")]
    [InlineData("--public pc.example.org:8443", "OPENCLAW_PUBLIC_URL")]
    [InlineData("--public https://pc.example.org/claw", "OPENCLAW_PUBLIC_URL")]
    [InlineData("--public https://me:secret@pc.example.org", "OPENCLAW_PUBLIC_URL")]
    [InlineData("--public https://pc_example..org", "OPENCLAW_PUBLIC_URL")]
    [InlineData("--listen here", "OPENCLAW_LISTEN")]
    public void A_contradiction_is_one_sentence_that_names_the_setting(string line, string setting)
    {
        var (_, errors) = Read(line, "/data");

        Assert.Contains(setting, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_folder_there_is_no_authority_of_its_own()
    {
        var (_, errors) = Read("--listen 0.0.0.0", null);

        var error = Assert.Single(errors);
        Assert.All(["OPENCLAW_TLS_FOLDER", "OPENCLAW_DATA", "OPENCLAW_TLS_CERT", "OPENCLAW_INSECURE_HTTP"],
            name => Assert.Contains(name, error, StringComparison.Ordinal));
        Assert.Empty(Read("--listen 0.0.0.0 --tls-folder /tls", null).Errors);
        Assert.Empty(Read("", null).Errors);
    }

    [Fact]
    public void A_start_with_contradictions_ends_with_the_code_of_wrong_settings()
    {
        var reader = new SettingsReader(Given("--insecure-http true --tls-cert c.pem"));
        ListenSettings.ReadWithHttps(reader, new Setting("WORKER_PORT", "", "--port"), 3456, null);

        Assert.Equal(StartupException.Usage, Assert.Throws<StartupException>(reader.ThrowIfInvalid).ExitCode);
    }

    private static string Any() => System.Net.Sockets.Socket.OSSupportsIPv6 ? "[::]" : "0.0.0.0";

    private static (ListenSettings Settings, IReadOnlyList<string> Errors) Read(string line, string? dataFolder)
    {
        var reader = new SettingsReader(Given(line));
        return (ListenSettings.ReadWithHttps(reader, new Setting("WORKER_PORT", "", "--port"), 3456, dataFolder), reader.Errors);
    }

    private static Func<Setting, string?> Given(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var given = words.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        return setting => given.GetValueOrDefault(setting.Option ?? "");
    }
}
