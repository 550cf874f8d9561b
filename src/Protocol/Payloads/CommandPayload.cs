using System.Text;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>Payload of <c>command</c>: exactly one of <see cref="Command"/> and <see cref="Argv"/>.</summary>
public sealed record CommandPayload : IPayload
{
    /// <summary>Text for the shell.</summary>
    public string? Command { get; init; }
    /// <summary>Program and arguments.</summary>
    public string[]? Argv { get; init; }
    /// <summary>Extra environment.</summary>
    public Dictionary<string, string>? Env { get; init; }
    /// <summary>Working directory.</summary>
    public string? Cwd { get; init; }
    /// <summary>Shell instead of the user's.</summary>
    public string? Shell { get; init; }
    /// <summary>Text for standard input.</summary>
    public string? Stdin { get; init; }
    /// <summary>Runs it on a terminal: everything it prints is standard output.</summary>
    public bool? Pty { get; init; }
    /// <summary>Columns of the terminal, 80.</summary>
    public int? Cols { get; init; }
    /// <summary>Rows of the terminal, 24.</summary>
    public int? Rows { get; init; }
    /// <summary>What its processes may use.</summary>
    public TaskLimits? Limits { get; init; }
    /// <summary>True when a worker of the compatible protocol can run it: nothing but a command text.</summary>
    [JsonIgnore] public bool IsPlain => Command is not null && this == new CommandPayload { Command = Command };

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => !IsPlain;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        if (Argv is null) ValidateCommand(errors);
        else ValidateArgv(errors, Argv);
        errors.RequirePath("cwd", Cwd);
        errors.RequirePath("shell", Shell);
        errors.RequireText("stdin", Stdin);
        if (Env is not null) ValidateEnv(errors.Within("env"), errors, Env);
        ValidateTerminal(errors);
        Limits?.Validate(errors.Within("limits"));
    }

    private void ValidateCommand(FieldErrors errors)
    {
        if (Command is null || Command.AsSpan().Trim().IsEmpty) errors.Add("command", "is required");
        else errors.RequireText("command", Command);
    }

    private void ValidateArgv(FieldErrors errors, string[] argv)
    {
        if (Command is not null) errors.Add("argv", "can't be given together with command");
        if (Shell is not null) errors.Add("shell", "can't be given together with argv, which runs without a shell");
        if (argv.Length == 0 || string.IsNullOrEmpty(argv[0])) errors.Add("argv", "must begin with the program's name");
        for (var i = 0; i < argv.Length; i++)
        {
            if (argv[i] is null) errors.Add($"argv[{i}]", "must be a string");
            else errors.RequireText($"argv[{i}]", argv[i]);
        }
    }

    private void ValidateTerminal(FieldErrors errors)
    {
        errors.RequireRange("cols", Cols, 1, Protocol.Limits.TerminalSide);
        errors.RequireRange("rows", Rows, 1, Protocol.Limits.TerminalSide);
        if (Pty is true) return;
        if (Cols is not null) errors.Add("cols", "needs pty");
        if (Rows is not null) errors.Add("rows", "needs pty");
    }

    private static void ValidateEnv(FieldErrors inside, FieldErrors errors, Dictionary<string, string> env)
    {
        if (env.Count > Protocol.Limits.EnvCount) errors.Add("env", $"must have at most {Protocol.Limits.EnvCount} variables");
        long bytes = 0;
        foreach (var (name, value) in env)
        {
            bytes += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value ?? "");
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || !FieldRules.IsPrintable(name))
            {
                inside.Add(name, "is not a valid variable name");
            }
            if (value is null) inside.Add(name, "must be a string");
            else inside.RequireText(name, value);
        }
        if (bytes > Protocol.Limits.EnvBytes) errors.Add("env", $"must be at most {Protocol.Limits.EnvBytes} bytes together");
    }
}
