using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>What the real CLIs print, and what it means for the task.</summary>
public sealed class RecordedTurnsTests
{
    [Theory]
    [InlineData("claude-forbidden", 1, "not-logged-in", 1)]
    [InlineData("claude-not-logged-in", 1, "not-logged-in", 1)]
    [InlineData("claude-overloaded", 1, "overloaded", 1)]
    [InlineData("claude-server-error", 1, "claude-error", 1)]
    [InlineData("claude-no-network-end", 1, "unreachable", 1)]
    [InlineData("claude-max-turns", 1, "max-turns", 1)]
    [InlineData("claude-max-budget", 1, "max-budget", 1)]
    [InlineData("claude-hang", 143, "claude-error", 143)]
    [InlineData("codex-unauthorized", 1, "not-logged-in", 1)]
    [InlineData("codex-forbidden", 1, "not-logged-in", 1)]
    [InlineData("codex-missing-variable", 1, "not-logged-in", 1)]
    [InlineData("codex-rate-limited", 1, "rate-limited", 1)]
    [InlineData("codex-rate-limit-in-stream", 1, "rate-limited", 1)]
    [InlineData("codex-quota", 1, "rate-limited", 1)]
    [InlineData("codex-cut", 1, "codex-error", 1)]
    // It says "req_84013": three digits in what the server said are no status.
    [InlineData("codex-bad-request", 1, "codex-error", 1)]
    [InlineData("gemini-unauthorized", 145, "not-logged-in", 1)]
    [InlineData("gemini-forbidden", 147, "not-logged-in", 1)]
    [InlineData("gemini-no-auth-method", 41, "not-logged-in", 41)]
    [InlineData("gemini-no-key", 41, "not-logged-in", 41)]
    [InlineData("gemini-rate-limited", 173, "rate-limited", 1)]
    [InlineData("gemini-not-found", 1, "gemini-error", 1)]
    [InlineData("gemini-empty", 0, "gemini-error", 1)]
    [InlineData("gemini-rate-limited-so-far", 0, "rate-limited", 1)]
    public void A_failure_has_its_reason_from_what_the_agent_said_of_the_api(string name, int exitCode, string reason, int code)
    {
        var recording = new Recording(name);
        var result = recording.Exited(exitCode);
        Assert.Equal((Outcomes.Failed, reason, code), (result.Outcome, result.Reason, result.ExitCode));
        Assert.NotEmpty(result.Error!);
        // The sentence of an error is never the model's answer.
        Assert.True(recording.Stdout.Length == 0 || name == "claude-max-budget", recording.Stdout);
    }

    [Theory]
    [InlineData("claude-rate-limited", "rate-limited", "rate_limit (429), try 5 of 10")]
    [InlineData("claude-no-network", "unreachable", "the API can't be reached, try 5 of 10")]
    [InlineData("claude-hang", "timeout", "ran longer than its timeout")]
    [InlineData("codex-server-error", "overloaded", "We\u2019re currently experiencing high demand")]
    [InlineData("codex-no-network", "unreachable", "Reconnecting... waiting for network (Connection failed: error sending request)")]
    [InlineData("gemini-rate-limited-so-far", "rate-limited", "failed with status 429")]
    [InlineData("gemini-server-error-so-far", "gemini-error", "failed with status 500")]
    [InlineData("gemini-no-network", "unreachable", "fetch failed sending request")]
    [InlineData("gemini-hang", "timeout", "ran longer than its timeout")]
    public void A_turn_that_took_too_long_says_why_it_got_nowhere(string name, string reason, string words)
    {
        var result = new Recording(name).Stopped(StopReason.Timeout);
        Assert.Equal((Outcomes.TimedOut, reason), (result.Outcome, result.Reason));
        Assert.StartsWith("ran longer than its timeout", result.Error, StringComparison.Ordinal);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        // What is not known is not there.
        Assert.DoesNotContain(result.Metadata!, fact => fact.Value is null);
        // A cancel is a cancel, whatever went before it.
        Assert.Equal("cancel", new Recording(name).Stopped(StopReason.Cancel).Reason);
    }

    [Theory]
    [InlineData("claude-words-then-nothing", "")]
    [InlineData("codex-words-then-nothing", "")]
    [InlineData("gemini-words-then-nothing", "")]
    [InlineData("codex-empty", "")]
    [InlineData("claude-cut-once", "turn 1: [[cut]]")]
    [InlineData("gemini-auto-model", "turn 1: \nhi")]
    [InlineData("codex-resumed", "turn 2: [[usage 1000 100]] b")]
    public void A_turn_that_ends_well_has_succeeded_and_words_from_before_its_last_tool_are_not_its_answer(string name, string answer)
    {
        var recording = new Recording(name);
        Assert.Equal((Outcomes.Succeeded, 0), (recording.Exited(0).Outcome, recording.Exited(0).ExitCode));
        Assert.Equal(answer, recording.Report.Answer.Text);
    }

    [Fact]
    public void Answers_cost_tokens_and_turns_of_all_parts_of_a_turn_are_added_up()
    {
        var recording = new Recording("claude-background");
        var result = recording.Exited(0);
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        Assert.Matches("^turn 1: tool said: Command running in background with ID: [^\n]*\n\nturn 1: \\[\\[once]][^\n]*$",
            recording.Stdout);
        Assert.EndsWith("\n[0.018 USD, 3 turns, 300 tokens written, claude-opus-5-5]\n", recording.Stderr, StringComparison.Ordinal);
        var facts = result.Metadata!;
        Assert.Equal((0.018, 0.018, 3), ((double)facts["costUsd"]!, Math.Round((double)facts["sessionCostUsd"]!, 9), (int)facts["turns"]!));
        Assert.Equal("""{"inputTokens":3000,"outputTokens":300,"cacheReadInputTokens":0,"cacheCreationInputTokens":0}""",
            facts["usage"]!.ToJsonString());
        Assert.Equal(353, (double)facts["durationMs"]!);
        Assert.Null(facts["incomplete"]);
    }

