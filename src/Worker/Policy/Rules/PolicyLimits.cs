using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy.Rules;

/// <summary>What a task may use at most. They only lower what the task asks for.</summary>
internal sealed record PolicyLimits
{
    /// <summary>Tasks at once; null: as the worker is set.</summary>
    public int? Concurrency { get; init; }
    public TimeSpan? Timeout { get; init; }
    /// <summary>What the programs of a task may use.</summary>
    public ProcessLimits? Processes { get; init; }
    /// <summary>Bytes a file task may write, and bytes in the sandbox's own /tmp and home.</summary>
    public long? Disk { get; init; }

    /// <summary>The run time a task gets.</summary>
    public TimeSpan LowerTimeout(TimeSpan asked) => Timeout is { } most && most < asked ? most : asked;
}
