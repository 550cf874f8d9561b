using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Output.Pages;

/// <summary>
/// An attempt's output as far as it is known now: what there was at the task's end, and what came later (<see cref="LateOutput"/>),
/// which goes on where the first stopped.
/// </summary>
internal sealed class WholeOutput(IOutputLog log) : IOutputReads
{
    public ValueTask<OutputCursor> Cursor(Guid task, int attempt, CancellationToken cancellation) =>
        log.Cursor(task, LateOutput.LogOf(attempt), cancellation);

    public async ValueTask<IReadOnlyList<OutputChunk>> Read(
        Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation)
    {
        var chunks = await log.Read(task, attempt, stream, fromSequence, maxBytes, cancellation);
        return chunks.Count > 0 ? chunks
            : await log.Read(task, LateOutput.LogOf(attempt), stream, fromSequence, maxBytes, cancellation);
    }

    public async ValueTask<IReadOnlyList<OutputChunk>> ReadFrom(
        Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation)
    {
        var chunks = await log.ReadFrom(task, attempt, stream, offset, maxBytes, cancellation);
        return chunks.Count > 0 ? chunks
            : await log.ReadFrom(task, LateOutput.LogOf(attempt), stream, offset, maxBytes, cancellation);
    }
}
