using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Protocol.Problems;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cli.Tests.Connections;

/// <summary>Whatever answers, or does not: one sentence and the exit code of the table.</summary>
public sealed class ServerAnswerTests
{
    [Theory]
    [InlineData(400, ExitCodes.Usage), InlineData(403, ExitCodes.NotAllowed)]
    [InlineData(404, ExitCodes.No), InlineData(409, ExitCodes.No), InlineData(413, ExitCodes.Usage), InlineData(422, ExitCodes.Usage)]
    [InlineData(429, ExitCodes.TryLater), InlineData(500, ExitCodes.TryLater), InlineData(503, ExitCodes.TryLater)]
    public async Task A_problem_is_told_in_the_servers_words(int status, int exitCode)
    {
        var run = await Ask(Answers.Problem(status, "There is no such token."));
        Assert.Equal(new CliRun(exitCode, "", $"openclaw: There is no such token.{Environment.NewLine}"), run);
    }

    [Fact]
    public async Task A_401_says_what_happened_and_what_to_do_next()
    {
        var run = await Ask(Answers.Problem(401, "A valid token is needed."));
        Assert.Equal(ExitCodes.NotAllowed, run.ExitCode);
        Assert.StartsWith("openclaw: A valid token is needed. http://127.0.0.1", run.Error, StringComparison.Ordinal);
        foreach (var said in new[] { "was revoked, has run out, was rotated or suspended", "then openclaw login http://127.0.0.1" })
            Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_are_named_once()
    {
        FieldError[] errors = [new("scopes[0]", "must be one of a, b"), new("name", "must be 1 to 100 characters")];
        var run = await Ask(Answers.Problem(400, "scopes[0] must be one of a, b", errors));
        Assert.Equal($"openclaw: scopes[0] must be one of a, b; name must be 1 to 100 characters{Environment.NewLine}", run.Error);
    }

    [Fact]
    public async Task Nothing_that_a_server_says_moves_the_cursor()
    {
        var run = await Ask(Answers.Problem(409, "\u001b[2Jgone \u202e"));
        Assert.Equal($"openclaw: \\u{{1b}}[2Jgone \\u{{202e}}{Environment.NewLine}", run.Error);
    }

    [Theory]
    [InlineData(200, "text/html", "<html>sign in</html>"), InlineData(403, "text/html", "<html>blocked</html>")]
    [InlineData(502, "text/html", "<html>bad gateway</html>"), InlineData(404, "application/json", "{}")]
    [InlineData(200, "application/json", "{\"tokenId\":\"x\"}"), InlineData(302, "text/html", "")]
    public async Task A_page_of_something_in_between_is_no_answer(int status, string type, string body)
    {
        var run = await Ask(new FalseAnswer(status, type, body));
        Assert.Equal((ExitCodes.Unreachable, ""), (run.ExitCode, run.Out));
        Assert.DoesNotContain("<html>", run.Error, StringComparison.Ordinal);
        Assert.Contains("answer", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_unreachable() =>
        Assert.Equal(ExitCodes.Unreachable, (await Ask(new FalseAnswer(0))).ExitCode);

    [Fact]
    public async Task A_port_where_nobody_listens_is_unreachable()
    {
        var run = await Ask($"http://127.0.0.1:{FreePort.Find()}");
        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.Contains("can't be reached: Connection refused", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_whose_answer_was_lost_is_told_of()
    {
        await using var gateway = await Answers.StartGateway(new FalseAnswer(502));
        using var terminal = CreateTerminal(gateway.Url.ToString());
        var run = await terminal.Run("tokens", "create", "client");
        Assert.Equal(ExitCodes.Unreachable, run.ExitCode);
        Assert.Contains("openclaw tokens list shows it", run.Error, StringComparison.Ordinal);
    }

    private static async Task<CliRun> Ask(FalseAnswer answer)
    {
        await using var gateway = await Answers.StartGateway(answer);
        return await Ask(gateway.Url.ToString());
    }

    private static async Task<CliRun> Ask(string url)
    {
        using var terminal = CreateTerminal(url);
        return await terminal.Run("status");
    }

    private static TestTerminal CreateTerminal(string url) =>
        new() { Variables = { ["OPENCLAW_URL"] = url, ["OPENCLAW_TOKEN"] = Answers.Token } };
}
