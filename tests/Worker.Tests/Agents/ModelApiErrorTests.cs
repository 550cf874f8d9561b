using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>What the agents say of their APIs without fields for it.</summary>
public sealed class ModelApiErrorTests
{
    [Theory]
    [InlineData(401, "not-logged-in")]
    [InlineData(403, "not-logged-in")]
    [InlineData(429, "rate-limited")]
    [InlineData(503, "overloaded")]
    [InlineData(529, "overloaded")]
    [InlineData(400, null)]
    [InlineData(404, null)]
    [InlineData(500, null)]
    public void A_status_has_a_word(int status, string? reason) => Assert.Equal(reason, ModelApiError.ChooseReason(status));

    [Theory]
    [InlineData("unexpected status 401 Unauthorized: no, url: http://127.0.0.1:18080/v1/responses", "not-logged-in", true, false)]
    [InlineData("Reconnecting... 2/5 (unexpected status 429 Too Many Requests: no, url: http://x)", "rate-limited", true, true)]
    [InlineData("Reconnecting... 1/5 (unexpected status 529 <unknown status code>: no, url: http://x)", "overloaded", true, true)]
    [InlineData("exceeded retry limit, last status: 429 Too Many Requests", "rate-limited", true, false)]
    [InlineData("Reconnecting... waiting for network (Connection failed: error sending request)", "unreachable", false, true)]
    [InlineData("Reconnecting... 1/5 (stream disconnected before completion: network error)", null, false, true)]
    [InlineData("rate limit exceeded: slow down", "rate-limited", true, false)]
    [InlineData("Quota exceeded. Check your plan and billing details.", "rate-limited", true, false)]
    [InlineData(
        "You've hit your usage limit. Visit https://chatgpt.com/settings/usage to purchase more credits", "rate-limited", true, false)]
    [InlineData("We\u2019re currently experiencing high demand, which may cause temporary errors.", "overloaded", true, false)]
    [InlineData("Missing environment variable: `X_API_KEY`.", "not-logged-in", true, false)]
    // What a server says, and where it is, is no status and no word of Codex'.
    [InlineData("""{"error":{"message":"request req_84013 is not valid"}}""", null, false, false)]
    [InlineData("unexpected status 400 Bad Request: unexpected status 401, url: http://127.0.0.1:14010/v1", null, true, false)]
    [InlineData("unexpected status 500 Internal Server Error: overloaded, rate limit exceeded (429), url: http://x", null, true, false)]
    [InlineData("Reconnecting... 1/5", null, false, true)]
    [InlineData("unexpected status ", null, false, false)]
    [InlineData("", null, false, false)]
    public void A_sentence_of_Codex_is_read_from_its_beginning(string message, string? reason, bool answered, bool again)
    {
        var apiError = CodexErrorReader.ReadMessage(message);
        Assert.Equal((reason, message, answered, again),
            (apiError.Reason, apiError.Sentence, apiError.ServerAnswered, apiError.RetryAfter is not null));
    }

    [Theory]
    [InlineData("Attempt 1 failed with status 429. Retrying with backoff... _ApiError: {", "rate-limited", true, 0)]
    [InlineData("Attempt 12 failed with status 503. Retrying with backoff... x", "overloaded", true, 0)]
    [InlineData("Attempt 1 failed with status 500. Retrying with backoff... status 429", null, true, 0)]
    [InlineData("Attempt 2 failed with 429 error (no Retry-After header). Retrying with backoff...", "rate-limited", true, 0)]
    [InlineData("Attempt 2 failed with 5xx error. Retrying with backoff...", null, true, 0)]
    [InlineData("Attempt 1 failed: you have spent your quota. Retrying after 41000ms...", "rate-limited", true, 41_000)]
    [InlineData(
        "Attempt 1 failed. Retrying with backoff... Error: exception TypeError: fetch failed sending request", "unreachable", false, 0)]
    public void A_try_of_Gemini_that_failed_is_on_its_stderr(string line, string? reason, bool answered, int pause)
    {
        var apiError = GeminiErrorReader.ReadErrorLine(line)!;
        Assert.Equal(
            (reason, answered, pause),
            (apiError.Reason, apiError.ServerAnswered, (int)apiError.RetryAfter!.Value.TotalMilliseconds));
    }

    [Theory]
    [InlineData("Attempt 10 failed: told to answer 429. Max attempts reached")]
    [InlineData("Attempt at humour failed with status 429. Retrying")]
    [InlineData("  Attempt 1 failed with status 429. Retrying")]
    [InlineData("Ripgrep is not available. Falling back to GrepTool.")]
    [InlineData("Attempt ")]
    [InlineData("")]
    public void Another_line_says_nothing_of_the_api(string line) => Assert.Null(GeminiErrorReader.ReadErrorLine(line));

    [Theory]
    [InlineData("""[API Error: {"error":{"code":401,"message":"no key","status":"UNAUTHENTICATED"}}]""", "not-logged-in", "no key")]
    [InlineData(
        """[API Error: {"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]\nPlease wait""", "rate-limited", "slow")]
    public void The_error_of_a_result_of_Gemini_has_its_status(string message, string reason, string sentence) =>
        Assert.Equal((reason, sentence), (GeminiErrorReader.ReadResult(message)?.Reason, GeminiErrorReader.ReadResult(message)?.Sentence));

    [Theory]
    [InlineData("[API Error: told to answer 429]")]
    [InlineData("[API Error: []]")]
    [InlineData("""[API Error: {"error":{"code":"401"}}]""")]
    [InlineData("the model said 401")]
    public void Without_a_status_it_has_none(string message) => Assert.Null(GeminiErrorReader.ReadResult(message));
}
