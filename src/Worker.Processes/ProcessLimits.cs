namespace OpenClaw.Worker.Processes;

/// <summary>What the tree of a program may use; null: no limit. A limit that is hit ends the tree.</summary>
internal sealed record ProcessLimits
{
    public const string Memory = "memory-limit";
    public const string Cpu = "cpu-limit";
    public const string Process = "process-limit";
    public const string Output = "output-limit";

    /// <summary>Memory of the tree, bytes.</summary>
    public long? MemoryBytes { get; init; }
    /// <summary>Processes that live at the same time.</summary>
    public int? Processes { get; init; }
    /// <summary>User and system time of the tree.</summary>
    public long? CpuMilliseconds { get; init; }
    /// <summary>Bytes it may print, both streams together.</summary>
    public long? OutputBytes { get; init; }

    /// <summary>The lower of each; null: no limits at all.</summary>
    public static ProcessLimits? GetStricter(ProcessLimits? one, ProcessLimits? other)
    {
        if (one is null || other is null) return one ?? other;
        return new ProcessLimits
        {
            MemoryBytes = GetLower(one.MemoryBytes, other.MemoryBytes),
            Processes = (int?)GetLower(one.Processes, other.Processes),
            CpuMilliseconds = GetLower(one.CpuMilliseconds, other.CpuMilliseconds),
            OutputBytes = GetLower(one.OutputBytes, other.OutputBytes),
        };
    }

    private static long? GetLower(long? one, long? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;
}

/// <summary>
/// What a tree used. The two words say how it is known: <c>cgroup</c>, <c>rusage</c> (the program and what it waited for; memory: the
/// largest of them) or <c>sampled</c>.
/// </summary>
internal sealed record ProcessUsage
{
    /// <summary>Time in user mode, ms.</summary>
    public long UserMilliseconds { get; init; }
    /// <summary>Time in the kernel, ms.</summary>
    public long SystemMilliseconds { get; init; }
    /// <summary>How the times are known.</summary>
    public string? CpuFrom { get; init; }
    /// <summary>Most memory at a time, bytes; 0: not known.</summary>
    public long PeakMemoryBytes { get; init; }
    /// <summary>How that is known.</summary>
    public string? MemoryFrom { get; init; }

    /// <summary>
    /// With the peak of a program's rusage. Linux begins that with the peak of whoever started the program, and exec keeps it: what is not
    /// above
    /// <paramref name="starters"/> says nothing of the program.
    /// </summary>
    public ProcessUsage WithPeak(long bytes, long starters) =>
        bytes > starters ? this with { PeakMemoryBytes = bytes, MemoryFrom = "rusage" } : this;
}
