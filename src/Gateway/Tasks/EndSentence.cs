using System.Globalization;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Why an ended task did not succeed, in one sentence for people. Pure.</summary>
internal static class EndSentence
{
    /// <summary>Null for a success.</summary>
    public static string? Of(TaskSnapshot task)
    {
        if (task.State == TaskState.Succeeded) return task.Outcome?.Error;
        if (task.Outcome?.Error is { Length: > 0 } reported) return reported;
        return task.State switch
        {
            TaskState.Failed => Failed(task.Outcome),
            TaskState.Cancelled => task.Attempt == 0 ? "cancelled before it started" : "cancelled while it ran",
            TaskState.TimedOut => task.Reason == "silence"
                ? $"printed nothing for {Text(task.Spec.Silence ?? TimeSpan.Zero)}"
                : $"ran longer than its timeout of {Text(task.Spec.Timeout)}",
            TaskState.Expired => $"no worker started it within {Text(task.Spec.StartWithin)}",
            TaskState.Rejected when task.Reason == "approval-timeout" => "nobody approved it in time",
            TaskState.Rejected when task.Reason == "approval-denied" => "it was not approved",
            TaskState.Rejected => "the worker's own rules refused it",
            TaskState.Lost => "the worker vanished while it ran; what happened is not known",
            _ => null,
        };
    }

    /// <summary>-1 when there is none; never 0 for a task that did not succeed, because clients take 0 for success.</summary>
    public static int ExitCode(TaskSnapshot task) => task switch
    {
        { State: TaskState.Succeeded } => task.Outcome?.ExitCode ?? 0,
        { Outcome.ExitCode: { } code and not 0 } => code,
        _ => -1,
    };

    private static string Failed(AttemptOutcome? outcome) => outcome switch
    {
        { Signal: { } signal } => $"ended by {signal}",
        { ExitCode: { } code } => string.Create(CultureInfo.InvariantCulture, $"exit code {code}"),
        _ => "it could not be started",
    };

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds} ms");
}
