using System.Globalization;
using System.Text;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Output.Pages;

/// <summary>GET /tasks/{id}/output as JSON: the chunks with their times, page by page, in the order of printing.</summary>
internal sealed class OutputPages(IOutputLog log, TaskReader reader)
{
    private const int PageBytes = 256 * 1024;
    private const int PageChunks = 1000;

    /// <summary>True for a request that names JSON itself: a bare */* gets the bytes.</summary>
    public static bool WantsJson(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase));

    public async ValueTask<Reply> GetPage(HttpContext context)
    {
        if (ReadQuery(context, out var attempt, out var stream, out var from, out var late) is { } problem) return problem;
        if (await reader.FindTask(context.Request.RouteValues["id"] as string, context.GetCaller()) is not { } task)
            return ProblemTable.FromRejection(Rejection.NotFound);
        if (attempt > task.Attempt)
            return Problem400.ForField("attempt", string.Create(CultureInfo.InvariantCulture, $"must be at most {task.Attempt}"));
        IOutputReader source = late ? new WholeOutput(log) : log;
        var page = await ReadPage(source, task, attempt == 0 ? task.Attempt : attempt, stream, from, context.RequestAborted);
        return Reply.FromValue(page, ProtocolJson.Default.OutputPage);
    }

    private static async ValueTask<OutputPage> ReadPage(
        IOutputReader source, TaskSnapshot task, int attempt, OutputStream? stream, long from, CancellationToken cancellation)
    {
        if (attempt == 0) return new() { Attempt = 0, Chunks = [], NextSequence = 0, Ended = task.State.IsEnd() };
        // Before the read: what is appended in between is for the next page.
        var end = (await source.ReadCursor(task.Id, attempt, cancellation)).NextSequence;
        var chunks = await source.ReadChunks(task.Id, attempt, stream, from, PageBytes, cancellation);
        var page = chunks.Take(PageChunks).Select(ToPrintedChunk).ToArray();
        var next = page.Length > 0 ? page[^1].Sequence + 1 : Math.Max(from, end);
        return new()
        {
            Attempt = attempt,
            Chunks = page,
            NextSequence = next,
            Ended = next >= end && (task.State.IsEnd() || attempt < task.Attempt),
        };
    }

    private static Problem? ReadQuery(HttpContext context, out int attempt, out OutputStream? stream, out long from, out bool late)
    {
        (attempt, stream, from, late) = (0, null, 0, false);
        if (Query.ReadNumber(context, "attempt", 0, 1, int.MaxValue, clamp: false, out var number) is { } badAttempt) return badAttempt;
        if (Query.ReadNumber(context, "sequence", 0, 0, long.MaxValue, clamp: false, out from) is { } badSequence) return badSequence;
        if (Query.ReadText(context, "stream", out var name) is { } twoStreams) return twoStreams;
        if (Query.ReadFlag(context, "late", false, out late) is { } badLate) return badLate;
        attempt = (int)number;
        stream = name switch { StreamNames.Stdout => OutputStream.Stdout, StreamNames.Stderr => OutputStream.Stderr, _ => null };
        return name is null or StreamNames.Stdout or StreamNames.Stderr ? null : Problem400.ForField("stream", "must be stdout or stderr");
    }

    private static PrintedChunk ToPrintedChunk(OutputChunk chunk) => new()
    {
        Stream = chunk.Stream == OutputStream.Stdout ? StreamNames.Stdout : StreamNames.Stderr,
        Sequence = chunk.Sequence,
        Offset = chunk.Offset,
        Elapsed = chunk.Elapsed,
        At = chunk.At.ToUnixTimeMilliseconds(),
        Data = chunk.Data.ToArray(),
        Text = Encoding.UTF8.GetString(chunk.Data.Span),
    };
}
