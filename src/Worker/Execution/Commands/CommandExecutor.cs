using System.Text;
using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Commands;

/// <summary>
/// <c>command</c>: a text for the person's shell, or a program with arguments and no shell at all. The text reaches the shell as one
/// argument, so nothing expands it before.
/// </summary>
internal sealed class CommandExecutor : ITaskExecutor
{
    private const int Columns = 80;
    private const int Rows = 24;

    public string Kind => Kinds.Command;

    public async Task<ExecutionResult> Execute(AttemptContext context)
    {
        if (ReadPayload(context.Offer.Payload) is not { } payload)
            return ExecutionResult.Rejected("payload-not-understood", "this worker does not understand all fields of the command");
        if (payload.Pty is true && OperatingSystem.IsWindows())
            return ExecutionResult.Rejected("pty-unsupported", "this worker has no terminals: it runs on Windows");
        if (payload.Shell is { } shell && ShellChoice.IsKnownNonShell(shell))
            return ExecutionResult.Failed("could-not-start", $"{shell} runs no commands: it is no shell", null);
        var environment = await context.CreateEnvironment(payload.Env);
        var terminal = payload.Pty is true ? new TerminalSize(payload.Cols ?? Columns, payload.Rows ?? Rows) : null;
        if (terminal is not null) environment.TryAdd("TERM", "xterm-256color");
        var (argv, script) = payload.Argv is { } own ? (own, null)
            : ShellInvocation.ChooseArguments(payload.Shell ?? context.User.Shell, payload.Command!);
        var spec = new ProcessSpec
        {
            Argv = argv,
            Script = script,
            Environment = environment,
            WorkingDirectory = context.User.ResolveFolder(payload.Cwd),
            Stdin = payload.Stdin is { } text ? Encoding.UTF8.GetBytes(text) : null,
            Terminal = terminal,
            Limits = ProgramLimits.FromTask(payload.Limits),
        };
        var end = await context.Processes.RunProgram(spec, context.Output, context.Stop, context.KillGrace);
        return ExecutionResult.FromProcess(end, context.Stop.Why);
    }

    /// <summary>Strict: a field of a newer server that we would silently ignore could change what runs.</summary>
    private static CommandPayload? ReadPayload(JsonElement json)
    {
        try
        {
            var payload = json.Deserialize(ProtocolJson.Default.CommandPayload);
            return payload is { Command: null, Argv: null or { Length: 0 } } ? null : payload;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
