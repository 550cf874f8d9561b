namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>
/// How programs are shut in: the system read-only, the owner's roots, nothing else; processes of their own, and no network unless it
/// says so. When it can't be had, nothing runs.
/// </summary>
internal sealed record SandboxProfile
{
    /// <summary>bubblewrap's file; null: looked for in PATH.</summary>
    public string? Program { get; init; }
    /// <summary>The network is there.</summary>
    public bool Network { get; init; }
    /// <summary>Folders and files that are visible besides the system and the roots.</summary>
    public IReadOnlyList<string> Read { get; init; } = [];
    /// <summary>Folders to be written, beside the roots for writing.</summary>
    public IReadOnlyList<string> Write { get; init; } = [];
}
