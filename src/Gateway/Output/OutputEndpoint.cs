using System.Globalization;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Output.Pages;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// GET /tasks/{id}/output: the bytes of one stream as they were printed. One answer never jumps over a cut: it begins at the first
/// kept byte at or after the offset and ends where bytes are missing, and its headers say both places. Who asks for JSON gets the chunks
/// of both streams with their times.
/// </summary>
internal sealed class OutputEndpoint(IOutputLog log, TaskReader reader, OutputFollower follower, OutputPages pages) : IEndpoint
{
    private const int Batch = 256 * 1024;

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.TaskOutput, GetOutput).RequirePolicy(AccessPolicy.ReadOutput);

    private async ValueTask<Reply> GetOutput(HttpContext context)
    {
        if (OutputPages.WantsJson(context.Request)) return await pages.GetPage(context);
        if (ReadQuery(context, out var start, out var follow, out var late) is { } problem) return problem;
        if (await reader.FindTask(context.Request.RouteValues["id"] as string, context.GetCaller()) is not { } task)
            return ProblemTable.FromRejection(Rejection.NotFound);
        var (attempt, stream, offset) = start;
        if (attempt > task.Attempt)
            return Problem400.ForField("attempt", string.Create(CultureInfo.InvariantCulture, $"must be at most {task.Attempt}"));
        if (follow)
        {
            await follower.FollowOutput(context, task, start);
            return Reply.Written;
        }
        if (attempt == 0) attempt = task.Attempt;
        start = new(attempt, stream, offset);
        IOutputReader source = late ? new WholeOutput(log) : log;
        var reported = attempt == task.Attempt ? late ? task.LateResult ?? task.Outcome : task.Outcome : null;
        var total = await ReadTotal(source, task.Id, start, reported, context.RequestAborted);
        var (first, next) = await MeasureRun(source, task.Id, start, context.RequestAborted);
        if (next == first) first = next = Math.Max(offset, total); // nothing kept from here on
        WriteHeaders(context.Response, total, first, next, ended: task.State.IsEnd() || attempt < task.Attempt);
        if (!context.IsHead()) await CopyRange(context, source, task.Id, start with { Offset = first }, next);
        return Reply.Written;
    }

    private static Problem? ReadQuery(HttpContext context, out OutputStart start, out bool follow, out bool late)
    {
        (start, follow, late) = (default, false, false);
        if (Query.ReadNumber(context, "offset", 0, 0, long.MaxValue, clamp: false, out var offset) is { } badOffset) return badOffset;
        if (Query.ReadNumber(context, "attempt", 0, 1, int.MaxValue, clamp: false, out var attempt) is { } badAttempt) return badAttempt;
        if (Query.ReadText(context, "stream", out var name) is { } twoStreams) return twoStreams;
        if (Query.ReadFlag(context, "follow", false, out follow) is { } badFollow) return badFollow;
        if (Query.ReadFlag(context, "late", false, out late) is { } badLate) return badLate;
        start = new((int)attempt, name == StreamNames.Stderr ? OutputStream.Stderr : OutputStream.Stdout, offset);
        if (follow && late) return Problem400.ForField("late", "can't be followed: it is of a task that has ended");
        return name is null or StreamNames.Stdout or StreamNames.Stderr ? null : Problem400.ForField("stream", "must be stdout or stderr");
    }

    private static async ValueTask<long> ReadTotal(
        IOutputReader source, Guid task, OutputStart of, AttemptOutcome? reported, CancellationToken cancellation)
    {
        if (of.Attempt == 0) return 0;
        var cursor = await source.ReadCursor(task, of.Attempt, cancellation);
        return of.Stream == OutputStream.Stdout
            ? Math.Max(cursor.StdoutOffset, reported?.StdoutBytes ?? 0)
            : Math.Max(cursor.StderrOffset, reported?.StderrBytes ?? 0);
    }

    /// <summary>The unbroken run of kept bytes that begins at or after an offset. Reads it through; it is at most 10 MiB.</summary>
    private static async ValueTask<(long First, long Next)> MeasureRun(
        IOutputReader source, Guid task, OutputStart from, CancellationToken cancellation)
    {
        long? first = null;
        var next = from.Offset;
        if (from.Attempt == 0) return (0, 0);
        while (true)
        {
            var chunks = await source.ReadFromOffset(task, from.Attempt, from.Stream, next, Batch, cancellation);
            var before = next;
            foreach (var chunk in chunks)
            {
                var end = chunk.Offset + chunk.Data.Length;
                if (end <= next) continue;
                if (chunk.Offset > next && first is not null) return (first.Value, next);
                first ??= Math.Max(from.Offset, chunk.Offset);
                next = end;
            }
            if (next == before) return (first ?? next, next);
        }
    }

    private static void WriteHeaders(HttpResponse response, long total, long first, long next, bool ended)
    {
        response.ContentType = "application/octet-stream";
        response.ContentLength = next - first;
        response.Headers["X-Output-Offset"] = FormatNumber(first);
        response.Headers["X-Output-Next"] = FormatNumber(next);
        response.Headers["X-Output-Total"] = FormatNumber(total);
        response.Headers["X-Output-Ended"] = ended ? "true" : "false";
    }

    /// <summary>Batch by batch, each one sent before the next is read: a slow reader holds one.</summary>
    private static async Task CopyRange(HttpContext context, IOutputReader source, Guid task, OutputStart from, long end)
    {
        using var cut = context.CutWhenRevoked();
        var at = from.Offset;
        while (at < end)
        {
            var chunks = await source.ReadFromOffset(task, from.Attempt, from.Stream, at, Batch, context.RequestAborted);
            var before = at;
            foreach (var chunk in chunks)
            {
                var skip = at - chunk.Offset;
                if (skip >= chunk.Data.Length || at >= end) continue;
                if (skip < 0) throw new IOException("output was cut while it was read");
                var part = chunk.Data[(int)skip..];
                if (part.Length > end - at) part = part[..(int)(end - at)];
                await context.Response.BodyWriter.WriteAsync(part, context.RequestAborted);
                at += part.Length;
            }
            if (at == before) throw new IOException("output was cut while it was read");
        }
    }

    private static string FormatNumber(long number) => number.ToString(CultureInfo.InvariantCulture);
}
