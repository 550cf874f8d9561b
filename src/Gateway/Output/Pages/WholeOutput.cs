using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Output.Pages;

/// <summary>
/// An attempt's output as far as it is known now: what there was at the task's end, and what came later (<see cref="LateOutput"/>),
/// which goes on where the first stopped.
/// </summary>
internal sealed class WholeOutput(IOutputLog log) : IOutputReader
{
    public ValueTask<OutputCursor> ReadCursor(Guid task, int attempt, CancellationToken cancellation) =>
        log.ReadCursor(task, LateOutput.ToLog(attempt), cancellation);

    public async ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
        Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation)
    {
        var chunks = await log.ReadChunks(task, attempt, stream, fromSequence, maxBytes, cancellation);
        return chunks.Count > 0 ? chunks
            : await log.ReadChunks(task, LateOutput.ToLog(attempt), stream, fromSequence, maxBytes, cancellation);
    }

    public async ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
        Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation)
    {
        var chunks = await log.ReadFromOffset(task, attempt, stream, offset, maxBytes, cancellation);
        return chunks.Count > 0 ? chunks
            : await log.ReadFromOffset(task, LateOutput.ToLog(attempt), stream, offset, maxBytes, cancellation);
    }
}
