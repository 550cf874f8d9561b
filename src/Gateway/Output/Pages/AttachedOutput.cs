using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Output.Pages;

/// <summary>The whole output of an attempt that came along with its task, for readers that ask a log.</summary>
internal sealed class AttachedOutput(EndOutput output) : IOutputReader
{
    public ValueTask<OutputCursor> ReadCursor(Guid task, int attempt, CancellationToken cancellation) =>
        throw new NotSupportedException("An end that comes with its output says how long that is.");

    public ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
        Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation) =>
        new(output.ToChunks(attempt).FindAll(chunk => chunk.Sequence >= fromSequence && (stream is null || chunk.Stream == stream)));

    public ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
        Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation) =>
        new(output.ToChunks(attempt).FindAll(chunk => chunk.Stream == stream && chunk.Offset + chunk.Data.Length > offset));
}
