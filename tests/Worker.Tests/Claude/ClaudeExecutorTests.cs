using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Claude;

/// <summary>What does not need the real CLI: shell scripts stand in its place.</summary>
public sealed class ClaudeExecutorTests : IDisposable
{
    private const string Payload = """{"prompt":"hello","sessionId":"aaaa1111-0000-4000-8000-000000000001"}""";
    private readonly ScratchFolder home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_pc_without_the_cli_says_so()
    {
        var (result, _) = await Run(Payload, new(), new() { ["PATH"] = home.Path });
        Assert.Equal((Outcomes.Failed, "could-not-start"), (result.Outcome, result.Reason));
        Assert.Contains("not found", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cli_is_found_where_its_installer_puts_it()
    {
        Script(".local/bin/claude", "cat >/dev/null; echo '{\"type\":\"result\",\"subtype\":\"success\",\"result\":\"here\"}'");
        var (result, attempt) = await Run(Payload, new(), new() { ["PATH"] = "/usr/bin:/bin" });
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        Assert.Equal("here", attempt.Output.Text);
        Assert.Equal("aaaa1111-0000-4000-8000-000000000001", (string?)result.Metadata!["sessionId"]);
    }

    [Fact]
    public async Task Its_words_are_the_sentence_when_it_gives_no_answer()
    {
        var settings = new AgentSettings { Program = Script("c", "echo starting >&2; echo 'cannot read config' >&2; exit 3") };
        var (result, attempt) = await Run(Payload, settings);
        Assert.Equal((Outcomes.Failed, "claude-error", 3), (result.Outcome, result.Reason, result.ExitCode));
        Assert.Contains("cannot read config", result.Error, StringComparison.Ordinal);
        Assert.Equal("starting\ncannot read config\n", attempt.Stderr);
    }

    [Fact]
    public async Task Silence_with_exit_code_0_is_no_success()
    {
        var (result, _) = await Run(Payload, new() { Program = Script("c", "exit 0") });
        Assert.Equal((Outcomes.Failed, "claude-error", 1), (result.Outcome, result.Reason, result.ExitCode));
    }

    [Fact]
    public async Task It_runs_in_the_home_with_the_owners_environment_and_its_input_closed()
    {
        var script = Script("c", """
            printf '{"type":"result","subtype":"success","result":"%s|%s|%s|%s"}' "$(cat)" "$PWD" "$ANTHROPIC_MODEL" "$EXTRA$CLAUDECODE"
            """);
        var settings = new AgentSettings { Program = script, Env = new Dictionary<string, string> { ["EXTRA"] = "x" } };
        var (_, attempt) = await Run(Payload, settings, new() { ["ANTHROPIC_MODEL"] = "opus", ["CLAUDECODE"] = "1" });
        Assert.Equal($"hello|{home.Path}|opus|x", attempt.Output.Text);
    }

    [Theory]
    [InlineData("""{"prompt":"x","sessionId":"../x"}""", "sessionId")]
    [InlineData("""{"prompt":"x","sessionId":"--resume"}""", "sessionId")]
    [InlineData("""{"prompt":"x","sessionId":"abc"}""", "sessionId")]
    [InlineData("""{"prompt":"","sessionId":"abcd"}""", "prompt")]
    [InlineData("""{"prompt":"x","sessionId":"abcd","model":"--x"}""", "model")]
    [InlineData("""{"prompt":"x","sessionId":"abcd","tools":"all"}""", "tools")]
    [InlineData("""{"prompt":"x","sessionId":"abcd","limits":{"memory":1}}""", "limits.memory")]
    public async Task A_payload_the_gateway_should_have_refused_is_refused_here_too(string payload, string word)
    {
        var (result, _) = await Run(payload, new() { Program = Script("c", "touch ran") });
        Assert.Equal((Outcomes.Rejected, "payload-not-understood"), (result.Outcome, result.Reason));
        Assert.Contains(word, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(home.At("ran")));
    }

    [Fact]
    public async Task A_short_id_that_names_nothing_fails_before_anything_runs()
    {
        var (result, _) = await Run("""{"prompt":"x","sessionId":"abcd"}""", new() { Program = Script("c", "touch ran") });
        Assert.Equal((Outcomes.Failed, "unknown-session"), (result.Outcome, result.Reason));
        Assert.False(File.Exists(home.At("ran")));
    }

    [Theory]
    [InlineData("memory", 100_000_000, "head -c 300m /dev/zero | tail -c 299m", "memory-limit")]
    [InlineData("cpu", 300, "while :; do :; done", "cpu-limit")]
    [InlineData("processes", 5, "for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; wait", "process-limit")]
    [InlineData("output", 5000, "trap 'exit 0' TERM; yes & wait", "output-limit")]
    public async Task A_limit_of_the_task_ends_the_turn_and_the_reason_says_which(string limit, long value, string body, string reason)
    {
        var (result, attempt) = await Run(With(limit, value), new() { Program = Script("c", body) });
        Assert.Equal((Outcomes.Failed, reason), (result.Outcome, result.Reason));
        Assert.Equal("aaaa1111-0000-4000-8000-000000000001", (string?)result.Metadata!["sessionId"]);
        Assert.Equal(0, attempt.Alive());
    }

    [Fact]
    public async Task The_owners_limits_hold_for_a_turn_that_asks_for_more_or_for_none()
    {
        var settings = new AgentSettings { Program = Script("c", "yes"), Limits = new() { OutputBytes = 5000 } };
        foreach (var payload in new[] { Payload, With("output", 1_000_000_000) })
            Assert.Equal("output-limit", (await Run(payload, settings)).Result.Reason);
    }

    private static string With(string limit, long value) => $$$"""{{{Payload[..^1]}}},"limits":{"{{{limit}}}":{{{value}}}}}""";

    private string Script(string name, string body)
    {
        var path = home.File(name, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private async Task<(ExecutionResult Result, TestAttempt Attempt)> Run(
        string payload, AgentSettings settings, Dictionary<string, string>? environment = null)
    {
        using var attempt = new TestAttempt(Kinds.Claude, payload, home.Path, environment);
        return (await attempt.Run(new AgentExecutor(new ClaudeCli(), settings)), attempt);
    }
}
