using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Waits;

namespace OpenClaw.Grains.Tasks;

/// <summary>Whether, and when, a failed attempt is followed by another. Pure.</summary>
internal static class RetryPolicy
{
    /// <summary>True when one more failure leaves room for another attempt. A cancel wins over a retry.</summary>
    public static bool HasAttemptsLeft(TaskRecord record) => !record.CancelRequested && IsBelowMaxAttempts(record);

    /// <summary>The same, whether a cancel was asked for or not.</summary>
    public static bool IsBelowMaxAttempts(TaskRecord record) => record.FailedAttempts + 1 < record.Spec.MaxAttempts;

    /// <summary>Ends that another attempt may mend. The worker's own no, and a cancel, are final.</summary>
    public static bool IsRetryable(TaskState end) => end is TaskState.Failed or TaskState.TimedOut or TaskState.Lost;

    /// <summary>Pause before the attempt after <paramref name="failedAttempts"/> failures: 1 s, 2 s, 4 s ... 60 s.</summary>
    public static TimeSpan GetPause(int failedAttempts, TaskOptions options) =>
        new BackOff(options.FirstBackOff, options.LongestBackOff).GetLimit(failedAttempts);
}
