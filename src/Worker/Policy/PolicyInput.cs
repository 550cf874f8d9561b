using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// A task as the policy sees it: everything that had to be looked up on this PC (where a path leads, which file a program's name means)
/// has been looked up.
/// </summary>
internal sealed record PolicyInput
{
    /// <summary>Kind of the task.</summary>
    public required string Kind { get; init; }
    /// <summary>The time on the PC's wall.</summary>
    public required DateTimeOffset LocalTime { get; init; }
    /// <summary>Program and arguments of a <c>command</c> without a shell.</summary>
    public IReadOnlyList<string>? Argv { get; init; }
    /// <summary>Text of a <c>command</c> for a shell.</summary>
    public string? Text { get; init; }
    /// <summary>The file that <see cref="Argv"/> starts, as it is found in the person's PATH; null: there is none.</summary>
    public string? Found { get; init; }
    /// <summary>The same with its links followed.</summary>
    public string? Program { get; init; }
    /// <summary>Names of the variables the task sets itself.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
    /// <summary>The folder it runs in, as it was named and without links; null: it does not say, or runs no program.</summary>
    public NamedPath? Folder { get; init; }
    /// <summary>The file or folder a file task is about; null: it is no file task.</summary>
    public NamedPath? File { get; init; }
    /// <summary>What it does with <see cref="File"/>.</summary>
    public RootAccess Access { get; init; }
    /// <summary>Bytes it wants to write into <see cref="File"/>; 0: unknown or none.</summary>
    public long FileBytes { get; init; }
}

/// <summary>A path as a task gave it and where it really leads.</summary>
internal sealed record NamedPath(string Named, string Real);
