using System.Globalization;
using System.IO.Pipelines;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Output;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// GET /tasks/{id}/output?follow=true: the bytes of one stream as they come in, until the attempt is over. Each write waits until the
/// connection took it: a slow reader holds up nobody, and when it falls behind what is kept, the cut is marked in the bytes.
/// </summary>
internal sealed class OutputFollower(IGrainFactory grains, IOutputLog log, LiveOutput live, TaskReader reader, TimeProvider clock)
{
    private const int Batch = 256 * 1024;

    /// <summary>An attempt of 0 is the task's current one, or its first when none has begun.</summary>
    public async Task FollowOutput(HttpContext context, TaskSnapshot task, OutputStart from)
    {
        var response = context.Response;
        response.ContentType = "application/octet-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers["X-Output-Offset"] = from.Offset.ToString(CultureInfo.InvariantCulture);
        if (context.IsHead()) return;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, reader.Stopping);
        using var cut = context.CutWhenRevoked();
        using var watch = live.WatchTask(task.Id);
        await using var changes = new TaskChangeWatcher(grains.GetTaskGrain(task.Id), task, watch, clock, cancel.Token);
        try
        {
            // The head goes out at once: there may be nothing to read for hours.
            await response.BodyWriter.FlushAsync(cancel.Token);
            await SendUntilEnd(response.BodyWriter, from, watch, changes, cancel.Token);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // An answer that ends as if it were whole would be a lie to a reader that is still there.
            if (!context.RequestAborted.IsCancellationRequested) context.Abort();
        }
    }

    private async Task SendUntilEnd(
        PipeWriter body, OutputStart from, OutputWatch watch, TaskChangeWatcher changes, CancellationToken cancellation)
    {
        var (attempt, stream, offset) = from;
        long? sequence = null;
        while (true)
        {
            var task = changes.Latest;
            if (attempt == 0) attempt = task.Attempt;
            var over = task.State.IsEnd() || task.Attempt > attempt;
            if (attempt > 0)
            {
                sequence ??= await SeekSequence(task.Id, new(attempt, stream, offset), cancellation);
                (sequence, offset) = await CopyChunks(body, watch, new(attempt, stream, offset), sequence.Value, over, cancellation);
            }
            if (over)
            {
                var total = attempt == task.Attempt && task.Outcome is { } end
                    ? stream == OutputStream.Stdout ? end.StdoutBytes : end.StderrBytes : 0;
                if (total > offset) await WriteCutMark(body, total - offset, cancellation);
                return;
            }
            await watch.WaitForWake(cancellation);
        }
    }

    /// <summary>The sequence from which on all chunks belong to an offset and what comes after it.</summary>
    private async ValueTask<long> SeekSequence(Guid task, OutputStart place, CancellationToken cancellation)
    {
        if (place.Offset == 0) return 0;
        // Before the search: what is appended in between comes after the cursor.
        var cursor = await log.ReadCursor(task, place.Attempt, cancellation);
        var found = await log.ReadFromOffset(task, place.Attempt, place.Stream, place.Offset, 1, cancellation);
        return found.Count > 0 ? found[0].Sequence : cursor.NextSequence;
    }

    private static async ValueTask<(long Sequence, long Offset)> CopyChunks(
        PipeWriter body, OutputWatch watch, OutputStart place, long sequence, bool certain, CancellationToken cancellation)
    {
        var offset = place.Offset;
        while (await watch.ReadChunks(place.Attempt, sequence, Batch, certain, cancellation) is { Count: > 0 } chunks)
        {
            foreach (var chunk in chunks)
            {
                sequence = chunk.Sequence + 1;
                if (chunk.Stream != place.Stream || chunk.Offset + chunk.Data.Length <= offset) continue;
                if (chunk.Offset > offset) await WriteCutMark(body, chunk.Offset - offset, cancellation);
                var data = chunk.Data[(int)Math.Max(0, offset - chunk.Offset)..];
                offset = chunk.Offset + chunk.Data.Length;
                await body.WriteAsync(data, cancellation);
            }
        }
        return (sequence, offset);
    }

    private static async ValueTask WriteCutMark(PipeWriter body, long bytes, CancellationToken cancellation) =>
        await body.WriteAsync(CutMark.ToBytes(bytes), cancellation);
}

/// <summary>Where a reader begins.</summary>
internal readonly record struct OutputStart(int Attempt, OutputStream Stream, long Offset);
