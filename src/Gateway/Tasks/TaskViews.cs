using System.Text.Json;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>From the cluster to the wire: a <see cref="TaskSnapshot"/> as clients see it. Pure.</summary>
internal static class TaskViews
{
    /// <summary>The original's words for a task that is not done.</summary>
    private const string NotReady = "Result not ready yet";

    /// <summary>The task without its output and without a reason to wait.</summary>
    public static TaskView Of(TaskSnapshot task)
    {
        var ended = task.State.IsEnd();
        var spec = task.Spec;
        return new TaskView
        {
            TaskId = task.Id.ToString("D"),
            Status = Status(task.State),
            Message = ended ? null : NotReady,
            ExitCode = ended ? EndSentence.ExitCode(task) : null,
            Error = ended ? EndSentence.Of(task) : null,
            CompletedAt = task.EndedAt?.ToUnixTimeMilliseconds(),
            Metadata = ended ? Metadata(task.Outcome?.Metadata) : null,
            Signal = task.Outcome?.Signal,
            DurationMs = (long?)task.Outcome?.Duration?.TotalMilliseconds,
            State = task.TrueState.WireName(),
            Reason = task.Reason,
            Kind = spec.Kind,
            Worker = task.Worker,
            Labels = Labels(spec.Requires),
            Priority = spec.Priority,
            Attempt = task.Attempt,
            MaxAttempts = spec.MaxAttempts,
            TimeoutMs = (long)spec.Timeout.TotalMilliseconds,
            CancelRequested = task.CancelRequested,
            WorkerUnreachable = task.WorkerUnreachable,
            SessionId = SessionId(spec),
            Tags = spec.Tags,
            Version = task.Version,
            CreatedAt = task.CreatedAt.ToUnixTimeMilliseconds(),
            StartedAt = task.StartedAt?.ToUnixTimeMilliseconds(),
            LateResult = task.LateResult is { } late ? Of(task, late) : null,
        };
    }

    /// <summary>The same with what it waits for.</summary>
    public static TaskView Of(TaskSnapshot task, DateTimeOffset now) =>
        task.Approval is { } wait ? Of(task) with { Approval = Of(wait, now) } : Of(task);

    private static LateResultView Of(TaskSnapshot task, AttemptOutcome late) =>
        new(late.Kind.WireName(), late.ExitCode, EndSentence.Of(task, late))
    {
        Reason = late.Reason, StdoutBytes = late.StdoutBytes, StderrBytes = late.StderrBytes,
    };

    private static ApprovalView Of(ApprovalWait wait, DateTimeOffset now) => new()
    {
        Rule = wait.Rule,
        Digest = wait.Digest,
        Summary = wait.Summary,
        Attempt = wait.Attempt,
        Since = wait.Since.ToUnixTimeMilliseconds(),
        ExpiresIn = Math.Max(0, (long)((wait.Approved ? wait.StartBy : wait.Until) - now).TotalMilliseconds),
        Remote = wait.Remote,
        Approved = wait.Approved,
    };

    /// <summary>The compatible word: pending, running, or the end.</summary>
    public static string Status(TaskState state) => state is TaskState.Queued or TaskState.Offered ? "pending" : state.WireName();

    /// <summary>The conversation a task is a turn of, as its agent calls it.</summary>
    public static string? SessionId(TaskSpec spec) => spec.Session is { } key ? Protocol.Payloads.Agents.SessionId(key) : null;

    private static string[]? Labels(string requires)
    {
        var own = LabelSet.Split(requires).Where(label => Names.IsRequirable(label)).ToArray();
        return own.Length == 0 ? null : own;
    }

    /// <summary>The executor's own object. It is a worker's text: what is no JSON object is left out.</summary>
    private static JsonElement? Metadata(byte[]? json)
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
