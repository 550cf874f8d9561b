namespace OpenClaw.Load;

/// <summary>What one run does; see docs/performance.md.</summary>
internal sealed record LoadOptions
{
    public required Uri Server { get; init; }
    public required string ClientToken { get; init; }
    public required string WorkerToken { get; init; }
    /// <summary>Another client's.</summary>
    public string OtherToken { get; init; } = "";
    /// <summary>How long a worker has a task on average before it says that it succeeded: from nothing to twice that.</summary>
    public TimeSpan TaskTime { get; init; }
    /// <summary>Bytes that a task prints.</summary>
    public int Output { get; init; }
    /// <summary>Tasks a second of the other client.</summary>
    public int Rate { get; init; }
    /// <summary>Processes whose CPU and memory are reported.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];
    public int Clients { get; init; }
    public int Workers { get; init; }
    /// <summary>Idle polls to hold.</summary>
    public int Polls { get; init; }
    /// <summary>Queued tasks to fill.</summary>
    public int Backlog { get; init; }
    /// <summary>Readers of a stream, and how much is printed.</summary>
    public int Readers { get; init; }
    public int Megabytes { get; init; }
    public TimeSpan WarmUp { get; init; }
    public TimeSpan Window { get; init; }
}
