using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>Codex and Gemini CLI, by small programs that print what the real ones print (codex-cli 0.169, gemini-cli 0.61).</summary>
public sealed class OtherAgentsTests : IDisposable
{
    private const string Session = "aaaa1111-0000-4000-8000-000000000001", Other = "aaaa2222-0000-4000-8000-000000000002";
    private const string Thread = "01a205dc-5ce9-7191-a923-f31172482865";

    /// <summary>Notes its arguments, prints a turn that repeats its input, and leaves a session on disk.</summary>
    private const string Codex = $$$$"""
        printf '%s\n' "$*" >> "$HOME/asked"
        mkdir -p "$HOME/.codex/sessions/2026/11/23"
        printf '%s\n' '{"type":"session_meta","payload":{"id":"{{{{Thread}}}}","cwd":"'"$PWD"'"}}' \
          '{"type":"event_msg","payload":{"type":"task_started"}}' \
          '{"type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"first words"}]}}' \
          '{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":'\
        '{"input_tokens":10,"cached_input_tokens":2,"output_tokens":25},'\
        '"last_token_usage":{"input_tokens":4,"cached_input_tokens":0,"output_tokens":5} } } }' \
          '{"type":"event_msg","payload":{"type":"task_complete","last_agent_message":"said: hello"}}' \
          >> "$HOME/.codex/sessions/2026/11/23/rollout-2026-11-23T00-44-17-{{{{Thread}}}}.jsonl"
        echo '{"type":"thread.started","thread_id":"{{{{Thread}}}}"}'
        echo '{"type":"turn.started"}'
        echo '{"type":"item.started","item":{"id":"i1","type":"command_execution","command":"ls","status":"in_progress"}}'
        echo '{"type":"item.completed","item":{"id":"i1","type":"command_execution","command":"ls","exit_code":0,"status":"completed"}}'
        echo '{"type":"item.completed","item":{"id":"i2","type":"agent_message","text":"said: '"$(cat)"'"}}'
        echo '{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":2,"output_tokens":25}}'
        """;

    private const string Gemini = $$$$"""
        printf '%s\n' "$*" >> "$HOME/asked"
        mkdir -p "$HOME/.gemini/tmp/project/chats"
        printf %s "$HOME" > "$HOME/.gemini/tmp/project/.project_root"
        printf '%s\n' '{"sessionId":"{{{{Session}}}}"}' '{"type":"user","content":"first words"}' \
          >> "$HOME/.gemini/tmp/project/chats/session-2026-11-23T00-44-aaaa1111.jsonl"
        echo '{"type":"init","session_id":"{{{{Session}}}}","model":"gemini-x"}'
        echo '{"type":"message","role":"user","content":"x"}'
        echo '{"type":"message","role":"assistant","content":"let me see","delta":true}'
        echo '{"type":"tool_use","tool_name":"shell","tool_id":"1","parameters":{"command":"ls"}}'
        echo '{"type":"tool_result","tool_id":"1","status":"success"}'
        echo '{"type":"message","role":"assistant","content":"said: ","delta":true}'
        echo '{"type":"message","role":"assistant","content":"'"$(cat)"'","delta":true}'
        echo '{"type":"result","status":"success","stats":{"total_tokens":15,"input_tokens":10,"output_tokens":5,"cached":2,'\
        '"duration_ms":12,"tool_calls":1}}'
        """;

    private readonly ScratchFolder home = new();
    private AgentSettings settings = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_turn_of_Codex_begins_a_session_and_the_next_goes_on_with_it()
    {
        Script("codex", Codex);
        var (first, attempt) = await Turn(NewCodex(), Session);
        Assert.Equal((Outcomes.Succeeded, "said: hello"), (first.Outcome, attempt.Output.Text));
        Assert.Equal((Session, Thread), ((string?)first.Metadata!["sessionId"], (string?)first.Metadata["agentSessionId"]));
        Assert.Equal(5, (long)first.Metadata["usage"]!["outputTokens"]!);
        Assert.Equal("> command_execution ls\nsaid: hello\n[5 tokens written]\n", attempt.Stderr);

        // Another daemon: what is known of the session is on the disk.
        await Turn(NewCodex(), Session);
        var recent = Assert.Single(new RecentSessions(new CodexSessions(Names), settings, attempt.User).ScanFolder(home.At(".codex"), 20));
        Assert.Equal((Session, "codex", home.Path, "first words"), (recent.SessionId, recent.Agent, recent.Project, recent.Topic));
        await Turn(NewCodex(), Other, forkOf: Session);
        Assert.Equal(
        [
            "exec --json --skip-git-repo-check -c sandbox_mode=\"read-only\" -",
            $"exec resume --json --skip-git-repo-check -c sandbox_mode=\"read-only\" {Thread} -",
            $"exec fork --json --skip-git-repo-check -c sandbox_mode=\"read-only\" {Thread} -",
        ], Asked());
    }

