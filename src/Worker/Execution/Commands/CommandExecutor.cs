using System.Text;
using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Arguments;

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

/// <summary>The argument list that makes a shell run a text. The text is one argument, whole; only that shell ever reads it.</summary>
internal static class ShellInvocation
{
    /// <summary>Linux takes no longer argument, with the smallest pages there are.</summary>
    private static readonly int Longest = ArgumentSize.GetLimitOfOne(4096);

    /// <summary>A text that is too long for an argument is read from a descriptor instead, see <see cref="InheritedScript"/>.</summary>
    public static (IReadOnlyList<string> Argv, ReadOnlyMemory<byte>? Script) ChooseArguments(string shell, string text)
    {
        if (OperatingSystem.IsWindows() || Encoding.UTF8.GetByteCount(text) <= Longest)
            return (CreateArguments(shell, text), null);
        return (CreateFileArguments(shell, InheritedScript.Path), Encoding.UTF8.GetBytes(text));
    }

    public static string[] CreateArguments(string shell, string text) => GetShellName(shell) switch
    {
        "CMD" => [shell, "/d", "/s", "/c", text],
        // Encoded, because a command line on Windows is one string that each program splits in its own way.
        "POWERSHELL" or "PWSH" when OperatingSystem.IsWindows() =>
            [shell, "-NoProfile", "-NonInteractive", "-EncodedCommand", Convert.ToBase64String(Encoding.Unicode.GetBytes(text))],
        "POWERSHELL" or "PWSH" => [shell, "-NoProfile", "-NonInteractive", "-Command", text],
        _ => [shell, "-c", text],
    };

    /// <summary>
    /// Makes a shell run the text of a file as if it were its argument: its name is still $0 and its input the task's. Whatever else was
    /// named as the shell gets the file's name, as every interpreter takes one.
    /// </summary>
    public static string[] CreateFileArguments(string shell, string path) => GetShellName(shell) switch
    {
        "SH" or "ASH" or "BASH" or "DASH" or "KSH" or "MKSH" or "YASH" or "ZSH" => CreateArguments(shell, $". {path}"),
        "CSH" or "FISH" or "TCSH" => CreateArguments(shell, $"source {path}"),
        "POWERSHELL" or "PWSH" => CreateArguments(shell, $"Invoke-Expression (Get-Content -Raw {path})"),
        _ => [shell, path],
    };

    private static string GetShellName(string shell) => Path.GetFileNameWithoutExtension(shell).ToUpperInvariant();
}
