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
internal sealed class TaskTeller(Guid task, EventPosition from, IAuditTrail audit, IOutputLog log, EventStream stream)
{
    private const int Batch = 256 * 1024;
    private EventPosition at = from;

    /// <summary>Tells everything known now; true when the task's end was among it.</summary>
    public async Task<bool> Tell(CancellationToken cancellation)
    {
        var ended = false;
        foreach (var row in await audit.Read(task, at.Version, cancellation))
        {
            // The transition was committed after the output before it, so all of that is readable now.
            await TellOutput(cancellation);
            at = row.Attempt > at.Attempt ? new(row.Version, row.Attempt, 0) : at with { Version = row.Version };
            await stream.Send("state", at, Of(row), ProtocolJson.Default.StateEvent, cancellation);
            ended |= row.State.IsEnd();
        }
        if (!ended) await TellOutput(cancellation);
        return ended;
    }

    /// <summary>The last event: the task, without its output.</summary>
    public Task TellEnd(TaskView view, CancellationToken cancellation) =>
        stream.Send("end", at with { Ended = true }, view, ProtocolJson.Default.TaskView, cancellation);

    private async Task TellOutput(CancellationToken cancellation)
    {
        while (at.Attempt > 0)
        {
            var chunks = await log.Read(task, at.Attempt, null, at.Sequence, Batch, cancellation);
            if (chunks.Count == 0) return;
            foreach (var chunk in chunks)
            {
                at = at with { Sequence = chunk.Sequence + 1 };
                await stream.Send("output", at, Of(chunk), ProtocolJson.Default.OutputEvent, cancellation);
            }
        }
    }

    private static StateEvent Of(AuditEntry row) => new()
    {
        Version = row.Version,
        At = row.At.ToUnixTimeMilliseconds(),
        Trigger = row.Trigger,
        State = row.State.WireName(),
        Attempt = row.Attempt,
        Reason = row.Reason,
        Worker = row.Worker,
    };

    private static OutputEvent Of(OutputChunk chunk) => new()
    {
        Attempt = chunk.Attempt,
        Stream = chunk.Stream == OutputStream.Stdout ? "stdout" : "stderr",
        Offset = chunk.Offset,
        Data = chunk.Data.ToArray(),
        Text = Encoding.UTF8.GetString(chunk.Data.Span),
    };
}
