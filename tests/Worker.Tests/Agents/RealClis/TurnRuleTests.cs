using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Agents;

namespace OpenClaw.Worker.Tests.Agents.RealClis;

/// <summary>What holds for the turns of every agent, with the real CLIs.</summary>
[Trait("Category", "RealCli")]
public sealed class TurnRuleTests(AgentApis apis) : IClassFixture<AgentApis>
{
    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("gemini")]
    public async Task Words_from_before_the_last_tool_are_not_the_answer(string agent)
    {
        using var bench = AgentBench.Of(agent, apis);
        bench.Settings = bench.Settings with { AllowedTools = agent == "codex" ? [] : ["Bash", "run_shell_command"] };
        var (result, attempt) = await bench.Turn("[[talk I will look first.]] [[bash echo hi]] [[emptyafter]]");
        Assert.Equal((Outcomes.Succeeded, ""), (result.Outcome, attempt.Output.Text));
        Assert.Contains("I will look first.", attempt.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    public async Task A_turn_of_a_session_whose_folder_is_gone_runs_nowhere(string agent)
    {
        using var bench = AgentBench.Of(agent, apis);
        Directory.CreateDirectory(bench.Home.At("work"));
        await bench.Turn("one", cwd: "work");
        Directory.Delete(bench.Home.At("work"), recursive: true);
        var (result, _) = await bench.Turn("delete everything here " + bench.Session);
        Assert.Equal((Outcomes.Failed, "folder-gone"), (result.Outcome, result.Reason));
        Assert.Contains(bench.Home.At("work"), result.Error, StringComparison.Ordinal);
        Assert.Empty(await apis.Log(bench.Session));
        // Another is the client's own choice.
        Directory.CreateDirectory(bench.Home.At("other"));
        Assert.Equal("turn 2: there", (await bench.Turn("there", cwd: "other")).Attempt.Output.Text);
    }

    [Fact]
    public async Task A_turn_of_Codex_has_used_its_own_tokens_and_not_those_of_its_thread()
    {
        using var bench = AgentBench.Codex(apis);
        var fork = Guid.NewGuid().ToString();
        foreach (var (prompt, forkOf) in new[] { ("one", null), ("two", (string?)null), ("three", bench.Session) })
        {
            var (result, attempt) = await bench.Turn(
                "[[usage 1000 100]] " + prompt, session: forkOf is null ? null : fork, more: forkOf is null ? []
                    : new() { ["forkOf"] = forkOf });
            Assert.Equal(Outcomes.Succeeded, result.Outcome);
            Assert.Equal("""{"inputTokens":1000,"outputTokens":100,"cacheReadInputTokens":0}""", result.Metadata!["usage"]!.ToJsonString());
            Assert.EndsWith("[100 tokens written, gpt-fake]\n", attempt.Stderr, StringComparison.Ordinal);
        }
        var (tool, _) = await bench.Turn("[[usage 1000 100]] [[bash echo hi]]", session: fork);
        Assert.Equal((200, 500, 1), (
            (long)tool.Metadata!["usage"]!["outputTokens"]!, (long)tool.Metadata["sessionUsage"]!["outputTokens"]!,
                (int)tool.Metadata["tools"]!));
    }

    [Fact]
    public async Task A_session_of_Gemini_is_gone_on_with_in_its_folder_alone_and_listed_once()
    {
        using var bench = AgentBench.Gemini(apis);
        Directory.CreateDirectory(bench.Home.At("a"));
        Directory.CreateDirectory(bench.Home.At("b"));
        Directory.CreateSymbolicLink(bench.Home.At("link"), "a");
        await bench.Turn("one", cwd: "a");
        var (elsewhere, _) = await bench.Turn("two", cwd: "b");
        Assert.Equal((Outcomes.Failed, "other-folder"), (elsewhere.Outcome, elsewhere.Reason));
        Assert.Contains(bench.Home.At("a"), elsewhere.Error, StringComparison.Ordinal);

        // As if a minute had gone by: then the CLI begins a further file.
        var file = bench.SessionFile;
        File.Move(file, file.Replace("session-20", "session-19", StringComparison.Ordinal));
        Assert.Equal("turn 2: three", (await bench.Turn("three", cwd: "link")).Attempt.Output.Text);
        Assert.Equal(2, bench.Cli.Sessions.ListFiles(bench.ConfigFolder).Count());
        using var attempt = bench.Attempt("x");
        var recent = Assert.Single(new RecentSessions(bench.Cli.Sessions, bench.Settings, attempt.User).ScanFolder(bench.ConfigFolder, 20));
        Assert.Equal((bench.Session, "one"), (recent.SessionId, recent.Topic));
    }

    [Fact]
    public async Task What_Gemini_was_not_offered_was_denied_and_its_model_is_the_one_that_answered()
    {
        using var bench = AgentBench.Gemini(apis);
        var (result, _) = await bench.Turn("""[[tool write_file {"file_path":"made","content":"x"}]]""");
        Assert.Equal(Outcomes.Succeeded, result.Outcome);
        Assert.Equal("write_file made", (string?)Assert.Single(result.Metadata!["permissionDenials"]!.AsArray()));
        Assert.Equal("gemini-test", (string?)result.Metadata["model"]);
    }

    [Fact]
    public async Task Codex_says_nothing_of_what_its_sandbox_refused_but_how_often_a_tool_was_asked_for()
    {
        using var bench = AgentBench.Codex(apis);
        var (result, _) = await bench.Turn("[[bash touch made]]");
        Assert.Equal((Outcomes.Succeeded, 1), (result.Outcome, (int)result.Metadata!["tools"]!));
        Assert.False(File.Exists(bench.Home.At("made")));
        Assert.Null(result.Metadata["permissionDenials"]);
    }
}
