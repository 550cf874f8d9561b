using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Agents.Turns;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>
/// What the real CLIs (claude-code 2.1.332, codex 0.171.0, gemini-cli 0.61.0) printed against the stand-in, read as their executor reads
/// it.
/// </summary>
internal sealed class Recording
{
    private readonly IAgentCli cli;
    private readonly RecordingSink task = new();
    private readonly TurnOutput output;

    /// <summary><paramref name="name"/> is that of the files in <c>Recorded</c>; null: nothing was printed yet.</summary>
    public Recording(IAgentCli cli, string? name = null)
    {
        this.cli = cli;
        output = new TurnOutput(task, cli.CreateTurnReader(), Events.Add);
        if (name is null) return;
        Print(OutputStream.Stderr, name + ".err");
        Print(OutputStream.Stdout, name + ".out");
    }

    public Recording(string name) : this(CliOf(name), name)
    {
    }

    public List<TurnEvent> Events { get; } = [];

    public string Stdout => task.Text;

    public string Stderr => System.Text.Encoding.UTF8.GetString(task.Stderr);

    public TurnReport Report => output.FinishTurn();

    /// <summary>Its program ended by itself.</summary>
    public ExecutionResult Exited(int code) => Decide(new ProcessEnd { ExitCode = code }, StopReason.None);

    public ExecutionResult Stopped(StopReason why) => Decide(new ProcessEnd { Signal = "SIGTERM", Tree = new TreeEnd(2, 0) }, why);

    public ExecutionResult Decide(ProcessEnd end, StopReason why)
    {
        var report = output.FinishTurn();
        output.PrintAnswer(report.Answer);
        var cutShort = end.Tree is not null || end.Signal is not null || end.Limit is not null;
        return TurnResult.DecideOutcome(cli.Agent, ExecutionResult.FromProcess(end, why), cutShort, report,
            cli.ExplainExitCode(end.ExitCode ?? 0));
    }

    public void Write(OutputStream stream, string text) => output.Write(stream, System.Text.Encoding.UTF8.GetBytes(text));

    private void Print(OutputStream stream, string file)
    {
        var path = PathOf(file);
        if (File.Exists(path)) output.Write(stream, File.ReadAllBytes(path));
    }

    private static IAgentCli CliOf(string name) => name.Split('-')[0] switch
    {
        "claude" => new ClaudeCli(),
        "codex" => new CodexCli(new SessionIdMap("/nowhere")),
        "gemini" => new GeminiCli(),
        var other => throw new ArgumentException($"no recording of {other}", nameof(name)),
    };

    public static string PathOf(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OpenClaw.sln"))) folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests", "Worker.Tests", "Agents", "Recorded", file);
    }
}
