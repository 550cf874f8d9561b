using System.Text.Json.Serialization;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>
/// All a supervisor is told: what to run and by which clocks. Goes through its standard input, never to disk: it holds the environment.
/// </summary>
internal sealed record RunRequest
{
    /// <summary>The attempt and which of its programs this is; by these the supervisor is known to a daemon that comes later.</summary>
    public required RunName Name { get; init; }
    /// <summary>Its run log, which exists.</summary>
    public required string Log { get; init; }
    /// <summary>The socket of whichever daemon lives.</summary>
    public required string Daemon { get; init; }
    public required ProcessSpec Spec { get; init; }
    /// <summary>When the attempt began, ms since 1970.</summary>
    public long Began { get; init; }
    /// <summary>The same as the PC's uptime without its sleep, ms; null: from a daemon that does not say.</summary>
    public long? BeganUptime { get; init; }
    /// <summary>Between SIGTERM and SIGKILL, ms.</summary>
    public required long KillGrace { get; init; }
    /// <summary>Run time left, ms; null: the executor has no such clock.</summary>
    public long? Timeout { get; init; }
    /// <summary>Time it may print nothing, ms.</summary>
    public long? Silence { get; init; }
    /// <summary>Set when another attempt may follow: how long a renewal of the lease counts, ms.</summary>
    public long? Lease { get; init; }
    /// <summary>Time since the lease was last renewed, ms.</summary>
    public long LeaseAge { get; init; }
    /// <summary>
    /// With a lease: the worker's program and its first arguments, by which a watchdog ends what a killed supervisor leaves.
    /// </summary>
    public IReadOnlyList<string>? Worker { get; init; }
    /// <summary>Output that is kept from the beginning, bytes.</summary>
    public long OutputKept { get; init; }
    /// <summary>
    /// Set by a daemon that answers <see cref="Channels.MessageType.StartRequest"/>: it is asked directly before the program is started.
    /// </summary>
    public bool AsksFirst { get; init; }
}

/// <summary>One program of an attempt, counted from 0.</summary>
internal readonly record struct RunName(string AttemptId, int Run);

/// <summary>Ends the run early.</summary>
internal sealed record StopRequest(StopReason Why, long? LongestGrace);

/// <summary>What a supervisor says first to a daemon that did not start it.</summary>
internal sealed record Hello(int Version, RunName Name)
{
    /// <summary>Run time the program has left, ms; null: not limited, or told by a supervisor that does not say it.</summary>
    public long? TimeoutLeft { get; init; }
}

/// <summary>How a run ended: the end of its process, why it was ended if it was, and all it printed.</summary>
internal sealed record RunEnd(ProcessEnd End, StopReason Why, long Milliseconds)
{
    /// <summary>Bytes of the log before its last record.</summary>
    public long Logged { get; init; }
    /// <summary>Set when not all output is in the log: counts and digests of all.</summary>
    public PrintedTotals? Printed { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(RunEnd))]
internal sealed partial class SupervisionJson : JsonSerializerContext;
