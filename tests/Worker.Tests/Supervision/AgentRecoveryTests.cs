using System.Text;
using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Tests.Agents.RealClis;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>kill -9 of the daemon in the middle of an agent's turn, and the one that comes after it.</summary>
public sealed class AgentRecoveryTests(AgentApis api) : IClassFixture<AgentApis>
{
    private const string Session = "aaaa1111-0000-4000-8000-000000000001";

    /// <summary>What Claude Code prints, as lines of a shell script.</summary>
    private const string Begins = $$"""echo '{"type":"system","subtype":"init","session_id":"{{Session}}"}'""";
    private const string Answers = $$$$"""
        echo '{"type":"result","subtype":"success","result":"the answer","session_id":"{{{{Session}}}}","num_turns":1,'\
        '"duration_ms":12.5,"total_cost_usd":0.75,"usage":{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":3,'\
        '"cache_creation_input_tokens":4},"model_usage_since_last_result":{"large":'\
        '{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":3,"cacheCreationInputTokens":4,"costUSD":0.25}}}'
        """;

    [Fact]
    public async Task A_turn_survives_its_daemon_and_the_next_one_reports_its_answer_cost_and_session()
    {
        await using var worker = await WorkerProcess.Prepare();
        Claude(worker, "{}", Begins, Says("first "), Wait(worker, "go"), Says("second"), Answers);
        var id = await Turn(worker);
        await worker.Gateway.Until(g => ReadStderr(g, id) == "first ", "its first words are there");
        await worker.Kill();
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        Assert.Equal([id], worker.Gateway.Opened!.Held!);
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        var attempt = await worker.Gateway.Ended(id);

        Assert.Equal("the answer", attempt.Text);
        Assert.Equal("first second\n[0.25 USD, 1 turn, 2 tokens written, large]\n", ReadStderr(worker.Gateway, id));
        var result = Assert.Single(attempt.Results);
        Assert.Equal(("succeeded", 0), (result.Outcome, result.ExitCode));
        var facts = result.Metadata!.Value;
        Assert.Equal(Session, facts.GetProperty("sessionId").GetString());
        Assert.Equal((0.25, 0.75), (facts.GetProperty("costUsd").GetDouble(), facts.GetProperty("sessionCostUsd").GetDouble()));
        Assert.Equal(
            """{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":3,"cacheCreationInputTokens":4}""",
                facts.GetProperty("usage").GetRawText());
        Assert.Equal((1, 1), (worker.Starts(), worker.Gateway.Count("start")));
    }

    [Fact]
    public async Task A_turn_that_ended_while_no_daemon_was_there_is_reported_whole()
    {
        await using var worker = await WorkerProcess.Prepare();
        Claude(worker, "{}", Begins, Wait(worker, "go"), Says("words"), Answers);
        var id = await Turn(worker);
        await worker.Kill();
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        await Until.True(() => !worker.ProgramLives(), "it has ended");
        worker.Go();
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(("the answer", "succeeded"), (attempt.Text, Assert.Single(attempt.Results).Outcome));
        Assert.StartsWith("words\n", ReadStderr(worker.Gateway, id), StringComparison.Ordinal);
        Assert.Equal(1, worker.Starts());
    }

