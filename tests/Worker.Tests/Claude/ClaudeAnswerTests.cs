using System.Text;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Tests.Processes;

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
        var answer = Parse(Success)!;
        Assert.Equal("done", answer.Text);
        Assert.Null(answer.Reason);
        Assert.Equal(
            """{"sessionId":"s1","costUsd":0.25,"durationMs":12.5,"turns":3,"model":"large","usage":"""
                + """{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":3,"cacheCreationInputTokens":4}}""",
            answer.Facts.ToJsonString());
    }

    [Theory]
    [InlineData("Update available!\n{\"x\":1}\n", "")]
    [InlineData("", "\nbye\n{not json\n")]
    [InlineData("  \r\n", "\r\n\n")]
    public void Words_around_the_answer_do_no_harm(string before, string after) =>
        Assert.Equal("done", Parse(before + Success.ReplaceLineEndings("") + after)!.Text);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("Execution error")]
    [InlineData("""{"type":"system","subtype":"init"}""")]
    [InlineData("""[{"type":"result"}]""")]
    [InlineData("""{"type":"result","is_error":"yes"}""")]
    [InlineData("""{"type":"result","subtype":"success","resu""")]
    public void Without_an_answer_there_is_none(string stdout) => Assert.Null(Parse(stdout));

    [Theory]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":529,\"result\":\"Overloaded\"", "overloaded", "Overloaded")]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":429,\"result\":\"slow down\"", "rate-limited", "slow down")]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":401,\"result\":\"login\"", "not-logged-in", "login")]
    [InlineData("\"subtype\":\"success\",\"is_error\":true,\"result\":\"broke\"", "claude-error", "broke")]
    [InlineData("\"subtype\":\"error_during_execution\",\"is_error\":true,\"errors\":[\"a\",\"b\"]", "claude-error", "a; b")]
    [InlineData("\"subtype\":\"error_max_turns\",\"is_error\":false", "claude-error", "error_max_turns")]
    public void An_error_has_a_word_and_a_sentence(string fields, string reason, string text)
    {
        var answer = Parse($"{{\"type\":\"result\",{fields}}}")!;
        Assert.Equal((reason, text), (answer.Reason, answer.Text));
    }

    [Fact]
    public void Denied_tools_are_named_with_the_begin_of_what_they_were_for()
    {
        var command = new string('x', 1000);
        var input = "{\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"" + command + "\"}}";
        var denials = "[" + input + ",{\"tool_name\":\"Odd\"}]";
        var answer = Parse("{\"type\":\"result\",\"subtype\":\"success\",\"result\":\"\",\"permission_denials\":" + denials + "}")!;
        Assert.StartsWith("Bash {\"command\":\"xxx", answer.Denied[0], StringComparison.Ordinal);
        Assert.InRange(answer.Denied[0].Length, 300, 320);
        Assert.Equal("Odd", answer.Denied[1]);
    }

    [Fact]
    public void The_last_words_come_from_stderr_first()
    {
        var task = new RecordingSink();
        var outputs = new ClaudeOutputs(task);
        Assert.Equal("it printed nothing", outputs.LastWords());
        outputs.Write(OutputStream.Stdout, "half an answer\n"u8);
        Assert.Equal("half an answer", outputs.LastWords());
        outputs.Write(OutputStream.Stderr, Encoding.UTF8.GetBytes(new string('-', 5000) + "\nno login\n\n"));
        Assert.Equal("no login", outputs.LastWords());
        Assert.Empty(task.Stdout);
        Assert.Equal(5011, task.Stderr.Length);
    }

    [Fact]
    public void An_endless_answer_is_not_kept()
    {
        var outputs = new ClaudeOutputs(new RecordingSink());
        var piece = new byte[1024 * 1024];
        for (var i = 0; i < 20; i++) outputs.Write(OutputStream.Stdout, piece);
        Assert.True(outputs.TooMuch);
        Assert.Equal(ClaudeOutputs.MaxAnswer, outputs.Answer().Length);
    }

    private static ClaudeAnswer? Parse(string stdout) => ClaudeAnswer.Parse(Encoding.UTF8.GetBytes(stdout));
}
