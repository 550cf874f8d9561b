using OpenClaw.Gateway.Tasks;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// A task for who may know how it goes and not what it is: without command, paths, output, tags, and without a word of the client's or the
/// worker's that could repeat them. What is here is here by name, so that nothing new is shown by itself. Pure.
/// </summary>
internal static class StateViews
{
    private const string Unsaid = "unsaid";

    public static TaskView ToView(TaskSnapshot task)
    {
        var ended = task.State.IsEnd();
        var spec = task.Spec;
        // The sentence is then the server's own.
        var told = task with { Outcome = task.Outcome is { } outcome ? outcome with { Error = null, Signal = null } : null };
        return new TaskView
        {
            TaskId = task.Id.ToString("D"),
            Status = TaskViews.ToStatus(task.State),
            Message = ended ? null : TaskViews.NotReady,
            ExitCode = ended ? EndMessage.GetExitCode(task) : null,
            Error = ended ? EndMessage.DescribeEnd(told) : null,
            CompletedAt = task.EndedAt?.ToUnixTimeMilliseconds(),
            StdoutBytes = task.Outcome?.StdoutBytes,
            StderrBytes = task.Outcome?.StderrBytes,
            DurationMs = (long?)task.Outcome?.Duration?.TotalMilliseconds,
            State = task.TrueState.ToWireName(),
            Reason = HideText(task.Reason),
            Kind = spec.Kind,
            Worker = task.Worker,
            Labels = TaskViews.GetLabels(spec.Requires),
            Priority = spec.Priority,
            Attempt = task.Attempt,
            MaxAttempts = spec.MaxAttempts,
            TimeoutMs = (long)spec.Timeout.TotalMilliseconds,
            CancelRequested = task.CancelRequested,
            WorkerUnreachable = task.WorkerUnreachable,
            SessionId = TaskViews.GetSessionId(spec),
            CallbackUrl = spec.CallbackUrl is { } url ? WebhookViews.HideSecrets(url) : null,
            Version = task.Version,
            CreatedAt = task.CreatedAt.ToUnixTimeMilliseconds(),
            StartedAt = task.StartedAt?.ToUnixTimeMilliseconds(),
        };
    }

    /// <summary>A reason is a word for programs. A worker could send a text instead, which is left out.</summary>
    public static string? HideText(string? reason) => reason is null || Names.IsName(reason) ? reason : Unsaid;
}