    [Fact]
    public async Task A_turn_of_whose_model_nothing_was_heard_is_ended_after_an_adoption_and_its_time_does_not_begin_anew()
    {
        await using var worker = await WorkerProcess.Prepare();
        Claude(worker, """{ "firstOutput": 600000 }""", Begins, "sleep 600");
        var id = await Turn(worker);
        await worker.Kill();
        worker.Age(id, TimeSpan.FromMinutes(11));
        worker.Go();
        // Anew it would be ten minutes.
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("timed_out", "no-first-output"), (result.Outcome, result.Reason));
        Assert.Equal((Session, 0),
            (result.Metadata!.Value.GetProperty("sessionId").GetString(), result.Metadata.Value.GetProperty("survivors").GetInt32()));
        Assert.False(worker.ProgramLives());
        Assert.Equal(1, worker.Starts());
    }

    [Fact]
    public async Task A_turn_whose_model_was_heard_while_no_daemon_was_there_goes_on_however_late()
    {
        await using var worker = await WorkerProcess.Prepare();
        Claude(worker, """{ "firstOutput": 600000 }""",
            "echo a warning >&2", Begins, Wait(worker, "gone"), Says("late"), $"touch {worker.PathOf("said")}", Wait(worker, "go"),
                Answers);
        var id = await Turn(worker);
        await worker.Kill();
        await File.WriteAllTextAsync(worker.PathOf("gone"), "");
        await Until.True(() => File.Exists(worker.PathOf("said")), "its model was heard");
        worker.Age(id, TimeSpan.FromMinutes(11));
        worker.Go();
        await worker.Gateway.Until(g => ReadStderr(g, id).EndsWith("late", StringComparison.Ordinal), "its words are there");
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
    }

    [Fact]
    public async Task A_turn_that_the_owners_settings_forbid_since_is_ended_with_its_program_and_lost()
    {
        await using var worker = await WorkerProcess.Prepare();
        Claude(worker, """{ "permissionMode": "acceptEdits" }""", Begins, Says("first"), "sleep 600");
        var id = await Turn(worker, """, "permissionMode": "acceptEdits" """);
        await worker.Kill();
        Claude(worker, """{ "permissionMode": "plan" }""", "exit 9");
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("lost", "worker-restarted"), (result.Outcome, result.Reason));
        Assert.Contains("acceptEdits", result.Error, StringComparison.Ordinal);
        Assert.False(worker.ProgramLives());
    }

    [Fact]
    public async Task A_turn_of_the_real_CLI_survives_its_daemon()
    {
        await using var worker = await WorkerProcess.Prepare();
        Directory.CreateDirectory(worker.PathOf("person"));
        var script = string.Join('\n', "#!/bin/sh", $"echo $$ >> {worker.PathOf("witness")}", $"exec {AgentApis.Cli("claude")} \"$@\"");
        Go(worker, Script(worker, script), "{}", new()
        {
            ["HOME"] = worker.PathOf("person"), ["ANTHROPIC_BASE_URL"] = api.Url, ["ANTHROPIC_API_KEY"] = "sk-test",
            ["DISABLE_AUTOUPDATER"] = "1",
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        });
        var id = await Turn(worker, prompt: "[[slow 8]]");
        await worker.Gateway.Until(g => ReadStderr(g, id).Contains("piece 2 of 8", StringComparison.Ordinal), "it answers");
        await worker.Kill();
        worker.Go();
        var attempt = await worker.Gateway.Ended(id);

        var result = Assert.Single(attempt.Results);
        Assert.Equal(("succeeded", 0), (result.Outcome, result.ExitCode));
        var pieces = string.Concat(Enumerable.Range(1, 8).Select(piece => $"piece {piece} of 8\n"));
        Assert.StartsWith(pieces, attempt.Text + "\n", StringComparison.Ordinal);
        Assert.StartsWith(pieces, ReadStderr(worker.Gateway, id), StringComparison.Ordinal);
        var facts = result.Metadata!.Value;
        Assert.Equal(Session, facts.GetProperty("sessionId").GetString());
        Assert.True(facts.GetProperty("costUsd").GetDouble() > 0 && facts.GetProperty("usage").GetProperty("outputTokens").GetInt64() > 0);
        Assert.Equal((1, 1), (worker.Starts(), (await api.Log("[[slow 8]]")).Count));
        // The session is whole: the next turn goes on with it.
        var next = worker.Gateway.Submit("claude-cli", Payload("and now"));
        Assert.Equal("turn 2: and now", (await worker.Gateway.Ended(next)).Text);
    }

    /// <summary>A program in the place of Claude Code, and a daemon with these settings for it.</summary>
    private static void Claude(WorkerProcess worker, string settings, params string[] lines)
    {
        var script =
            Script(worker, string.Join('\n', ["#!/bin/sh", "cat > /dev/null", $"echo $$ >> {worker.PathOf("witness")}", .. lines, ""]));
        Go(worker, script, settings, new() { ["CLAUDE_CONFIG_DIR"] = worker.PathOf("claude") });
    }

    private static void Go(WorkerProcess worker, string program, string settings, Dictionary<string, string> environment)
    {
        var claude = JsonSerializer.Deserialize<Dictionary<string, object>>(settings)!;
        (claude["program"], claude["env"]) = (program, environment);
        worker.Go(JsonSerializer.Serialize(new { claude }));
    }

    private static string Script(WorkerProcess worker, string text)
    {
        var path = worker.PathOf($"claude-{Guid.NewGuid():N}");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static string Says(string words) =>
        "echo '{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\""
            + words + "\"}}}'";

    private static string Wait(WorkerProcess worker, string file) => $"while [ ! -e {worker.PathOf(file)} ]; do sleep 0.05; done";

    private static string Payload(string prompt, string more = "") =>
        $$"""{ "prompt": "{{prompt}}", "sessionId": "{{Session}}"{{more}} }""";

    private static async Task<string> Turn(WorkerProcess worker, string more = "", string prompt = "hello")
    {
        var id = worker.Gateway.Submit("claude-cli", Payload(prompt, more), timeout: 120_000, killGrace: 1000);
        await Until.True(() => worker.Starts() > 0, "it runs");
        return id;
    }

    private static string ReadStderr(FakeGateway gateway, string id) => Encoding.UTF8.GetString(gateway.Attempt(id).Stderr);
}
