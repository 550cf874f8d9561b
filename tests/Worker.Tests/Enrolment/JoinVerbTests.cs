using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Enrolment;

/// <summary>What is sent to whom, and what never is.</summary>
public sealed class JoinVerbTests : IDisposable
{
    private const string Token = "ocl_jnt_testtesttt_TestTokenOfTheFakeGateway000000000000000003";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-join-");
    private readonly TypedTerminal terminal;

    public JoinVerbTests()
    {
        terminal = new TypedTerminal { UserHome = folder.FullName };
        terminal.Variables["OPENCLAW_JOIN_TOKEN"] = Token + Protocol.Security.TokenForm.ComputeChecksum(Token).ToString("x8", null);
    }

    private string Home => Path.Combine(folder.FullName, "home");

    [Theory]
    [InlineData("is no address", "server:3456")]
    [InlineData("is not https", "http://192.0.2.7:3456")]
    [InlineData("--pin is sha256:", "https://127.0.0.1:1", "--pin", "sha256:abc")]
    [InlineData("not both", "https://127.0.0.1:1", "--ca", "x", "--pin",
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("--name is", "http://127.0.0.1:1", "--name", "Studio")]
    public async Task What_is_typed_wrong_is_said_before_anything_is_sent(string says, params string[] typed)
    {
        Assert.Equal(VerbExit.Usage, await terminal.Type(["join", .. typed, "--yes", "--home", Home]));
        Assert.Contains(says, terminal.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Home));
    }

    [Theory]
    [InlineData("", "there is no join token")]
    [InlineData("ocl_jnt_short", "not whole or has a typing error")]
    [InlineData(TestKit.FakeGateway.FakeGateway.Token, "that is no join token")]
    public async Task A_token_that_is_none_is_told_by_its_text(string token, string says)
    {
        terminal.Variables["OPENCLAW_JOIN_TOKEN"] = token;
        Assert.Equal(VerbExit.Usage, await terminal.Type("join", "http://127.0.0.1:1", "--yes", "--home", Home));
        Assert.Contains(says, terminal.Error, StringComparison.Ordinal);
        if (token.Length > 0) Assert.DoesNotContain(token, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_owner_sees_what_the_PC_will_accept_and_without_a_yes_nothing_happens()
    {
        Directory.CreateDirectory(Home);
        await File.WriteAllTextAsync(Path.Combine(Home, "policy.json"), """{"kinds":["command"]}""");
        terminal.Typed = "n\n";
        Assert.Equal(VerbExit.No, await terminal.Type("join", "http://127.0.0.1:1", "--home", Home));
        Assert.Contains("This PC will take tasks from http://127.0.0.1:1/", terminal.Out, StringComparison.Ordinal);
        Assert.Matches("kinds +command\n", terminal.Out);
        Assert.Matches("offers +command\n", terminal.Out);
        terminal.Typed = null;
        Assert.Equal(VerbExit.No, await terminal.Type("join", "http://127.0.0.1:1", "--home", Home));
        Assert.Contains("--yes", terminal.Error, StringComparison.Ordinal);
        Assert.False(WorkerKey.IsIn(Home));
        Assert.Empty(Directory.GetFiles(Home, "key-*"));
    }

    /// <summary>As where something is piped into a shell: the token comes by the pipe, the yes from the terminal.</summary>
    [Theory, InlineData("n\n", false), InlineData("", false), InlineData("yes\n", true)]
    public async Task Its_owner_is_asked_at_the_terminal_where_the_standard_input_is_a_pipe(string typed, bool isYes)
    {
        terminal.Piped = terminal.Variables["OPENCLAW_JOIN_TOKEN"] + "\n";
        terminal.Variables.Remove("OPENCLAW_JOIN_TOKEN");
        terminal.TypedBesidePipe = typed;
        using var authority = CreateCertificate("the authority");
        var seen = new List<string>();
        await using var server = await Serve(authority, seen);

        Assert.Equal(VerbExit.No, await terminal.Type("join", server.Urls.First(), "--pin", PinOf(authority), "--home", Home));

        Assert.Contains("Join? [y/N] ", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(isYes, seen.Contains("POST /worker/enrol with a token"));
        if (!isYes) Assert.Empty(seen);
    }

    [Fact]
    public async Task A_server_whose_authority_has_another_key_than_the_pin_gets_no_token()
    {
        using var authority = CreateCertificate("the authority");
        using var other = CreateCertificate("another");
        var seen = new List<string>();
        await using var server = await Serve(authority, seen);
        var url = server.Urls.First();

        Assert.Equal(VerbExit.No, await terminal.Type("join", url, "--pin", PinOf(other), "--yes", "--home", Home));
        Assert.Contains("is NOT the one that invited this PC", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(["GET /ca.pem"], seen);

        // With the right one the token is sent, over a connection that this authority vouches for.
        Assert.Equal(VerbExit.No, await terminal.Type("join", url, "--pin", PinOf(authority), "--yes", "--home", Home));
        Assert.Contains("POST /worker/enrol with a token", seen);
        Assert.False(WorkerKey.IsIn(Home));
    }

    [Fact]
    public void A_key_is_for_its_owner_alone_and_signs_what_the_server_can_check()
    {
        var home = Directory.CreateDirectory(Home).FullName;
        Assert.Equal((null, null), WorkerKey.Load(home, null));
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = WorkerKey.GetKeyPath(home, "0123456789");
        WorkerKey.SaveKey(path, made);
        WorkerKey.SaveRecord(home, new EnrolmentRecord { Identity = "0123456789", Name = "pc", Server = "server", Kinds = ["command"] });
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(path), StringComparison.Ordinal);

        var (key, error) = WorkerKey.Load(home, "machine");
        Assert.Null(error);
        var parts = key!.SignRequest("/worker/sessions", "challenge", [1, 2]).Split('.');
        Assert.Equal(["0123456789", "machine", "challenge"], parts[..3]);
        var text = KeySignature.FormatRequest("server", "/worker/sessions", "0123456789", "machine", "challenge", [1, 2]);
        Assert.True(KeySignature.IsSignedBy(made.ExportSubjectPublicKeyInfo(), text, parts[3]));
        key.Dispose();
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("can be read by others", WorkerKey.Load(home, null).Error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string PinOf(X509Certificate2 certificate) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private static X509Certificate2 CreateCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }

    /// <summary>Serves its own authority, and takes nobody.</summary>
    private static async Task<WebApplication> Serve(X509Certificate2 certificate, List<string> seen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.Run(context =>
        {
            var token = context.Request.Headers.Authorization.Count > 0 ? " with a token" : "";
            lock (seen) seen.Add($"{context.Request.Method} {context.Request.Path}{token}");
            if (context.Request.Path == "/ca.pem") return context.Response.WriteAsync(certificate.ExportCertificatePem());
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }
}
