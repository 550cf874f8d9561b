using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Services.Platforms;
using Native = OpenClaw.Worker.Processes.Unix.Native;

namespace OpenClaw.Worker.Cli;

/// <summary>What a verb may know of where it runs: where it writes, the variables, the person's home. Tests bring their own.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, TextReader In, Func<string, string?> Variable, string UserHome)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Somebody is there who can be asked.</summary>
    public bool HasPerson { get; init; }

    /// <summary>The terminal of who started this, also where the standard input is something else; null: there is none.</summary>
    public Func<TextReader?> OpenOwnersTerminal { get; init; } = () => null;

    /// <summary>Reads a line that is not shown; null: nobody is there.</summary>
    public Func<string?> ReadSecret { get; init; } = () => null;

    /// <summary>Runs a program of the system's, such as <c>systemctl</c>; null when it can't be started.</summary>
    public Func<IReadOnlyList<string>, Task<ProbeAnswer?>> Command { get; init; } =
        argv => new ProgramProbe(TimeProvider.System).RunWithTimeout(argv, TimeSpan.FromMinutes(2));

    /// <summary>Program and first arguments by which this very program is started.</summary>
    public IReadOnlyList<string> OwnProgram { get; init; } = ThisProgram.Path;

    /// <summary>How a person types it here, for commands that are told to be pasted.</summary>
    public string ProgramTyped { get; init; } = "openclaw-worker";

    /// <summary>What can be seen of systemd, for an account.</summary>
    public Func<string?, SystemdFacts> Systemd { get; init; } = user => SystemdFacts.DetectFor(user, Environment.GetEnvironmentVariable);

    /// <summary>Where commands are looked for. Asks the login shell, which may take seconds.</summary>
    public Func<Task<SearchPath>> SearchPath { get; init; } = Services.SearchPath.FromThisProcess;

    /// <summary>Sends a signal to a process, as far as this account may.</summary>
    public Action<int, int> Signal { get; init; } = (process, signal) => _ = Native.Kill(process, signal);

    private static string? ReadHiddenLine()
    {
        var text = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace) text.Length = Math.Max(0, text.Length - 1);
            else if (!char.IsControl(key.KeyChar)) text.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return text.ToString();
    }

    private static StreamReader? OpenTerminal()
    {
        try
        {
            return new StreamReader(OperatingSystem.IsWindows() ? "CONIN$" : "/dev/tty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public static Terminal FromThisProcess() => new(
        Console.Out, Console.Error, Console.In, Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))
    {
        HasPerson = !Console.IsInputRedirected,
        ReadSecret = ReadHiddenLine,
        OpenOwnersTerminal = OpenTerminal,
        ProgramTyped =
            ThisProgram.FormatTyped(ThisProgram.Path, Environment.GetEnvironmentVariable("PATH") ?? "", ThisProgram.FindRealPath),
    };
}
