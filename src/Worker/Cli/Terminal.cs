namespace OpenClaw.Worker.Cli;

/// <summary>What a verb may know of where it runs: where it writes, the variables, the person's home. Tests bring their own.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error, TextReader In, Func<string, string?> Variable, string UserHome)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public static Terminal OfThisProcess() => new(
        Console.Out, Console.Error, Console.In, Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
}
