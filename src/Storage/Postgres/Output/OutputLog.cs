using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>
/// Output of attempts, as rows beside the tasks. Any number of processes may append to one attempt: the cursor's row is compared and
/// set in the statement that writes the chunks.
/// </summary>
internal sealed class OutputLog(PostgresDatabase database, IOptions<StorageOptions> options) : IOutputLog
{
    private readonly OutputStateCache states = new();

    public async ValueTask<(AppendResult Result, OutputCursor Cursor)> Append(
        Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        if (chunks.Count == 0) throw new ArgumentException("There is no chunk to append.", nameof(chunks));
        var attempt = chunks[0].Attempt;
        try
        {
            // Another gateway may have appended since: only what was just read may refuse.
            if (states.Find(task, attempt) is { } known
                && await TryAppend(task, known, chunks, cancellation).ConfigureAwait(false) is { } cursor)
                return (AppendResult.Appended, cursor);
            while (true)
            {
                if (await OutputReads.ReadState(database, task, attempt, cancellation).ConfigureAwait(false) is not { } state)
                    return (AppendResult.Gap, default);
                var joins = OutputPosition.JudgeAppend(state.Position.Cursor, chunks);
                if (joins == AppendResult.Appended && state.HasEnded && !LateOutput.IsLog(attempt)) joins = AppendResult.Ended;
                if (joins != AppendResult.Appended) return (joins, state.Position.Cursor);
                if (await TryAppend(task, state, chunks, cancellation).ConfigureAwait(false) is { } moved) return (joins, moved);
            }
        }
        catch
        {
            // Its outcome is unknown: the next append reads where the output stands.
            states.Forget(task, attempt);
            throw;
        }
    }

    public async ValueTask<OutputCursor> ReadCursor(Guid task, int attempt, CancellationToken cancellation) =>
        (await OutputReads.ReadState(database, task, attempt, cancellation).ConfigureAwait(false))?.Position.Cursor ?? default;

    public ValueTask<IReadOnlyList<OutputEnd>> ReadLatestEnds(IReadOnlyCollection<Guid> tasks, CancellationToken cancellation) =>
        OutputReads.ReadLatestEnds(database, tasks, cancellation);

    public ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
        Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation) =>
        OutputReads.ReadFromSequence(database, (task, attempt, stream), fromSequence, maxBytes, cancellation);

    public ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
        Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation) =>
        OutputReads.ReadFromOffset(database, (task, attempt, stream), offset, maxBytes, cancellation);

    /// <summary>Where the output stands after the append; null when it did not stand where the state says.</summary>
    private async ValueTask<OutputCursor?> TryAppend(
        Guid task, OutputState state, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        if (OutputPosition.JudgeAppend(state.Position.Cursor, chunks) != AppendResult.Appended) return null;
        var attempt = chunks[0].Attempt;
        AppendPlan? plan;
        while ((plan = AppendPlan.FromChunks(state, chunks, options.Value.Output, out var missing)) is null)
        {
            var lengths = await OutputReads.ReadLengths(database, state.Task, attempt, missing, cancellation).ConfigureAwait(false);
            if (lengths.Length == 0) return null;
            state = state with { LengthsFrom = missing, Lengths = lengths };
        }
        if (!await AppendRows.WritePlan(database, (task, attempt), state, plan, cancellation).ConfigureAwait(false)) return null;
        states.Keep(task, attempt, plan.After);
        return plan.After.Position.Cursor;
    }
}
