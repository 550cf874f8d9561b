namespace OpenClaw.Worker.Policy.Hooks;

/// <summary>A program of the owner's that is run around each task.</summary>
internal sealed record Hook(IReadOnlyList<string> Argv, TimeSpan Timeout);
