using System.Text.Json;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>From the cluster to the wire: a <see cref="TaskSnapshot"/> as clients see it. Pure.</summary>
internal static class TaskViews
{
    /// <summary>The original's words for a task that is not done.</summary>
    internal const string NotReady = "Result not ready yet";

    /// <summary>The task without its output and without a reason to wait.</summary>
    public static TaskView ToView(TaskSnapshot task)
    {
        var ended = task.State.IsEnd();
        var spec = task.Spec;
        return new TaskView
        {
            TaskId = task.Id.ToString("D"),
            Status = ToStatus(task.State),
            Message = ended ? null : NotReady,
            ExitCode = ended ? EndMessage.GetExitCode(task) : null,
            Error = ended ? EndMessage.DescribeEnd(task) : null,
            CompletedAt = task.EndedAt?.ToUnixTimeMilliseconds(),
            Metadata = ended ? ReadMetadata(task.Outcome?.Metadata) : null,
            Signal = task.Outcome?.Signal,
            DurationMs = (long?)task.Outcome?.Duration?.TotalMilliseconds,
            State = task.TrueState.ToWireName(),
            Reason = task.Reason,
            Kind = spec.Kind,
            Worker = task.Worker,
            Labels = GetLabels(spec.Requires),
            Priority = spec.Priority,
            Attempt = task.Attempt,
            MaxAttempts = spec.MaxAttempts,
            TimeoutMs = (long)spec.Timeout.TotalMilliseconds,
            CancelRequested = task.CancelRequested,
            WorkerUnreachable = task.WorkerUnreachable,
            SessionId = GetSessionId(spec),
            Tags = spec.Tags,
            CallbackUrl = spec.CallbackUrl,
            Version = task.Version,
            CreatedAt = task.CreatedAt.ToUnixTimeMilliseconds(),
            StartedAt = task.StartedAt?.ToUnixTimeMilliseconds(),
            LateResult = task.LateResult is { } late ? ToView(task, late) : null,
        };
    }

    /// <summary>The same with what it waits for, for a caller: one who sees no payloads gets <see cref="StateViews"/>.</summary>
    public static TaskView ToView(TaskSnapshot task, Caller caller, DateTimeOffset now) =>
        caller.SeesPayloads() ? ToView(task, now) : StateViews.ToView(task);

    /// <summary>The same with what it waits for.</summary>
    public static TaskView ToView(TaskSnapshot task, DateTimeOffset now) =>
        task.Approval is { } wait ? ToView(task) with { Approval = ToView(wait, now) } : ToView(task);

    private static LateResultView ToView(TaskSnapshot task, AttemptOutcome late) =>
        new(late.Kind.WireName(), late.ExitCode, EndMessage.DescribeEnd(task, late))
        {
            Reason = late.Reason, StdoutBytes = late.StdoutBytes, StderrBytes = late.StderrBytes,
        };

    private static ApprovalView ToView(ApprovalWait wait, DateTimeOffset now) => new()
    {
        Rule = wait.Rule,
        Digest = wait.Digest,
        Summary = wait.Summary,
        Bound = wait.Bound,
        Open = wait.Open,
        Attempt = wait.Attempt,
        Since = wait.Since.ToUnixTimeMilliseconds(),
        ExpiresIn = Math.Max(0, (long)((wait.Approved ? wait.StartBy : wait.Until) - now).TotalMilliseconds),
        Remote = wait.Remote,
        SignedOnly = wait.SignedOnly,
        Approved = wait.Approved,
    };

    /// <summary>The compatible word: pending, running, or the end.</summary>
    public static string ToStatus(TaskState state) => state is TaskState.Queued or TaskState.Offered ? "pending" : state.ToWireName();

    /// <summary>The conversation a task is a turn of, as its agent calls it.</summary>
    public static string? GetSessionId(TaskSpec spec) => spec.Session is { } key ? Protocol.Payloads.Agents.GetSessionId(key) : null;

    internal static string[]? GetLabels(string requires)
    {
        var own = LabelSet.Split(requires).Where(label => Names.IsRequirable(label)).ToArray();
        return own.Length == 0 ? null : own;
    }

    /// <summary>The executor's own object. It is a worker's text: what is no JSON object is left out.</summary>
    private static JsonElement? ReadMetadata(byte[]? json)
    {
        if (json is null or []) return null;
        try
        {
            var reader = new Utf8JsonReader(json);
            var element = JsonElement.ParseValue(ref reader);
            return element.ValueKind == JsonValueKind.Object ? element : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
