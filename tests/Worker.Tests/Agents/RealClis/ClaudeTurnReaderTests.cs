using System.Text.Json.Nodes;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Agents.RealClis;

/// <summary>The real Claude Code CLI against a stand-in for its API.</summary>
[Trait("Category", "RealCli")]
public sealed class ClaudeTurnReaderTests(AgentApis api) : IClassFixture<AgentApis>, IDisposable
{
    private readonly AgentBench bench = AgentBench.Claude(api);

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_first_turn_begins_the_session_and_the_next_goes_on_with_it()
    {
        Directory.CreateDirectory(bench.Home.At("work"));
        var (first, attempt) = await bench.Turn("hello", cwd: "work");
        Assert.Equal((Outcomes.Succeeded, 0), (first.Outcome, first.ExitCode));
        Assert.Equal("turn 1: hello", attempt.Output.Text);
        var facts = first.Metadata!;
        Assert.Equal(bench.Session, (string?)facts["sessionId"]);
        Assert.Equal(1, (int)facts["turns"]!);
        Assert.True((double)facts["costUsd"]! > 0 && (double)facts["durationMs"]! > 0);
        Assert.Equal(5, (long)facts["usage"]!["outputTokens"]!);
        Assert.StartsWith("claude-", (string)facts["model"]!, StringComparison.Ordinal);

        var (second, again) = await bench.Turn("and again");
        Assert.Equal("turn 2: and again", again.Output.Text);
        Assert.Equal(bench.Session, (string?)second.Metadata!["sessionId"]);
        // One file still: it ran in the folder the session began in, not in the home.
        Assert.Equal(bench.Home.At("work"), new ClaudeSessions().ReadHead(bench.SessionFile).Folder);
        Assert.Contains(bench.Home.At("work").Replace('/', '-').TrimStart('-'), bench.SessionFile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_id_names_the_session_it_is_the_beginning_of()
    {
        await bench.Turn("one");
        var (result, attempt) = await bench.Turn("two", session: bench.Session[..6].ToUpperInvariant());
        Assert.Equal("turn 2: two", attempt.Output.Text);
        Assert.Equal(bench.Session, (string?)result.Metadata!["sessionId"]);
    }

    [Fact]
    public async Task A_turn_that_was_killed_can_be_gone_on_with()
    {
        using var hanging = bench.Attempt("[[hang]]");
        var running = bench.Run(hanging);
        await Until.True(() => new ClaudeSessions().ListFiles(bench.ConfigFolder).Any(file => file.Length > 0), "the session is on disk");
        hanging.Stop.Request(StopReason.Cancel);
        await running;
        var (_, attempt) = await bench.Turn("now");
        Assert.EndsWith("now", attempt.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_8_a_prompt_reaches_the_cli_byte_for_byte_and_nothing_is_evaluated()
    {
        var made = bench.Home.At("made");
        var prompt = $"a $(touch {made}) `touch {made}` $HOME %PATH% \"double\" 'single' \\n \\\\ ; touch {made} && exit | cat > {made}\n"
            + "second line\r\n\ttabbed !! ~ * ? [x] {a,b} <b> & \u001b[31mred\u001b[0m \u202egnp \u200b 你好 😀 é e\u0301";
        var (result, attempt) = await bench.Turn(prompt);
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        Assert.Equal(prompt.Length, Assert.Single(await api.Log(made)).PromptLength);
        Assert.Equal("turn 1: " + prompt, attempt.Output.Text);
        Assert.False(File.Exists(made));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-p --dangerously-skip-permissions")]
    [InlineData("!touch made")]
    public async Task Fault_8_a_prompt_is_never_an_option_nor_a_command(string prompt)
    {
        var (_, attempt) = await bench.Turn(prompt);
        Assert.Equal("turn 1: " + prompt, attempt.Output.Text);
        Assert.False(File.Exists(bench.Home.At("made")));
    }

    [Fact]
    public async Task A_long_prompt_arrives_whole()
    {
        var prompt = $"begin-{bench.Session} " + string.Concat(Enumerable.Repeat("0123456789", 20_000));
        await bench.Turn(prompt);
        Assert.Equal(prompt.Length, Assert.Single(await api.Log(bench.Session)).PromptLength);
    }

    [Fact]
    public async Task An_overloaded_model_is_replaced_by_the_owners_second_choice()
    {
        bench.Settings = bench.Settings with { FallbackModel = "haiku" };
        var (result, _) = await bench.Turn("x [[fail opus]]", model: "opus");
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        Assert.Contains("haiku", (string?)result.Metadata!["model"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(529, "overloaded")]
    [InlineData(500, "claude-error")]
    [InlineData(401, "not-logged-in")]
    public async Task An_error_of_the_api_is_a_failure_with_its_sentence(int status, string reason)
    {
        bench.Environment["CLAUDE_CODE_MAX_RETRIES"] = "0";
        var (result, _) = await bench.Turn($"[[status {status}]]");
        Assert.Equal((Outcomes.Failed, reason, 1), (result.Outcome, result.Reason, result.ExitCode));
        Assert.NotEmpty(result.Error!);
        Assert.Equal(bench.Session, (string?)result.Metadata!["sessionId"]);
    }

    [Fact]
    public async Task A_turn_that_hangs_ends_with_its_whole_tree_at_the_timeout()
    {
        using var attempt = bench.Attempt("[[hang]]");
        var running = bench.Run(attempt);
        await Until.True(() => new ClaudeSessions().ListFiles(bench.ConfigFolder).Any(file => file.Length > 0), "the turn has begun");
        attempt.Stop.Request(StopReason.Timeout);
        var result = await running;
        Assert.Equal((Outcomes.TimedOut, "timeout"), (result.Outcome, result.Reason));
        Assert.Equal(bench.Session, (string?)result.Metadata!["sessionId"]);
        Assert.Equal(0, (int)result.Metadata["survivors"]!);
        Assert.Equal(0, attempt.Alive());
    }

    [Fact]
    public async Task A_cancel_in_the_middle_of_a_slow_answer_ends_it()
    {
        using var attempt = bench.Attempt("[[slow 60]] " + bench.Session);
        var running = bench.Run(attempt);
        await Until.True(() => api.Log(bench.Session).GetAwaiter().GetResult().Count == 1, "the answer has begun");
        attempt.Stop.Request(StopReason.Cancel);
        Assert.Equal(Outcomes.Cancelled, (await running).Outcome);
        Assert.Equal(0, attempt.Alive());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"permissions":{"defaultMode":"bypassPermissions"}}""")]
    public async Task A_tool_needs_the_owners_permission_and_the_task_says_what_was_denied(string? ownSettings)
    {
        if (ownSettings is not null) bench.Home.File(".claude/settings.json", ownSettings);
        var (result, attempt) = await bench.Turn("[[bash touch made]]");
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        Assert.False(File.Exists(bench.Home.At("made")));
        Assert.Contains("""not allowed: Bash {"command":"touch made""", attempt.Stderr, StringComparison.Ordinal);
        Assert.Contains("touch made", (string?)Assert.Single(result.Metadata!["permissionDenials"]!.AsArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_the_owner_allows_is_used()
    {
        bench.Settings = bench.Settings with { AllowedTools = ["Bash(touch *)", "Bash(echo *)"] };
        var (result, attempt) = await bench.Turn("[[bash touch made]]");
        Assert.Contains("> Bash touch made\n", attempt.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("not allowed", attempt.Stderr, StringComparison.Ordinal);
        Assert.Null(result.Metadata!["permissionDenials"]);
        Assert.True(File.Exists(bench.Home.At("made")));
    }

    [Fact]
    public async Task A_fork_knows_what_was_said_and_leaves_its_parent_as_it_was()
    {
        await bench.Turn("one");
        var before = File.ReadAllBytes(bench.SessionFile);
        var fork = Guid.NewGuid().ToString();
        var (result, attempt) = await bench.Turn("two", session: fork, more: new() { ["forkOf"] = bench.Session });
        Assert.Equal("turn 2: two", attempt.Output.Text);
        Assert.Equal(fork, (string?)result.Metadata!["sessionId"]);
        Assert.Equal(before, File.ReadAllBytes(bench.SessionFile));
        Assert.Equal("turn 3: three", (await bench.Turn("three", session: fork)).Attempt.Output.Text);
        Assert.Equal("turn 2: again", (await bench.Turn("again")).Attempt.Output.Text);
    }

    [Fact]
    public async Task A_turn_ends_at_its_most_rounds()
    {
        bench.Settings = bench.Settings with { AllowedTools = ["Bash(echo *)"] };
        var (result, _) = await bench.Turn("[[bash echo hi]]", more: new() { ["maxTurns"] = 1 });
        Assert.Equal((Outcomes.Failed, "max-turns"), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task A_turn_ends_at_its_budget_and_what_it_cost_is_known()
    {
        var (result, attempt) = await bench.Turn("x", more: new() { ["maxBudgetUsd"] = 0.00001 });
        Assert.Equal((Outcomes.Failed, "max-budget"), (result.Outcome, result.Reason));
        Assert.Equal("turn 1: x", attempt.Output.Text);
        Assert.True((double)result.Metadata!["costUsd"]! > 0.00001);
        Assert.Equal(5, (long)result.Metadata["usage"]!["outputTokens"]!);
    }

    [Fact]
    public async Task The_second_turns_cost_is_its_own()
    {
        var (first, _) = await bench.Turn("one");
        var (second, _) = await bench.Turn("two");
        Assert.Equal((double)first.Metadata!["costUsd"]!, (double)second.Metadata!["costUsd"]!, 9);
        Assert.True((double)second.Metadata["sessionCostUsd"]! > (double)second.Metadata["costUsd"]!);
    }

    [Fact]
    public async Task Words_are_live_before_the_answer_is_whole()
    {
        using var attempt = bench.Attempt("[[slow 60]]");
        var running = bench.Run(attempt);
        await Until.True(() => attempt.Stderr.Contains("piece 1 of 60\npiece 2 of 60\n", StringComparison.Ordinal), "two pieces are there");
        Assert.False(running.IsCompleted);
        Assert.Equal("", attempt.Output.Text);
        attempt.Stop.Request(StopReason.Cancel);
        Assert.Equal(Outcomes.Cancelled, (await running).Outcome);
    }

    [Fact]
    public async Task A_model_that_never_answers_is_noticed_long_before_the_timeout()
    {
        bench.Settings = bench.Settings with { FirstOutput = TimeSpan.FromSeconds(3) };
        var (result, attempt) = await bench.Turn("[[hang]]");
        Assert.Equal((Outcomes.TimedOut, "no-first-output"), (result.Outcome, result.Reason));
        Assert.Equal(0, attempt.Alive());
        // The session is whole: the next turn goes on with it.
        bench.Settings = bench.Settings with { FirstOutput = TimeSpan.FromSeconds(90) };
        Assert.Equal(Outcomes.Succeeded, (await bench.Turn("now")).Result.Outcome);
    }

    [Fact]
    public async Task A_task_that_asks_for_more_than_the_owner_allows_is_refused()
    {
        var (result, _) = await bench.Turn("x", more: new() { ["permissionMode"] = "bypassPermissions" });
        Assert.Equal((Outcomes.Rejected, "agent-permissions"), (result.Outcome, result.Reason));
        Assert.Empty(await api.Log(bench.Session));
    }

    [Fact]
    public async Task A_task_can_forbid_itself_what_the_owner_allows()
    {
        bench.Settings = bench.Settings with { AllowedTools = ["Bash(touch *)"] };
        var (result, _) = await bench.Turn("[[bash touch made]]", more: new() { ["allowedTools"] = new JsonArray() });
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        Assert.False(File.Exists(bench.Home.At("made")));
    }

    [Fact]
    public async Task A_mode_the_cli_does_not_know_fails_with_its_words()
    {
        bench.Settings = bench.Settings with { PermissionMode = "whatever" };
        var (result, _) = await bench.Turn("x");
        Assert.Equal((Outcomes.Failed, "claude-error"), (result.Outcome, result.Reason));
        Assert.Contains("whatever", result.Error, StringComparison.Ordinal);
    }

    // The stand-in does something once for each prompt, so no two tests have the same.
    private string InBackground(string command) => $"{bench.Session} [[once]] [[usage 1000 100]] [[tool Bash "
        + $$"""{"command":"{{command}}","run_in_background":true,"description":"a server"}]]""";

    [Fact]
    public async Task What_a_command_in_the_background_woke_the_model_for_is_of_the_same_turn()
    {
        bench.Settings = bench.Settings with { AllowedTools = ["Bash"] };
        var (result, attempt) = await bench.Turn(InBackground("""sh -c \"sleep 1; echo x\" """));
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        // As the CLI's text output has it: both answers.
        Assert.Matches("^turn 1: tool said: Command running in background[^\n]*\n\nturn 1: [^\n]*\\[\\[once]][^\n]*$", attempt.Output.Text);
        var facts = result.Metadata!;
        Assert.Equal((0.018, 3), (Math.Round((double)facts["costUsd"]!, 9), (int)facts["turns"]!));
        Assert.Equal((3000, 300), ((long)facts["usage"]!["inputTokens"]!, (long)facts["usage"]!["outputTokens"]!));
    }

    [Theory]
    [InlineData(nameof(StopReason.Timeout), "timed_out", "timeout")]
    [InlineData(nameof(StopReason.Cancel), "cancelled", "cancel")]
    public async Task A_server_left_in_the_background_does_not_cost_the_answer(string why, string outcome, string reason)
    {
        bench.Settings = bench.Settings with { AllowedTools = ["Bash"] };
        using var attempt = bench.Attempt(InBackground("exec tail -f /dev/null"));
        var running = bench.Run(attempt);
        const string waits = "waits for what it left in the background: a server]";
        await Until.True(() => attempt.Stderr.Contains(waits, StringComparison.Ordinal), "it has answered");
        attempt.Stop.Request(Enum.Parse<StopReason>(why));
        var result = await running;
        Assert.Equal((outcome, reason), (result.Outcome, result.Reason));
        Assert.EndsWith("; it had answered, and what it left in the background still ran: a server", result.Error,
            StringComparison.Ordinal);
        Assert.StartsWith("turn 1: tool said: Command running in background", attempt.Output.Text, StringComparison.Ordinal);
        Assert.Equal((0.012, 2), (Math.Round((double)result.Metadata!["costUsd"]!, 9), (int)result.Metadata["turns"]!));
        Assert.Equal(0, attempt.Alive());
    }
}
