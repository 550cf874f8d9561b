using System.Text;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Agents;

public sealed class TurnOutputTests
{
    private readonly RecordingSink task = new();
    private readonly TurnOutput output;

    public TurnOutputTests() => output = new TurnOutput(task, new ClaudeTurnReader(), _ => { });

    private string Stderr => Encoding.UTF8.GetString(task.Stderr);

    [Fact]
    public void What_happens_is_told_as_it_happens_and_the_answer_is_kept_back()
    {
        Print("""{"type":"system","subtype":"init","session_id":"s"}""" + "\n");
        Assert.Equal("", Stderr);
        Print(Delta("I will "));
        Print(Delta("look."));
        Assert.Equal("I will look.", Stderr);
        Print("""{"type":"assistant","message":{"content":[{"type":"text","text":"I will look."},"""
            + """{"type":"tool_use","name":"Bash","input":{"command":"ls\n-l"}}]}}""" + "\n");
        Assert.Equal("I will look.\n> Bash ls -l\n", Stderr);
        Print("""{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"error_status":529,"error":"overloaded"}""" + "\n");
        Print("""{"type":"system","subtype":"model_fallback","content":"Switched to Haiku"}""" + "\n");
        Print("""{"type":"result","subtype":"success","result":"done","total_cost_usd":0.0123,"num_turns":2}""");
        var answer = output.FinishTurn().Answer;
        output.PrintAnswer(answer);
        Assert.Equal("done", answer.Text);
        Assert.Equal("I will look.\n> Bash ls -l\n[overloaded (529), try 1 of 10]\n[Switched to Haiku]\n[0.0123 USD, 2 turns]\n", Stderr);
        Assert.Equal("done", task.Text);
    }

    [Fact]
    public void Words_that_were_not_streamed_are_told_with_their_message()
    {
        Print("""{"type":"assistant","message":{"content":[{"type":"text","text":"hello"}]}}""" + "\n");
        Assert.Equal("hello", Stderr);
    }

    [Fact]
    public void A_sub_agents_words_and_tools_are_its_own_affair()
    {
        Print("""{"type":"assistant","parent_tool_use_id":"t1","message":{"content":[{"type":"text","text":"hidden"},"""
            + """{"type":"tool_use","name":"Bash","input":{}}]}}""" + "\n");
        Assert.Equal("", Stderr);
    }

    [Fact]
    public void Lines_come_in_pieces_of_any_size()
    {
        foreach (var one in Encoding.UTF8.GetBytes(Delta("grün") + Delta("!"))) output.Write(OutputStream.Stdout, [one]);
        Assert.Equal("grün!", Stderr);
    }

    [Fact]
    public void The_programs_own_errors_go_on_as_they_are_and_the_last_words_are_theirs()
    {
        Assert.Equal("it printed nothing", output.FinishTurn().LastWords);
        Print("something\nhalf an answer\n");
        Assert.Equal("half an answer", output.FinishTurn().LastWords);
        output.Write(OutputStream.Stderr, Encoding.UTF8.GetBytes(new string('-', 5000) + "\nno login\nlog in first\n\n"));
        Assert.Equal("no login log in first", output.FinishTurn().LastWords);
        Assert.Equal(5024, task.Stderr.Length);
    }

    [Fact]
    public void A_line_without_end_is_not_held_and_what_comes_after_it_is_read()
    {
        var piece = new byte[1024 * 1024];
        piece.AsSpan().Fill((byte)'x');
        for (var i = 0; i < 20; i++) output.Write(OutputStream.Stdout, piece);
        Print("\n" + Delta("on we go"));
        Assert.True(output.FinishTurn().LineTooLong);
        Assert.Equal("on we go", Stderr);
    }

