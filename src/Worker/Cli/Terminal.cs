using OpenClaw.Worker.Diagnosis;

namespace OpenClaw.Worker.Cli;

/// <summary>What a verb may know of where it runs: where it writes, the variables, the person's home. Tests bring their own.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, TextReader In, Func<string, string?> Variable, string UserHome)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Somebody is there who can be asked.</summary>
    public bool HasPerson { get; init; }

    /// <summary>Runs a program of the system's, such as <c>systemctl</c>; null when it can't be started.</summary>
    public Func<IReadOnlyList<string>, Task<ProbeAnswer?>> Command { get; init; } =
        argv => new ProgramProbe(TimeProvider.System).Ask(argv, TimeSpan.FromMinutes(2));

    public static Terminal OfThisProcess() => new(
        Console.Out, Console.Error, Console.In, Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))
    {
        HasPerson = !Console.IsInputRedirected,
    };
}
