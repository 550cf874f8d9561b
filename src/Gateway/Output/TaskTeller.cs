using System.Text;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// Tells one reader what is new of a task since a position: transitions from the audit rows, output from the log, in an order in
/// which an attempt's output lies between its start and its end.
/// </summary>
internal sealed class TaskTeller(EventPosition from, IAuditTrail audit, OutputWatch watch, EventStream stream)
{
    private const int Batch = 256 * 1024;
    private EventPosition at = from;

    /// <summary>The version of the task up to which it has told.</summary>
    public long Version => at.Version;

    /// <summary>Tells the output known in this process.</summary>
    public Task TellOutput(CancellationToken cancellation) => TellOutput(certain: false, cancellation);

    /// <summary>Tells everything there is now; true when the task's end was among it.</summary>
    public async Task<bool> Tell(CancellationToken cancellation)
    {
        var ended = false;
        foreach (var row in await audit.Read(watch.Feed.Task, at.Version, cancellation))
        {
            // The transition was committed after the output before it, so all of that is readable now.
            await TellOutput(certain: true, cancellation);
            at = row.Attempt > at.Attempt ? new(row.Version, row.Attempt, 0) : at with { Version = row.Version };
            await stream.Send("state", at, Of(row), ProtocolJson.Default.StateEvent, cancellation);
            ended |= row.State.IsEnd();
        }
        if (!ended) await TellOutput(certain: true, cancellation);
        return ended;
    }

    /// <summary>The last event: the task, without its output.</summary>
    public Task TellEnd(TaskView view, CancellationToken cancellation) =>
        stream.Send("end", at with { Ended = true }, view, ProtocolJson.Default.TaskView, cancellation);

    private async Task TellOutput(bool certain, CancellationToken cancellation)
    {
        while (at.Attempt > 0)
        {
            var chunks = await watch.Read(at.Attempt, at.Sequence, Batch, certain, cancellation);
            if (chunks.Count == 0) return;
            foreach (var chunk in chunks)
            {
                at = at with { Sequence = chunk.Sequence + 1 };
                await stream.Send("output", at, Of(chunk), ProtocolJson.Default.OutputEvent, cancellation);
            }
        }
    }

    /// <summary>The row of a wait for approval says queued.</summary>
    private static TaskState StateOf(AuditEntry row) =>
        row is { State: TaskState.Queued, Trigger: "ask-approval" or "approve" } ? TaskState.AwaitingApproval : row.State;

    private static StateEvent Of(AuditEntry row) => new()
    {
        Version = row.Version,
        At = row.At.ToUnixTimeMilliseconds(),
        Trigger = row.Trigger,
        State = StateOf(row).WireName(),
        Attempt = row.Attempt,
        Reason = row.Reason,
        Worker = row.Worker,
    };

    private static OutputEvent Of(OutputChunk chunk) => new()
    {
        Attempt = chunk.Attempt,
        Stream = chunk.Stream == OutputStream.Stdout ? StreamNames.Stdout : StreamNames.Stderr,
        Offset = chunk.Offset,
        Elapsed = chunk.Elapsed,
        Data = chunk.Data.ToArray(),
        Text = Encoding.UTF8.GetString(chunk.Data.Span),
    };
}
