using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>
/// What a task's whole tree of processes may use; one that is exceeded ends it as <c>failed</c> with the limit's reason. The PC's owner
/// may set lower ones.
/// </summary>
public sealed record TaskLimits
{
    /// <summary>Memory, bytes: <c>memory-limit</c>.</summary>
    public long? Memory { get; init; }
    /// <summary>Processes at the same time: <c>process-limit</c>.</summary>
    public int? Processes { get; init; }
    /// <summary>User and system time together, ms: <c>cpu-limit</c>.</summary>
    public long? Cpu { get; init; }
    /// <summary>Bytes printed, both streams together: <c>output-limit</c>.</summary>
    public long? Output { get; init; }

    /// <summary>Says everything that is wrong with them. Pure.</summary>
    public void Validate(FieldErrors errors)
    {
        errors.RequireRange("memory", Memory, Limits.MinMemory, long.MaxValue);
        errors.RequireRange("processes", Processes, 1, Limits.Processes);
        errors.RequireRange("cpu", Cpu, Limits.MinCpu, long.MaxValue);
        errors.RequireRange("output", Output, 0, long.MaxValue);
    }
}
