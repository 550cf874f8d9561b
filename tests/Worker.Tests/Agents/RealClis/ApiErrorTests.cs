using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Agents.RealClis;

/// <summary>The APIs refuse, or are not there: each real CLI has its own way to say so, and the task says it in one.</summary>
[Trait("Category", "RealCli")]
public sealed class ApiErrorTests(AgentApis apis) : IClassFixture<AgentApis>
{
    [Theory]
    [InlineData("claude", 403, "not-logged-in")]
    [InlineData("codex", 403, "not-logged-in")]
    [InlineData("codex", 429, "rate-limited")]
    [InlineData("gemini", 401, "not-logged-in")]
    public async Task A_refusal_of_the_api_has_its_reason_and_an_exit_code_that_is_no_signal(string agent, int status, string reason)
    {
        using var bench = AgentBench.Of(agent, apis);
        var (result, attempt) = await bench.Turn($"[[status {status}]]");
        Assert.Equal((Outcomes.Failed, reason, 1), (result.Outcome, result.Reason, result.ExitCode));
        Assert.Equal("", attempt.Output.Text);
    }

    [Fact]
    public async Task What_the_server_says_is_not_taken_for_a_status()
    {
        using var bench = AgentBench.Codex(apis);
        var (result, _) = await bench.Turn("[[status 400]] [[say request req_84013 is not valid]]");
        Assert.Equal((Outcomes.Failed, "codex-error"), (result.Outcome, result.Reason));
        Assert.Contains("req_84013", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude", "try 2 of")]
    [InlineData("gemini", "Attempt 1 failed")]
    public async Task A_turn_whose_time_is_over_while_the_api_limits_its_rate_says_so(string agent, string tried)
    {
        using var bench = AgentBench.Of(agent, apis);
        using var attempt = bench.Attempt("[[status 429]]");
        var running = bench.Run(attempt);
        await Until.True(() => attempt.Stderr.Contains(tried, StringComparison.Ordinal), "it was refused");
        attempt.Stop.Request(StopReason.Timeout);
        var result = await running;
        Assert.Equal((Outcomes.TimedOut, "rate-limited"), (result.Outcome, result.Reason));
        Assert.Contains("429", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude", "the API can't be reached, try 2 of 10")]
    [InlineData("codex", "waiting for network (Connection failed")]
    [InlineData("gemini", "Attempt 1 failed. Retrying")]
    public async Task An_agent_that_can_not_reach_its_api_is_ended_long_before_the_timeout_and_says_so(string agent, string words)
    {
        var clock = new FakeTimeProvider();
        using var bench = AgentBench.Of(agent, apis);
        // Bound, and nobody listens on it: nobody can meanwhile.
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nowhere = $"http://127.0.0.1:{((IPEndPoint)bound.LocalEndPoint!).Port}";
        foreach (var name in bench.Environment.Keys.Where(name => name.EndsWith("_BASE_URL", StringComparison.Ordinal)).ToArray())
            bench.Environment[name] = nowhere;
        var config = bench.Home.At(".codex", "config.toml");
        File.WriteAllText(config, File.ReadAllText(config).Replace(apis.Url, nowhere, StringComparison.Ordinal));
        bench.Clock = clock;
        using var attempt = bench.Attempt("hi");
        var running = bench.Run(attempt);
        await Until.True(() => attempt.Stderr.Contains(words, StringComparison.Ordinal), "it has said so");
        clock.Advance(bench.Settings.FirstOutput);
        var result = await running;
        Assert.Equal((Outcomes.TimedOut, "unreachable"), (result.Outcome, result.Reason));
        var begin = $"nothing came from the model for too long; what {bench.Cli.Agent.Title} said last";
        Assert.StartsWith(begin, result.Error, StringComparison.Ordinal);
        Assert.Equal(0, attempt.Alive());
    }
}
