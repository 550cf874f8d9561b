using OpenClaw.Worker.Processes.Arguments;

namespace OpenClaw.Worker.Processes;

/// <summary>A program to start.</summary>
internal sealed record ProcessSpec
{
    /// <summary>Program and arguments, each byte for byte. A name without a slash is looked up in PATH of the environment.</summary>
    public required IReadOnlyList<string> Argv { get; init; }
    /// <summary>The whole environment; nothing is inherited.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    /// <summary>Working directory; must exist.</summary>
    public required string WorkingDirectory { get; init; }
    /// <summary>Bytes for standard input, which is then closed; null: it reads end of file at once.</summary>
    public ReadOnlyMemory<byte>? Stdin { get; init; }
    /// <summary>A text it finds at <see cref="InheritedScript.Path"/>; null: none. Unix only.</summary>
    public ReadOnlyMemory<byte>? Script { get; init; }
    /// <summary>What its tree may use; null: no limits.</summary>
    public ProcessLimits? Limits { get; init; }
    /// <summary>Folders it inherits open, as descriptors from <see cref="InheritedFolder.FirstDescriptor"/> on. Linux only.</summary>
    public IReadOnlyList<InheritedFolder> Folders { get; init; } = [];
    /// <summary>Longest run time, counted by whoever keeps watch over it from its start; null: none of its own.</summary>
    public TimeSpan? Timeout { get; init; }
    /// <summary>Set: it runs on a terminal of this size, and all it prints is standard output. Unix only.</summary>
    public TerminalSize? Terminal { get; init; }
}

/// <summary>The size of a terminal, in characters.</summary>
internal sealed record TerminalSize(int Columns, int Rows);

/// <summary>How a process ended: one of exit code, signal and start error is set; none when it was stopped before it was started.</summary>
internal sealed record ProcessEnd
{
    /// <summary>It was stopped before it was started: nothing of it ever ran, so nothing of it is left.</summary>
    public static ProcessEnd NotStarted { get; } = new() { Tree = default(TreeEnd) };


    public int? ExitCode { get; init; }
    /// <summary>Signal that ended it, <c>SIGKILL</c>.</summary>
    public string? Signal { get; init; }
    /// <summary>Why it could not start, a sentence.</summary>
    public string? StartError { get; init; }
    /// <summary>It could not start because its arguments and environment are more than this system ever takes.</summary>
    public bool TooLarge { get; init; }
    /// <summary>Set when its tree was ended by us.</summary>
    public TreeEnd? Tree { get; init; }
    /// <summary>The limit that ended its tree, a word of <see cref="ProcessLimits"/>; null: none did.</summary>
    public string? Limit { get; init; }
    /// <summary>How its tree was held together: <c>cgroup</c>, <c>scan</c> or <c>job</c>.</summary>
    public string? HeldBy { get; init; }
    /// <summary>What it used; null when that is not known.</summary>
    public ProcessUsage? Usage { get; init; }
}

/// <summary>The proof after ending a tree: how many processes were signalled, how many are still there.</summary>
internal readonly record struct TreeEnd(int Killed, int Survivors);