    [Fact]
    public void An_answer_that_is_too_long_to_be_read_is_no_empty_one()
    {
        var codex = new Recording(new CodexCli(new SessionIdMap("/nowhere")));
        codex.Write(OutputStream.Stdout,
            """{"type":"item.completed","item":{"id":"item_1","type":"agent_message","text":"first words"}}""" + "\n");
        codex.Write(OutputStream.Stdout,
            """{"type":"item.completed","item":{"id":"item_2","type":"agent_message","text":""" + "\"" + Long + "\"}}\n");
        codex.Write(OutputStream.Stdout, """{"type":"turn.completed","usage":{}}""" + "\n");
        var result = codex.Exited(0);
        Assert.Equal((Outcomes.Failed, "codex-error"), (result.Outcome, result.Reason));
        Assert.Contains("a line of more than 16777216 bytes", result.Error, StringComparison.Ordinal);
        Assert.Equal("", codex.Stdout);

        var claude = new Recording(new ClaudeCli(), "claude-background");
        claude.Write(OutputStream.Stdout, """{"type":"system","subtype":"init"}""" + "\n");
        claude.Write(OutputStream.Stdout, """{"duration_api_ms":1,"type":"result","result":""" + "\"" + Long + "\"}\n");
        Assert.Contains("a line of more than 16777216 bytes", claude.Exited(0).Error, StringComparison.Ordinal);
        // What it answered before is kept.
        Assert.StartsWith("turn 1: tool said", claude.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_of_a_tool_does_not_cost_the_answer()
    {
        var codex = new Recording(new CodexCli(new SessionIdMap("/nowhere")));
        codex.Write(OutputStream.Stdout,
            """{"type":"item.completed","item":{"id":"item_1","type":"command_execution","aggregated_output":""" + "\"" + Long + "\"}}\n");
        codex.Write(OutputStream.Stdout,
            """{"type":"item.completed","item":{"id":"item_2","type":"agent_message","text":"done"}}""" + "\n");
        codex.Write(OutputStream.Stdout, """{"type":"turn.completed","usage":{}}""" + "\n");
        Assert.Equal((Outcomes.Succeeded, "done"), (codex.Exited(0).Outcome, codex.Report.Answer.Text));
    }

    private static string Long { get; } = new('x', TurnOutput.MaxLine);

    [Fact]
    public async Task Silence_of_the_model_ends_the_turn_and_its_first_word_calls_the_watch_off()
    {
        var clock = new FakeTimeProvider();
        using AttemptStop silent = new(), talking = new();
        await using var first = new FirstOutputWatch(TimeSpan.FromSeconds(90), null, silent, clock);
        await using var second = new FirstOutputWatch(TimeSpan.FromSeconds(90), null, talking, clock);
        foreach (var watch in new[] { first, second }) watch.ReportStarted();
        clock.Advance(TimeSpan.FromSeconds(89));
        first.ObserveEvent(new TurnEvent.SessionBegan("own"));
        second.ObserveEvent(TurnEvent.ModelAlive.Instance);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((StopReason.NoFirstOutput, StopReason.None), (silent.Why, talking.Why));
    }

    [Fact]
    public async Task A_server_that_refuses_and_is_asked_again_has_the_time_anew_and_one_that_is_not_there_has_not()
    {
        var clock = new FakeTimeProvider();
        using AttemptStop refused = new(), away = new();
        await using var first = new FirstOutputWatch(TimeSpan.FromSeconds(90), null, refused, clock);
        await using var second = new FirstOutputWatch(TimeSpan.FromSeconds(90), null, away, clock);
        foreach (var watch in new[] { first, second }) watch.ReportStarted();
        clock.Advance(TimeSpan.FromSeconds(80));
        var again = new ModelApiError(null, "no") { RetryAfter = TimeSpan.FromSeconds(30) };
        first.ObserveEvent(new TurnEvent.ApiError(again with { ServerAnswered = true }, null));
        second.ObserveEvent(new TurnEvent.ApiError(again, null));
        second.ObserveEvent(new TurnEvent.Notice("it waits for a network"));
        // What it does not ask again is over.
        second.ObserveEvent(new TurnEvent.ApiError(again with { ServerAnswered = true, RetryAfter = null }, null));
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((StopReason.None, StopReason.NoFirstOutput), (refused.Why, away.Why));
        clock.Advance(TimeSpan.FromSeconds(108));
        Assert.Equal(StopReason.None, refused.Why);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StopReason.NoFirstOutput, refused.Why);
    }

    [Fact]
    public async Task Once_the_model_was_heard_no_refusal_starts_the_watch_again()
    {
        var clock = new FakeTimeProvider();
        using var stop = new AttemptStop();
        await using var watch = new FirstOutputWatch(TimeSpan.FromSeconds(90), null, stop, clock);
        watch.ReportStarted();
        watch.ObserveEvent(TurnEvent.ModelAlive.Instance);
        watch.ObserveEvent(new TurnEvent.ApiError(new(null, "no") { ServerAnswered = true, RetryAfter = TimeSpan.Zero }, null));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(StopReason.None, stop.Why);
    }

    [Fact]
    public async Task A_turn_that_was_taken_up_has_what_is_left_of_the_time_from_when_its_output_was_read()
    {
        var clock = new FakeTimeProvider();
        using AttemptStop silent = new(), late = new(), talking = new();
        await using var first = new FirstOutputWatch(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(80), silent, clock);
        await using var second = new FirstOutputWatch(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(500), late, clock);
        await using var third = new FirstOutputWatch(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(500), talking, clock);
        clock.Advance(TimeSpan.FromSeconds(1000));
        Assert.Equal((StopReason.None, StopReason.None), (silent.Why, late.Why));
        third.ObserveEvent(TurnEvent.ModelAlive.Instance);
        foreach (var watch in new[] { first, second, third }) watch.ReportCaughtUp();
        clock.Advance(TimeSpan.FromSeconds(9));
        first.ReportCaughtUp();
        Assert.Equal((StopReason.None, StopReason.NoFirstOutput), (silent.Why, late.Why));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((StopReason.NoFirstOutput, StopReason.None), (silent.Why, talking.Why));
    }

    [Fact]
    public void What_is_told_and_answered_has_the_time_of_what_was_read()
    {
        var times = new List<TimeSpan>();
        var timed = new TurnOutput(new TimedSink(times), new ClaudeTurnReader(), _ => { });
        timed.Write(OutputStream.Stdout, Encoding.UTF8.GetBytes(Delta("one")), TimeSpan.FromSeconds(1));
        timed.Write(OutputStream.Stderr, "two"u8, TimeSpan.FromSeconds(2));
        timed.PrintAnswer(new TurnAnswer { Text = "answer", Facts = [] });
        Assert.Equal([1, 2, 2], times.Select(time => time.TotalSeconds));
    }

    private sealed class TimedSink(List<TimeSpan> times) : IOutputSink
    {
        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => Assert.Fail("no time was given");

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed) => times.Add(elapsed);
    }

    private void Print(string text) => output.Write(OutputStream.Stdout, Encoding.UTF8.GetBytes(text));

    private static string Delta(string text) =>
        "{\"type\":\"stream_event\",\"event\":{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text
            + "\"}}}\n";
}
