namespace OpenClaw.Worker;

/// <summary>What a worker daemon needs to know. All durations are time spans; see docs/worker.md for the variables.</summary>
public sealed record WorkerOptions
{
    /// <summary>Address of the gateway (WORKER_URL).</summary>
    public required Uri Url { get; init; }
    /// <summary>
    /// Worker token (WORKER_TOKEN); not used where the home has a key, and may be empty then. Never logged, never in a task's environment.
    /// </summary>
    public required string Token { get; init; }
    /// <summary>Name of this PC, <c>[a-z0-9][a-z0-9-]{0,62}</c> (WORKER_NAME; default: the host name made valid).</summary>
    public required string Name { get; init; }
    /// <summary>Folder of the daemon's own files (OPENCLAW_WORKER_HOME; default <c>~/.openclaw/worker</c>). One daemon a folder.</summary>
    public required string Home { get; init; }
    /// <summary>
    /// Folders beside <see cref="Home"/> that no file task may touch and no sandbox shows: a server in this process has its tokens there.
    /// </summary>
    public IReadOnlyList<string> ClosedFolders { get; init; } = [];
    /// <summary>
    /// The home goes where its server's own data goes, as Standalone's does: that it was made on another PC, or is a copy, says nothing.
    /// </summary>
    public bool HomeMayMove { get; init; }
    /// <summary>Tasks at most at once (MAX_CONCURRENT).</summary>
    public int MaxConcurrent { get; init; } = 3;
    /// <summary>Longest wait of a poll (LONG_POLL_WAIT, ms).</summary>
    public TimeSpan PollWait { get; init; } = TimeSpan.FromSeconds(50);
    /// <summary>How long running tasks may go on after SIGTERM (DRAIN_TIMEOUT, ms).</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Longest grace between SIGTERM and SIGKILL for what is ended then, however long the task asked for.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>
    /// Program and first arguments of the supervisor that each program of a task runs under, so that it outlives the daemon; empty:
    /// programs are the daemon's own children. Not used on Windows.
    /// </summary>
    public IReadOnlyList<string> Supervisor { get; init; } = [];
    /// <summary>
    /// Output of a program that its supervisor keeps on disk from the beginning, in bytes; of the rest the newest is kept.
    /// </summary>
    public long OutputKept { get; init; } = 64L << 20;
    /// <summary>The owner's labels (WORKER_LABELS, separated by commas).</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
    /// <summary>
    /// HTTP proxy on the way to the gateway (OPENCLAW_PROXY, else HTTPS_PROXY and its like, but for NO_PROXY); null: none.
    /// </summary>
    public Uri? Proxy { get; init; }
    /// <summary>PEM file of authorities to trust beside the system's (OPENCLAW_CA_FILE).</summary>
    public string? CaFile { get; init; }
    /// <summary>Lines on standard output are JSON, as those of the log file always are (OPENCLAW_LOG_FORMAT).</summary>
    public bool JsonLines { get; init; }
    /// <summary>
    /// Socket of the system's log (Windows: <c>event-log</c>): a line for each session and task (OPENCLAW_SYSTEM_LOG); null: none.
    /// </summary>
    public string? SystemLog { get; init; }
}