    [Theory]
    [InlineData(nameof(StopReason.Timeout), "timed_out", "timeout", "ran longer than its timeout")]
    [InlineData(nameof(StopReason.Cancel), "cancelled", "cancel", "cancelled")]
    [InlineData(nameof(StopReason.Silence), "timed_out", "silence", "printed nothing for too long")]
    [InlineData(nameof(StopReason.WorkerStopped), "failed", "worker-stopped", "the worker was stopped while the task ran")]
    public void The_answer_and_its_cost_are_kept_whatever_ends_a_program_that_stays(
        string why, string outcome, string reason, string sentence)
    {
        var recording = new Recording("claude-stays");
        var result = recording.Stopped(Enum.Parse<StopReason>(why));
        Assert.Equal((outcome, reason), (result.Outcome, result.Reason));
        Assert.Equal(sentence + "; it had answered, and what it left in the background still ran: d", result.Error);
        Assert.StartsWith("turn 1: tool said: Command running", recording.Stdout, StringComparison.Ordinal);
        Assert.Equal((0.012, 2, 200L),
            ((double)result.Metadata!["costUsd"]!, (int)result.Metadata["turns"]!, (long)result.Metadata["usage"]!["outputTokens"]!));
    }

    [Fact]
    public void A_limit_that_ends_a_program_that_stays_keeps_its_answer_too()
    {
        var recording = new Recording("claude-stays");
        var result = recording.Decide(new() { Signal = "SIGKILL", Limit = "memory-limit" }, StopReason.None);
        Assert.Equal((Outcomes.Failed, "memory-limit"), (result.Outcome, result.Reason));
        Assert.StartsWith("turn 1: tool said", recording.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_part_that_did_not_come_to_its_end_the_tokens_so_far_are_known_and_half_an_answer_is_none()
    {
        var lines = File.ReadAllLines(Recording.PathOf("claude-background.out"));
        var second = Array.FindLastIndex(lines, line => line.Contains("\"text_delta\"", StringComparison.Ordinal));
        var recording = new Recording(new ClaudeCli());
        recording.Write(OutputStream.Stdout, string.Join('\n', lines[..(second + 1)]) + "\n");
        var result = recording.Stopped(StopReason.Timeout);
        Assert.Equal("ran longer than its timeout", result.Error);
        Assert.DoesNotContain("[[once]]", recording.Stdout, StringComparison.Ordinal);
        Assert.StartsWith("turn 1: tool said", recording.Stdout, StringComparison.Ordinal);
        var facts = result.Metadata!;
        Assert.Equal((3, 3000L, 201L, true),
            ((int)facts["turns"]!, (long)facts["usage"]!["inputTokens"]!, (long)facts["usage"]!["outputTokens"]!,
                (bool)facts["incomplete"]!));
        // The same program ended by itself has not answered.
        Assert.Equal((Outcomes.Failed, "claude-error"), (recording.Exited(0).Outcome, recording.Exited(0).Reason));
    }

    [Fact]
    public void What_was_paid_for_is_on_stdout_when_the_budget_is_used_up_and_words_before_a_tool_are_not()
    {
        var budget = new Recording("claude-max-budget");
        Assert.StartsWith("Reached maximum budget", budget.Exited(1).Error, StringComparison.Ordinal);
        Assert.Equal("turn 1: x", budget.Stdout);
        var turns = new Recording("claude-max-turns");
        Assert.StartsWith("Reached maximum number of turns", turns.Exited(1).Error, StringComparison.Ordinal);
        Assert.Equal("", turns.Stdout);
    }

    [Fact]
    public void Denials_are_told_where_the_agent_tells_them()
    {
        Assert.Contains("touch made", Assert.Single(new Recording("claude-denied").Report.Answer.Denied), StringComparison.Ordinal);
        var gemini = new Recording("gemini-denied");
        Assert.Equal("write_file made", (string?)Assert.Single(gemini.Exited(0).Metadata!["permissionDenials"]!.AsArray()));
        Assert.Contains("not allowed: write_file made\n", gemini.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_is_the_one_that_wrote_most() =>
        Assert.Equal("gemini-3.1-pro-preview-customtools", (string?)new Recording("gemini-auto-model").Exited(0).Metadata!["model"]);

    [Theory]
    [InlineData("claude-no-network")]
    [InlineData("codex-no-network")]
    [InlineData("gemini-no-network")]
    [InlineData("claude-hang")]
    [InlineData("claude-not-logged-in")]
    public void A_notice_of_the_programs_own_is_no_sign_of_the_model(string name) =>
        Assert.DoesNotContain(new Recording(name).Events,
            turnEvent => turnEvent is TurnEvent.ModelAlive or TurnEvent.Text or TurnEvent.Tool
                || (turnEvent is TurnEvent.ApiError { Error.ServerAnswered: true }));

    [Theory]
    [InlineData("claude-rate-limited")]
    [InlineData("codex-unauthorized")]
    [InlineData("gemini-rate-limited-so-far")]
    public void A_server_that_refuses_and_is_asked_again_is_there(string name) =>
        Assert.Contains(new Recording(name).Events,
            turnEvent => turnEvent is TurnEvent.ApiError { Error: { ServerAnswered: true, RetryAfter: not null } });
}
