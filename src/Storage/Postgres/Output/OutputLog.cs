using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>The output of tasks.</summary>
internal sealed class OutputLog : IOutputLog
{
    public ValueTask<(AppendResult Result, OutputCursor Cursor)> Append(
        Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<OutputCursor> Cursor(Guid task, int attempt, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<OutputChunk>> Read(
        Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<OutputChunk>> ReadFrom(
        Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation) =>
        throw new NotSupportedException();
}
