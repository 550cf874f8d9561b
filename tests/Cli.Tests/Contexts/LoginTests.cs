using System.Security.Cryptography.X509Certificates;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security.Certificates;
using OpenClaw.TestKit.FakeGateway;

namespace OpenClaw.Cli.Tests.Contexts;

public sealed class LoginTests
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_person_types_it_and_nothing_shows_it()
    {
        await using var gateway = await Answers.StartGateway(Answers.Caller);
        using var terminal = new TestTerminal { Typed = Answers.Token };

        var run = await terminal.Run("login", gateway.Url.ToString());

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("as testtesttt (admin)", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("ocl_wrk", run.Out + run.Error, StringComparison.Ordinal);
        Assert.Contains(Answers.Token, await File.ReadAllTextAsync(terminal.SettingsPath), StringComparison.Ordinal);
        Assert.StartsWith("server  ", await terminal.Succeed("status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_pipes_it_in()
    {
        await using var gateway = await Answers.StartGateway(Answers.Caller);
        using var terminal = new TestTerminal();

        var run = await terminal.RunWithInput(Answers.Token + "\n", "login", gateway.Url.ToString(), "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("{\"tokenId\":\"testtesttt\",", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_the_server_refuses_is_not_kept()
    {
        await using var gateway = await Answers.StartGateway(Answers.Problem(401, "A valid token is needed."));
        using var terminal = new TestTerminal { Typed = Answers.Token };

        var run = await terminal.Run("login", gateway.Url.ToString());

        var said = $"openclaw: not logged in: A valid token is needed. {gateway.Url} did not take the token that was sent: it was "
            + "revoked, has run out, was rotated or suspended, or is another server's. Get a new one from an administrator "
            + $"(openclaw tokens create), then openclaw login {gateway.Url}, or set OPENCLAW_TOKEN{Environment.NewLine}";
        Assert.Equal((ExitCodes.NotAllowed, said), (run.ExitCode, run.Error[run.Error.IndexOf("openclaw:", StringComparison.Ordinal)..]));
        Assert.False(File.Exists(terminal.SettingsPath));
    }

    [Theory, InlineData("ocl_cli_abc"), InlineData(""), InlineData(FakeGateway.Token + "0")]
    public async Task A_token_that_is_not_whole_is_not_sent(string token)
    {
        await using var gateway = await Answers.StartGateway(Answers.Caller);
        using var terminal = new TestTerminal { Typed = token };

        Assert.Equal(ExitCodes.Usage, (await terminal.Run("login", gateway.Url.ToString())).ExitCode);

        Assert.Empty(gateway.Calls);
    }

    [Fact]
    public async Task A_token_on_the_command_line_is_refused()
    {
        using var terminal = new TestTerminal();
        Assert.Equal(ExitCodes.Usage, (await terminal.Run("login", "http://127.0.0.1", Answers.Token)).ExitCode);
        Assert.Equal(ExitCodes.Usage, (await terminal.Run("login", "http://127.0.0.1", "--token", Answers.Token)).ExitCode);
    }

    [Fact]
    public async Task Plain_HTTP_to_elsewhere_is_refused_before_anything_is_asked()
    {
        using var terminal = new TestTerminal { Typed = Answers.Token };
        var run = await terminal.Run("login", "http://claw.example");
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("--insecure-http", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_with_its_own_authority_is_trusted_by_that_alone()
    {
        var ((pem, leaf), (strange, _)) = (OwnAuthority.Create(), OwnAuthority.Create());
        await using var gateway = await FakeGateway.Start(certificate: leaf);
        gateway.InBetween = _ => Answers.Caller;
        using var terminal = new TestTerminal { Typed = Answers.Token };
        var url = gateway.Url.ToString();

        var unknown = await terminal.Run("login", url);
        var wrong = await terminal.Run("login", url, "--ca", terminal.WriteFile("strange.pem", strange));
        Assert.Equal((ExitCodes.Unreachable, ExitCodes.Unreachable), (unknown.ExitCode, wrong.ExitCode));
        Assert.Contains("is not trusted", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("is not trusted", wrong.Error, StringComparison.Ordinal);
        Assert.Empty(gateway.Calls);

        var authority = terminal.WriteFile("ca.pem", pem);
        await terminal.Succeed("login", url, "--ca", authority);
        File.Delete(authority);
        await terminal.Succeed("status");
        Assert.Contains("its own", await terminal.Succeed("contexts", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_is_compared_before_the_token_is_sent()
    {
        var ((pem, leaf), (strange, _)) = (OwnAuthority.Create(), OwnAuthority.Create());
        var shown = strange;
        await using var gateway = await FakeGateway.Start(certificate: leaf);
        gateway.InBetween = call => call.Path == Routes.Authority
            ? new FalseAnswer(200, "application/pem-certificate-chain", Volatile.Read(ref shown)) : Answers.Caller;
        using var terminal = new TestTerminal { Typed = Answers.Token };
        using var authority = X509Certificate2.CreateFromPem(pem);
        string[] login = ["login", gateway.Url.ToString(), "--pin", CertificatePin.FromCertificate(authority)];

        // Something in between has an authority of its own.
        var wrong = await terminal.Run(login);
        Assert.Equal(ExitCodes.Unreachable, wrong.ExitCode);
        Assert.Contains("has not the authority of this pin", wrong.Error, StringComparison.Ordinal);
        // Or a page.
        Volatile.Write(ref shown, "<html>sign in</html>");
        Assert.Equal(ExitCodes.Unreachable, (await terminal.Run(login)).ExitCode);
        Assert.Equal([Routes.Authority, Routes.Authority], gateway.Calls.Select(call => call.Path));
        Assert.False(File.Exists(terminal.SettingsPath));

        Volatile.Write(ref shown, strange + "\n" + pem);
        await terminal.Succeed(login);
        await terminal.Succeed("status");
        Assert.Equal(2, (await File.ReadAllTextAsync(terminal.SettingsPath)).Split("BEGIN CERTIFICATE").Length);
    }

    [Fact]
    public async Task Who_shows_the_pinned_authority_without_being_by_it_gets_no_token()
    {
        var ((pem, _), (_, strangeLeaf)) = (OwnAuthority.Create(), OwnAuthority.Create());
        await using var gateway = await FakeGateway.Start(certificate: strangeLeaf);
        gateway.InBetween = call => call.Path == Routes.Authority ? new FalseAnswer(200, "application/x-pem-file", pem) : Answers.Caller;
        using var terminal = new TestTerminal { Typed = Answers.Token };
        using var authority = X509Certificate2.CreateFromPem(pem);

        var run = await terminal.Run("login", gateway.Url.ToString(), "--pin", CertificatePin.FromCertificate(authority));

        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.Contains("is not trusted", run.Error, StringComparison.Ordinal);
        Assert.Equal([Routes.Authority], gateway.Calls.Select(call => call.Path));
    }

    [Theory]
    [InlineData("https://127.0.0.1:1", "sha256:abc"), InlineData("http://127.0.0.1:1", "sha256:" + Digest)]
    [InlineData("https://127.0.0.1:1", Digest)]
    public async Task What_is_no_pin_asks_nobody(string url, string pin)
    {
        using var terminal = new TestTerminal { Typed = Answers.Token };
        Assert.Equal(ExitCodes.Usage, (await terminal.Run("login", url, "--pin", pin)).ExitCode);
    }

    [Fact]
    public async Task Authorities_of_a_file_count_beside_the_systems()
    {
        var (pem, leaf) = OwnAuthority.Create();
        await using var gateway = await FakeGateway.Start(certificate: leaf);
        gateway.InBetween = _ => Answers.Caller;
        using var terminal = new TestTerminal
        {
            Variables = { ["OPENCLAW_URL"] = gateway.Url.ToString(), ["OPENCLAW_TOKEN"] = Answers.Token },
        };

        Assert.Equal(ExitCodes.Unreachable, (await terminal.Run("status")).ExitCode);
        await terminal.Succeed("status", "--ca-file", terminal.WriteFile("ca.pem", pem));
    }

    [Fact]
    public async Task Several_servers_are_kept_by_name_and_forgotten_by_name()
    {
        await using var gateway = await FakeGateway.Start(basePath: "/claw");
        gateway.InBetween = _ => Answers.Caller;
        using var terminal = new TestTerminal { Typed = Answers.Token };
        await terminal.Succeed("login", gateway.Url.ToString(), "--name", "a");
        await terminal.Succeed("login", gateway.Url + "/", "--name", "b");

        Assert.Equal(["/me", "/me"], gateway.Calls.Select(call => call.Path));
        Assert.Contains("* ", (await terminal.Succeed("contexts", "list")).Split('\n')[2], StringComparison.Ordinal);
        await terminal.Succeed("contexts", "use", "a");
        Assert.Contains("token testtesttt itself stays good", await terminal.Succeed("logout"), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.No, (await terminal.Run("logout")).ExitCode);
        await terminal.Succeed("logout", "b");
        Assert.Equal("{\"contexts\":[]}", (await terminal.Succeed("contexts", "list", "--json")).Trim());
    }
}
