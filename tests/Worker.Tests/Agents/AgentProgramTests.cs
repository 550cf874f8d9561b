using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>What a worker announces at its start its turns find, whatever PATH the person's login shell gives them.</summary>
public sealed class AgentProgramTests : IDisposable
{
    private const string Session = "aaaa1111-0000-4000-8000-000000000001";
    private readonly ScratchFolder home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_program_that_was_found_at_the_start_is_run_though_the_login_shell_does_not_know_it_nor_its_interpreter()
    {
        // As npm installs them: a script whose interpreter is looked for in PATH.
        Script("tools/codex", "#!/usr/bin/env runtime-of-codex\n");
        Script("runtime/runtime-of-codex", """
            #!/bin/sh
            cat >/dev/null
            echo '{"type":"item.completed","item":{"type":"agent_message","text":"'"$PATH"'"}}'
            echo '{"type":"turn.completed"}'

            """);
        var own = $"{home.At("tools")}:{home.At("runtime")}";
        var agents = new ConfiguredAgents(WorkerSettings.None, home.At("worker"), (program, _) =>
            program.Name == "codex" ? new FoundProgram(home.At("tools", "codex"), own) : null);
        Assert.Equal([Kinds.Claude, Kinds.Codex], agents.Executors.Select(executor => executor.Kind));

        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
        using var attempt = new TestAttempt(Kinds.Codex, $$"""{"prompt":"x","sessionId":"{{Session}}"}""", home.Path, environment);
        var result = await attempt.Run(agents.Executors.Single(executor => executor.Kind == Kinds.Codex));
        Assert.Equal((Outcomes.Succeeded, null), (result.Outcome, result.Error));
        // The person's own folders go first.
        Assert.Equal("/usr/bin:/bin:" + own, attempt.Output.Text);
    }

    [Fact]
    public void The_persons_own_program_goes_before_the_one_that_was_found_at_the_start()
    {
        Script("person/codex", "");
        Script("start/codex", "");
        var program = new AgentProgram("codex", "CODEX_PATH");
        var atStart = new FoundProgram(home.At("start", "codex"), home.At("start"));
        FoundProgram? Find(string path) =>
            AgentEnvironment.FindProgram(program, new(), new Dictionary<string, string> { ["PATH"] = path }, home.Path, atStart);
        Assert.Equal(new FoundProgram(home.At("person", "codex")), Find(home.At("person")));
        Assert.Equal(atStart, Find("/nowhere"));
        File.Delete(home.At("start", "codex"));
        Assert.Null(Find("/nowhere"));
    }

    private void Script(string name, string text)
    {
        var path = home.File(name, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
