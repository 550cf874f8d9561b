using System.Text;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// Tells one reader what is new of a task since a position: transitions from the audit rows, output from the log, in an order in
/// which an attempt's output lies between its start and its end. Who sees no payloads is told no output, and no text of a worker's.
/// </summary>
internal sealed class TaskEventWriter(EventPosition from, IAuditTrail audit, OutputWatch watch, EventStream stream, bool payloads)
{
    private const int Batch = 256 * 1024;
    private EventPosition at = from;

    /// <summary>The version of the task up to which it has written events.</summary>
    public long Version => at.Version;

    /// <summary>Tells the output known in this process.</summary>
    public Task WriteOutput(CancellationToken cancellation) => WriteOutput(certain: false, cancellation);

    /// <summary>Tells everything there is now; true when the task's end was among it.</summary>
    public async Task<bool> WriteNewEvents(CancellationToken cancellation)
    {
        var ended = false;
        foreach (var row in await audit.ReadEntries(watch.Feed.Task, at.Version, cancellation))
        {
            // The transition was committed after the output before it, so all of that is readable now.
            await WriteOutput(certain: true, cancellation);
            at = row.Attempt > at.Attempt ? new(row.Version, row.Attempt, 0) : at with { Version = row.Version };
            await stream.SendEvent("state", at, ToEvent(row), ProtocolJson.Default.StateEvent, cancellation);
            ended |= row.State.IsEnd();
        }
        if (!ended) await WriteOutput(certain: true, cancellation);
        return ended;
    }

    /// <summary>The task as the last event shows it.</summary>
    public TaskView ToView(TaskSnapshot task) => payloads ? TaskViews.ToView(task) : StateViews.ToView(task);

    /// <summary>The last event: the task, without its output.</summary>
    public Task WriteEnd(TaskView view, CancellationToken cancellation) =>
        stream.SendEvent("end", at with { Ended = true }, view, ProtocolJson.Default.TaskView, cancellation);

    private async Task WriteOutput(bool certain, CancellationToken cancellation)
    {
        while (payloads && at.Attempt > 0)
        {
            var chunks = await watch.ReadChunks(at.Attempt, at.Sequence, Batch, certain, cancellation);
            if (chunks.Count == 0) return;
            foreach (var chunk in chunks)
            {
                at = at with { Sequence = chunk.Sequence + 1 };
                await stream.SendEvent("output", at, ToEvent(chunk), ProtocolJson.Default.OutputEvent, cancellation);
            }
        }
    }

    /// <summary>The row of a wait for approval says queued.</summary>
    private static TaskState ToState(AuditEntry row) =>
        row is { State: TaskState.Queued, Trigger: "ask-approval" or "approve" } ? TaskState.AwaitingApproval : row.State;

    private StateEvent ToEvent(AuditEntry row) => new()
    {
        Version = row.Version,
        At = row.At.ToUnixTimeMilliseconds(),
        Trigger = row.Trigger,
        State = ToState(row).ToWireName(),
        Attempt = row.Attempt,
        Reason = payloads ? row.Reason : StateViews.HideText(row.Reason),
        Worker = row.Worker,
    };

    private static OutputEvent ToEvent(OutputChunk chunk) => new()
    {
        Attempt = chunk.Attempt,
        Stream = chunk.Stream == OutputStream.Stdout ? StreamNames.Stdout : StreamNames.Stderr,
        Offset = chunk.Offset,
        Elapsed = chunk.Elapsed,
        Data = chunk.Data.ToArray(),
        Text = Encoding.UTF8.GetString(chunk.Data.Span),
    };
}