    [Fact]
    public async Task A_turn_of_Gemini_begins_a_session_and_the_next_goes_on_with_it()
    {
        Script("gemini", Gemini);
        settings = new() { PermissionMode = "auto_edit", Model = "flash" };
        var (first, attempt) = await Turn(new GeminiCli(), Session);
        Assert.Equal((Outcomes.Succeeded, "said: hello"), (first.Outcome, attempt.Output.Text));
        Assert.Equal((Session, "gemini-x", 5), (
            (string?)first.Metadata!["sessionId"], (string?)first.Metadata["model"], (long)first.Metadata["usage"]!["outputTokens"]!));
        Assert.Equal("let me see\n> shell ls\nsaid: hello\n[5 tokens written, gemini-x]\n", attempt.Stderr);

        await Turn(new GeminiCli(), Session);
        var recent = Assert.Single(new RecentSessions(new GeminiSessions(), settings, attempt.User).ScanFolder(home.At(".gemini"), 20));
        Assert.Equal((Session, "gemini", "first words"), (recent.SessionId, recent.Agent, recent.Topic));
        var start = "--output-format stream-json --skip-trust --approval-mode auto_edit ";
        Assert.Equal([start + $"--session-id {Session} --model flash --prompt ", start + $"--resume {Session} --model flash --prompt "],
            Asked());
    }

    [Theory]
    [InlineData("""{"type":"turn.failed","error":{"message":"We're currently experiencing high demand"}}""", "overloaded")]
    [InlineData("""{"type":"turn.failed","error":{"message":"unexpected status 401 Unauthorized"}}""", "not-logged-in")]
    [InlineData("""{"type":"error","message":"stream disconnected"}""", "codex-error")]
    [InlineData("no JSON at all", "codex-error")]
    public async Task A_turn_of_Codex_that_failed_says_why(string line, string reason)
    {
        File.WriteAllText(home.At("line"), line);
        Script("codex", $$"""cat >/dev/null; echo '{"type":"turn.started"}'; cat "$HOME/line"; echo; exit 1""");
        var (result, _) = await Turn(NewCodex(), Session);
        Assert.Equal((Outcomes.Failed, reason, 1), (result.Outcome, result.Reason, result.ExitCode));
        Assert.NotEmpty(result.Error!);
    }

    [Fact]
    public async Task A_limit_an_agent_can_not_keep_is_refused_before_anything_runs()
    {
        Script("codex", "touch ran");
        var (result, _) = await Turn(NewCodex(), Session, more: ",\"maxTurns\":3");
        Assert.Equal((Outcomes.Rejected, "not-supported"), (result.Outcome, result.Reason));
        Assert.False(File.Exists(home.At("ran")));
    }

    [Fact]
    public async Task An_agent_of_which_nothing_is_heard_is_ended_with_its_tree()
    {
        Script("codex", """echo '{"type":"thread.started","thread_id":"x"}'; sleep 600 & wait""");
        settings = new() { FirstOutput = TimeSpan.FromMilliseconds(300) };
        var (result, attempt) = await Turn(NewCodex(), Session);
        Assert.Equal((Outcomes.TimedOut, "no-first-output", 0), (result.Outcome, result.Reason, (int)result.Metadata!["survivors"]!));
        Assert.Equal(0, attempt.Alive());
    }

    private SessionIdMap Names => new(home.At("names"));

    private CodexCli NewCodex() => new(Names);

    private string[] Asked() => File.ReadAllLines(home.At("asked"));

    private void Script(string name, string body)
    {
        var path = home.File("bin/" + name, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        settings = settings with { Program = path };
    }

    /// <summary>The line may be gone for longer than the model has.</summary>
    [Fact]
    public async Task The_models_time_does_not_run_while_the_servers_yes_is_asked_for()
    {
        var clock = new FakeTimeProvider();
        Script("codex", Codex);
        settings = new() { FirstOutput = TimeSpan.FromSeconds(90), Program = home.At("bin", "codex") };
        using var attempt = new TestAttempt("codex", $$"""{"prompt":"hello","sessionId":"{{Session}}"}""", home.Path)
        {
            Clock = clock,
            Starting = () => clock.Advance(TimeSpan.FromMinutes(10)),
        };
        var result = await attempt.Run(new AgentExecutor(NewCodex(), settings));
        Assert.Equal((Outcomes.Succeeded, StopReason.None), (result.Outcome, attempt.Stop.Why));
    }

    private async Task<(ExecutionResult Result, TestAttempt Attempt)> Turn(
        IAgentCli cli, string session, string? forkOf = null, string more = "")
    {
        settings = settings with { Program = home.At("bin", cli.Program.Name) };
        var fork = forkOf is null ? "" : $",\"forkOf\":\"{forkOf}\"";
        using var attempt = new TestAttempt(
            cli.Agent.Kind, $$"""{"prompt":"hello","sessionId":"{{session}}"{{fork}}{{more}}}""", home.Path);
        return (await attempt.Run(new AgentExecutor(cli, settings)), attempt);
    }
}
