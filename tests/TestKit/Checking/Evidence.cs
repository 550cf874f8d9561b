namespace OpenClaw.TestKit.Checking;

/// <summary>
/// Everything that is known after a run, from three sides: the commands, the clients and the database. Times are ms since 1970, all of one
/// machine.
/// </summary>
public sealed record Evidence
{
    /// <summary>2xx answers to submits, repeats included.</summary>
    public IReadOnlyList<Accepted> Accepted { get; init; } = [];
    /// <summary>Keys whose submit was never answered: there may be a task or not.</summary>
    public IReadOnlySet<string> Unknown { get; init; } = new HashSet<string>();
    /// <summary>Answers to reads, in the order they came.</summary>
    public IReadOnlyList<Seen> Seen { get; init; } = [];
    /// <summary>Results that were answered with 200.</summary>
    public IReadOnlyList<Acknowledged> Acknowledged { get; init; } = [];
    /// <summary>Answers to cancels that found the task running.</summary>
    public IReadOnlyList<CancelAsked> Cancels { get; init; } = [];
    /// <summary>Reports of attempts that were not the latest any more, sent on purpose.</summary>
    public IReadOnlyList<StaleReport> Stale { get; init; } = [];
    public IReadOnlyList<WitnessLine> Witness { get; init; } = [];
    public IReadOnlyList<Row> Rows { get; init; } = [];
    public IReadOnlyList<Transition> Audit { get; init; } = [];
    public IReadOnlyList<Note> Notes { get; init; } = [];
    /// <summary>What was done to the servers.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];
    /// <summary>Heartbeats that renewed the lease of an attempt, of the workers that say so.</summary>
    public IReadOnlyList<Renewal> Renewals { get; init; } = [];
    /// <summary>Workers that were started anew, and so had lost what ran.</summary>
    public IReadOnlyList<Restart> Restarts { get; init; } = [];
    /// <summary>Names of real daemons that run programs and are well, their spools empty, at the end.</summary>
    public IReadOnlySet<string> Daemons { get; init; } = new HashSet<string>();
    /// <summary>Workers that died for good.</summary>
    public IReadOnlySet<string> DeadWorkers { get; init; } = new HashSet<string>();
    /// <summary>What owners said to tasks that waited for a yes.</summary>
    public IReadOnlyList<Decision> Decisions { get; init; } = [];
    /// <summary>Outputs that were read as bytes when all was quiet.</summary>
    public IReadOnlyList<OutputRead> Outputs { get; init; } = [];
    /// <summary>What should be gone when all is quiet and is not, each a line that begins with its invariant.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];
    /// <summary>How far a read of a task that has not ended may be behind; 0 but where two clusters share a database.</summary>
    public long StaleFor { get; init; }
}

/// <summary>A submit and what it asked for; durations in ms.</summary>
public sealed record Accepted(string Key, string Task, int MaxAttempts)
{
    public long Timeout { get; init; } = 30_000;
    public long KillGrace { get; init; } = 10_000;
    public long StartWithin { get; init; } = 900_000;
    /// <summary>How many bytes its command prints; null: a line.</summary>
    public int? OutputSize { get; init; }
    /// <summary>The owner of the PC must say yes before it runs.</summary>
    public bool NeedsYes { get; init; }
    public WitnessKind Witness { get; init; }
}

/// <summary>Who testifies to what a task did.</summary>
public enum WitnessKind
{
    /// <summary>Its command, which prints what is known and ends with a code of its own.</summary>
    Command = 0,
    /// <summary>A command that an agent was told to run: the agent's answer and exit code are its own.</summary>
    Agent,
    /// <summary>The file it changed.</summary>
    File,
}

/// <summary>What the owner of a PC said to a task that waited for it, and from when on; whether he knows that it was heard.</summary>
public sealed record Decision(string Task, bool Yes, long At, bool Confirmed);

/// <summary>A read; without times it counts as made one after the other.</summary>
public sealed record Seen(string Task, long Version, string State, int? ExitCode, string? Stdout, int? LateExitCode)
{
    /// <summary>Output of a result that came after the end; as all outputs here, <see cref="Witness.Folded"/>.</summary>
    public string? LateStdout { get; init; }
    public long Begin { get; init; }
    public long End { get; init; }
}

/// <summary>All bytes of a task's standard output, read piece by piece: how many they were, and their digest.</summary>
public sealed record OutputRead(string Task, long Bytes, string Sha256);

/// <summary>A result the server answered with 2xx, and when; 0: some time.</summary>
public sealed record Acknowledged(string Task, int ExitCode, long At = 0);

/// <summary>A cancel that was answered with a running task.</summary>
public sealed record CancelAsked(string Task, long At);

/// <summary>A heartbeat that was answered with something else than "superseded"; when it was sent, and when its answer came.</summary>
public sealed record Renewal(string Task, int Attempt, long Begin, long End);

/// <summary>A worker was killed at the one time at the earliest, and runs anew since the other at the latest.</summary>
public sealed record Restart(string Worker, long Begin, long End);

/// <summary>A report of an earlier attempt, and how it was answered.</summary>
public sealed record StaleReport(string Task, int Attempt, long At, int Status);

/// <summary>
/// A line of the witness file; attempt 0: the compatible protocol has no number. The digest is the command's own, of its output.
/// </summary>
public sealed record WitnessLine(bool IsStart, string Key, int Attempt, int Pid, long At, int ExitCode, string? Digest = null);

public sealed record Row(string Task, string State, long Version, int Attempt)
{
    public string? Worker { get; init; }
}

public sealed record Transition(string Task, long Version, string What, string State, int Attempt, long At)
{
    /// <summary>The worker of the attempt.</summary>
    public string? Worker { get; init; }
    public string? Reason { get; init; }
}

/// <summary>An event that changed nothing but is on record.</summary>
public sealed record Note(string? Task, string What, long At);

/// <summary>
/// A fault, from when to when it lasted, and what it hit by a measure of its own: tasks on the silo that was killed, connections cut,
/// errors thrown. That somewhere something was under way is no measure: it always is.
/// </summary>
public sealed record Fault(string Name, long Begin, long End, int Hits)
{
    /// <summary>The one worker it was done to, and no task of any other is excused by it; null: everybody is concerned.</summary>
    public string? Worker { get; init; }
}
