using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Tests.Cli;
using OpenClaw.Worker.Tests.Transport;

namespace OpenClaw.Worker.Tests.Diagnosis;

/// <summary>The whole of it against a gateway, on this PC.</summary>
public sealed class DoctorTests
{
    // Well-formed, of nobody.
    private const string Unknown = "ocl_wrk_aaaaaaaaaa_SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS57c46968";
    private readonly TypedTerminal terminal = new();

    [Fact]
    public async Task Beside_a_daemon_that_is_well_it_finds_no_fault_on_the_way_and_disturbs_nothing()
    {
        await using var worker = await WorkerHarness.Start();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it polls");
        Set(worker.Gateway.Url, FakeGateway.Token);
        var findings = await Doctor(worker.Home);
        Assert.All(["settings", "proxy", "dns", "tcp", "tls", "clock", "token", "home", "daemon"],
            check => Assert.Equal("ok", findings[check]));
        Assert.DoesNotContain(FakeGateway.Token, terminal.Out, StringComparison.Ordinal);
        Assert.Equal(1, worker.Gateway.Count("session"));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
    }

    [Fact]
    public async Task A_token_the_server_does_not_take_is_a_fault()
    {
        await using var gateway = await FakeGateway.Start();
        Set(gateway.Url, Unknown);
        Assert.Equal("fault", (await Doctor("/nonexistent/home"))["token"]);
        Assert.Equal(VerbExit.No, await terminal.Type("doctor", "--home", "/nonexistent/home"));
        Assert.Contains("FAULT   token     it is well-formed, and the server does not take it", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("-> ", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Unknown, terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "no OpenClaw gateway"), InlineData(401, "no OpenClaw gateway"), InlineData(403, "no OpenClaw gateway")]
    [InlineData(404, "no OpenClaw gateway"), InlineData(409, "no OpenClaw gateway"), InlineData(502, "reach the server")]
    public async Task A_page_of_something_in_between_says_nothing_about_token_or_clock(int status, string sentence)
    {
        await using var gateway = await FakeGateway.Start();
        gateway.InBetween = _ => new FalseAnswer(status);
        Set(gateway.Url, FakeGateway.Token);
        var findings = await Doctor("/nonexistent/home");
        Assert.Equal(("fault", "warning"), (findings["token"], findings["clock"]));
        Assert.Contains(sentence, terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_keeps_large_bodies_back_is_a_warning_with_the_line_to_add()
    {
        await using var gateway = await FakeGateway.Start();
        gateway.InBetween = call => call.Bytes > 1024 * 1024 ? new FalseAnswer(413) : null;
        Set(gateway.Url, FakeGateway.Token);
        Assert.Equal("warning", (await Doctor("/nonexistent/home"))["bodies"]);
        Assert.Contains("client_max_body_size", terminal.Out, StringComparison.Ordinal);
        gateway.InBetween = _ => null;
        Assert.Equal("ok", (await Doctor("/nonexistent/home"))["bodies"]);
    }

    [Fact]
    public async Task Our_own_server_under_a_wrong_path_is_told_as_that()
    {
        await using var gateway = await FakeGateway.Start();
        gateway.InBetween = _ => FalseAnswers.Misplaced[0];
        Set(gateway.Url, FakeGateway.Token);
        Assert.Equal("fault", (await Doctor("/nonexistent/home"))["token"]);
        Assert.Contains("no such route", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_fault_and_the_rest_is_looked_at_all_the_same()
    {
        var gateway = await FakeGateway.Start();
        Set(gateway.Url, FakeGateway.Token);
        await gateway.DisposeAsync();
        var findings = await Doctor("/nonexistent/home");
        Assert.Equal("fault", findings["tcp"]);
        Assert.True(findings.ContainsKey("shell"));
        Assert.False(findings.ContainsKey("token"));
    }

    [Fact]
    public async Task A_gateway_nobody_here_trusts_is_named_with_its_hash_and_trusted_once_its_authority_is_given()
    {
        using var authority = new GatewayAuthority();
        await using var gateway = await FakeGateway.Start(certificate: authority.Issue("127.0.0.1"));
        Set(gateway.Url, FakeGateway.Token);
        Assert.Equal("fault", (await Doctor("/nonexistent/home"))["tls"]);
        Assert.Contains("SHA-256", terminal.Out, StringComparison.Ordinal);
        var file = Path.GetTempFileName();
        terminal.Variables["OPENCLAW_CA_FILE"] = authority.Write(file);
        var findings = await Doctor("/nonexistent/home");
        File.Delete(file);
        // It runs out tomorrow.
        Assert.Equal(("warning", "ok"), (findings["tls"], findings["token"]));
    }

    [Fact]
    public async Task A_proxy_that_asks_who_it_is_is_named_with_the_line_to_add()
    {
        using var authority = new GatewayAuthority();
        await using var proxy = new ConnectProxy("me", "secret");
        await using var gateway = await FakeGateway.Start(certificate: authority.Issue("127.0.0.1"));
        Set(gateway.Url, FakeGateway.Token);
        terminal.Variables["OPENCLAW_PROXY"] = $"http://127.0.0.1:{proxy.Port}";
        Assert.Equal("fault", (await Doctor("/nonexistent/home"))["tls"]);
        Assert.Contains("the proxy wants to know who you are (407)", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("http://USER:PASSWORD@HOST:PORT", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_settings_it_says_what_is_missing()
    {
        Assert.Equal("fault", (await Doctor("/nonexistent/home"))["settings"]);
        Assert.Contains("WORKER_URL is not set", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("export WORKER_URL=", terminal.Out, StringComparison.Ordinal);
    }

    private void Set(Uri url, string token) =>
        (terminal.Variables["WORKER_URL"], terminal.Variables["WORKER_TOKEN"]) = (url.ToString(), token);

    private async Task<Dictionary<string, string>> Doctor(string home)
    {
        await terminal.Type("doctor", "--json", "--home", home);
        using var json = JsonDocument.Parse(terminal.Out);
        return json.RootElement.EnumerateArray()
            .ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("grade").GetString()!);
    }
}
