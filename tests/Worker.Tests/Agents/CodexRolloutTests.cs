using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Codex;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>What a thread's file adds to the lines that were printed.</summary>
public sealed class CodexRolloutTests
{
    private const string Begins = """{"type":"event_msg","payload":{"type":"task_started"}}""" + "\n";
    private static readonly TurnAnswer Ended = new()
    {
        Text = "I will look first.", Ended = true, Facts = new JsonObject { ["tools"] = 0, ["sessionUsage"] = Tokens(25) },
    };

    [Fact]
    public void Words_before_a_tool_that_was_refused_are_not_the_answer_though_it_has_no_line()
    {
        var turn = Parse(Begins + Call + Count(25, 5) + End("null"));
        var answer = turn.CompleteAnswer(Ended)!;
        Assert.Equal(("", 1), (answer.Text, (int)answer.Facts["tools"]!));
        Assert.Equal("""{"inputTokens":0,"outputTokens":5,"cacheReadInputTokens":0}""", answer.Facts["usage"]!.ToJsonString());
        Assert.Equal("done", Parse(Begins + Count(25, 5) + End("\"done\"")).CompleteAnswer(Ended)!.Text);
    }

    [Fact]
    public void A_thread_that_was_gone_on_with_since_says_nothing_of_this_turn() =>
        Assert.Null(Parse(Begins + Count(25, 5) + End("\"mine\"") + Begins + Count(40, 15) + End("\"another's\"")).CompleteAnswer(Ended));

    [Fact]
    public void A_turn_that_was_ended_in_the_middle_has_its_tokens_so_far_and_no_answer()
    {
        var cut = new TurnAnswer { Text = "", Facts = new JsonObject { ["tools"] = 0 } };
        var answer = Parse(Begins + Count(25, 5) + Call + Count(40, 15)).CompleteAnswer(cut)!;
        Assert.Equal(("", true), (answer.Text, (bool)answer.Facts["incomplete"]!));
        Assert.Equal(20, (long)answer.Facts["usage"]!["outputTokens"]!);
        // The file has an end that was not printed: another turn.
        Assert.Null(Parse(Begins + Count(25, 5) + End("null")).CompleteAnswer(cut));
        Assert.Null(Parse(Begins + Count(25, 5)).CompleteAnswer(Ended));
    }

    [Fact]
    public void A_turn_that_failed_keeps_its_sentence()
    {
        var failed = Ended with { Text = "", Error = "Quota exceeded", Facts = new JsonObject() };
        var answer = Parse(Begins + Count(25, 5)).CompleteAnswer(failed)!;
        Assert.Equal(("", "Quota exceeded"), (answer.Text, answer.Error));
    }

    [Fact]
    public void Without_its_file_the_tokens_of_a_new_thread_are_the_turns_and_those_of_an_older_one_are_not_known()
    {
        Assert.Equal(25, (long)CodexRollout.CompleteWithoutFile(Ended, isNew: true).Facts["usage"]!["outputTokens"]!);
        Assert.Null(CodexRollout.CompleteWithoutFile(Ended, isNew: false).Facts["usage"]);
    }

    private static string Call => """{"type":"response_item","payload":{"type":"function_call"}}""" + "\n";

    private static CodexRollout Parse(string lines) => CodexRollout.Parse(Encoding.UTF8.GetBytes(lines))!;

    private static JsonObject Tokens(int output) =>
        new() { ["inputTokens"] = 0, ["outputTokens"] = (long)output, ["cacheReadInputTokens"] = 0 };

    private static string End(string message) =>
        "{\"type\":\"event_msg\",\"payload\":{\"type\":\"task_complete\",\"last_agent_message\":" + message + "}}\n";

    private static string Count(int total, int last) =>
        "{\"type\":\"event_msg\",\"payload\":{\"type\":\"token_count\",\"info\":{\"total_token_usage\":"
        + $"{{\"output_tokens\":{total}}},\"last_token_usage\":{{\"output_tokens\":{last}}}}}}}}}\n";
}
