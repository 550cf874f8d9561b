using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Tests.Agents;

namespace OpenClaw.Worker.Tests.Claude;

public sealed class ClaudeAnswerTests
{
    private const string Success = """
        {"type":"result","subtype":"success","is_error":false,"result":"done","session_id":"s1","num_turns":3,"duration_ms":12.5,
        "total_cost_usd":0.25,"usage":{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":3,"cache_creation_input_tokens":4,
        "new":1},
        "modelUsage":{"small":{"outputTokens":1},"large":{"outputTokens":9,"costUSD":1}},"permission_denials":[],"unknown":{"deep":[1]}}
        """;

    [Fact]
    public void An_answer_has_its_text_and_facts()
    {
        var answer = Parse(Success.ReplaceLineEndings(""));
        Assert.Equal(("done", true, null), (answer.Text, answer.Ended, answer.Error));
        Assert.Equal(
            """{"costUsd":0.25,"sessionCostUsd":0.25,"durationMs":12.5,"turns":3,"model":"large","usage":"""
                + """{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":3,"cacheCreationInputTokens":4}}""",
            answer.Facts.ToJsonString());
    }

    [Theory]
    [InlineData("Update available!\n{\"x\":1}\n", "")]
    [InlineData("", "\nbye\n{not json\n")]
    [InlineData("  \r\n", "\r\n\n")]
    public void Words_around_the_answer_do_no_harm(string before, string after) =>
        Assert.Equal("done", Parse(before + Success.ReplaceLineEndings("") + after).Text);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("Execution error")]
    [InlineData("""{"type":"system","subtype":"init"}""")]
    [InlineData("""[{"type":"result"}]""")]
    [InlineData("""{"type":"result","is_error":"yes"}""")]
    [InlineData("""{"type":"result","subtype":"success","resu""")]
    public void Without_an_answer_there_is_none(string stdout) => Assert.Equal((false, ""), (Parse(stdout).Ended, Parse(stdout).Text));

    [Theory]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":529,\"result\":\"Overloaded\"", "overloaded", "Overloaded")]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":429,\"result\":\"slow down\"", "rate-limited", "slow down")]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":401,\"result\":\"login\"", "not-logged-in", "login")]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"result\":\"broke\"", "claude-error", "broke")]
    [InlineData("\"subtype\":\"error_during_execution\",\"is_error\":true,\"errors\":[\"a\",\"b\"]", "claude-error", "a; b")]
    [InlineData("\"subtype\":\"error_max_turns\",\"is_error\":true,\"errors\":[\"at most 1\"]", "max-turns", "at most 1")]
    [InlineData("\"subtype\":\"error_max_budget_usd\",\"is_error\":true", "max-budget", "error_max_budget_usd")]
    public void An_error_has_a_word_and_a_sentence_and_is_no_answer(string fields, string reason, string sentence)
    {
        var recording = new Recording(new ClaudeCli());
        recording.Write(OutputStream.Stdout, $"{{\"type\":\"result\",{fields}}}");
        var result = recording.Exited(1);
        Assert.Equal((reason, sentence, ""), (result.Reason, result.Error, recording.Stdout));
    }

    [Fact]
    public void Denied_tools_are_named_with_the_begin_of_what_they_were_for()
    {
        var command = new string('x', 1000);
        var input = "{\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"" + command + "\"}}";
        var denials = "[" + input + ",{\"tool_name\":\"Odd\"}]";
        var answer = Parse("{\"type\":\"result\",\"subtype\":\"success\",\"result\":\"\",\"permission_denials\":" + denials + "}");
        Assert.StartsWith("Bash {\"command\":\"xxx", answer.Denied[0], StringComparison.Ordinal);
        Assert.InRange(answer.Denied[0].Length, 300, 320);
        Assert.Equal("Odd", answer.Denied[1]);
    }

    [Fact]
    public void The_cost_is_the_turns_own_and_the_sessions_is_beside_it()
    {
        var answer = Parse("""
            {"type":"result","subtype":"success","result":"","total_cost_usd":0.75,"usage":{"output_tokens":0},
            "model_usage_since_last_result":{"large":{"inputTokens":3,"outputTokens":9,"costUSD":0.2},
            "small":{"inputTokens":1,"outputTokens":1,"costUSD":0.05}}}
            """.ReplaceLineEndings(""));
        Assert.Equal((0.25, 0.75), ((double)answer.Facts["costUsd"]!, (double)answer.Facts["sessionCostUsd"]!));
        Assert.Equal(("large", 10), ((string)answer.Facts["model"]!, (long)answer.Facts["usage"]!["outputTokens"]!));
    }

    private static TurnAnswer Parse(string stdout)
    {
        var recording = new Recording(new ClaudeCli());
        recording.Write(OutputStream.Stdout, stdout);
        return recording.Report.Answer;
    }
}
