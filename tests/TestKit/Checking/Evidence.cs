namespace OpenClaw.TestKit.Checking;

/// <summary>Everything that is known after a run, from three sides: the commands, the clients and the database.</summary>
public sealed record Evidence
{
    /// <summary>2xx answers to submits, repeats included.</summary>
    public IReadOnlyList<Accepted> Accepted { get; init; } = [];
    /// <summary>Answers to reads, in the order they were made.</summary>
    public IReadOnlyList<Seen> Seen { get; init; } = [];
    /// <summary>200s to results.</summary>
    public IReadOnlyList<Acknowledged> Acknowledged { get; init; } = [];
    public IReadOnlyList<WitnessLine> Witness { get; init; } = [];
    public IReadOnlyList<Row> Rows { get; init; } = [];
    public IReadOnlyList<Transition> Audit { get; init; } = [];
    /// <summary>When the server was killed, ms since 1970.</summary>
    public IReadOnlyList<long> Kills { get; init; } = [];
}

public sealed record Accepted(string Key, string Task, int MaxAttempts);

public sealed record Seen(string Task, long Version, string State, int? ExitCode, string? Stdout, int? LateExitCode);

public sealed record Acknowledged(string Task, int ExitCode);

/// <summary>A line of the witness file; attempt 0: the old protocol has no number.</summary>
public sealed record WitnessLine(bool IsStart, string Key, int Attempt, int Pid, long At, int ExitCode);

/// <summary>A task's row.</summary>
public sealed record Row(string Task, string State, long Version, int Attempt);

/// <summary>An audit row.</summary>
public sealed record Transition(string Task, long Version, string What, string State, int Attempt, long At);
