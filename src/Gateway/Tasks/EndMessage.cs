using System.Globalization;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Why an ended task did not succeed, in one sentence for people, which agrees with its state and reason. Pure.</summary>
internal static class EndMessage
{
    /// <summary>
    /// Null for a success. The worker's own words where they are about this end: what it said of an attempt before, or of an end that the
    /// server knows to be another (it ended it over its timeout, and calls that a cancel), would contradict the state.
    /// </summary>
    public static string? DescribeEnd(TaskSnapshot task)
    {
        var report = task.Outcome is { } outcome && ToState(outcome.Kind) == task.State ? outcome : null;
        return DescribeState(task, task.State, task.Reason, report);
    }

    /// <summary>The same of a report that came after the end.</summary>
    public static string? DescribeEnd(TaskSnapshot task, AttemptOutcome late) => DescribeState(task, ToState(late.Kind), late.Reason, late);

    /// <summary>-1 when there is none; never 0 for a task that did not succeed, because clients take 0 for success.</summary>
    public static int GetExitCode(TaskSnapshot task) => task switch
    {
        { State: TaskState.Succeeded } => task.Outcome?.ExitCode ?? 0,
        { Outcome.ExitCode: { } code and not 0 } => code,
        _ => -1,
    };

    private static string? DescribeState(TaskSnapshot task, TaskState end, string? reason, AttemptOutcome? report)
    {
        if (end == TaskState.Succeeded) return null;
        if (report?.Error is { Length: > 0 } reported) return reported;
        return end switch
        {
            TaskState.Failed => DescribeFailed(reason, report),
            TaskState.Cancelled => DescribeCancelled(task, report),
            TaskState.TimedOut => DescribeTimedOut(task.Spec, reason),
            TaskState.Expired => $"no worker started it within {FormatTime(task.Spec.StartWithin)}",
            TaskState.Rejected => DescribeRejected(reason),
            TaskState.Lost => DescribeLost(reason),
            _ => null,
        };
    }

    private static string DescribeFailed(string? reason, AttemptOutcome? report) => report switch
    {
        { Signal: { } signal } => $"ended by {signal}",
        { ExitCode: { } code and not 0 } => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
        { ExitCode: 0 } => "it failed, though its exit code is 0",
        _ when reason == "could-not-start" => "it could not be started",
        _ => "it ended without an exit code",
    };

    private static string DescribeCancelled(TaskSnapshot task, AttemptOutcome? report) =>
        report is not null ? "cancelled while it ran"
        : task.FailedAttempts > 0 ? "cancelled before its next attempt"
        : "cancelled before it started";

    private static string DescribeTimedOut(TaskSpec spec, string? reason) => reason switch
    {
        "silence" when spec.Silence is { } silence => $"printed nothing for {FormatTime(silence)}",
        "silence" => "printed nothing for too long",
        "no-first-output" => "nothing came from the model for too long",
        _ => $"ran longer than its timeout of {FormatTime(spec.Timeout)}",
    };

    private static string DescribeRejected(string? reason) => reason switch
    {
        "approval-timeout" => "nobody approved it in time",
        "approval-denied" => "it was not approved",
        _ => "the worker's own rules refused it",
    };

    private static string DescribeLost(string? reason) => reason switch
    {
        "worker-restarted" => "the worker was started anew and no longer had it; what happened is not known",
        "cancelled-unreachable" => "it was to be cancelled, and its worker could not be reached; what happened is not known",
        _ => "the worker vanished while it ran; what happened is not known",
    };

    private static TaskState ToState(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Succeeded => TaskState.Succeeded,
        OutcomeKind.Failed => TaskState.Failed,
        OutcomeKind.TimedOut => TaskState.TimedOut,
        OutcomeKind.Cancelled => TaskState.Cancelled,
        OutcomeKind.Rejected => TaskState.Rejected,
        OutcomeKind.Lost => TaskState.Lost,
        _ => TaskState.None,
    };

    private static string FormatTime(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds} ms");
}
