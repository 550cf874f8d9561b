using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using LogChunk = OpenClaw.GrainInterfaces.Output.OutputChunk;

namespace OpenClaw.Gateway.Attempts;

/// <summary>
/// Reads the binary form of output as it comes in: each chunk straight into an array of its own, so that the body is never held twice.
/// As strict as the JSON form.
/// </summary>
internal sealed class FrameReader(PipeReader body, int attempt, DateTimeOffset at)
{
    private readonly List<LogChunk> chunks = [];
    private readonly byte[] head = new byte[OutputFrames.TimedHeadSize];
    private byte[]? data;
    private int headFilled;
    private int dataFilled;
    private long length;
    private OutputFrame frame;

    /// <summary>True for a body that says it is of the binary form, and is not compressed.</summary>
    public static bool CanRead(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && string.Equals(request.ContentType, OutputFrames.MediaType, StringComparison.OrdinalIgnoreCase);

    /// <summary>The chunks, or what is wrong; exactly one of the two.</summary>
    public static async ValueTask<(IReadOnlyList<LogChunk>? Chunks, Problem? Problem)> ReadChunks(
        HttpContext context, int attempt, DateTimeOffset at)
    {
        if (context.Request.ContentLength > Limits.OutputBody) return (null, ProblemTable.CreateTooLarge(Limits.OutputBody));
        var reader = new FrameReader(context.Request.BodyReader, attempt, at);
        using var cut = context.CutWhenRevoked();
        return await reader.ReadChunks(context.RequestAborted) is { } problem ? (null, problem) : (reader.chunks, null);
    }

    private async ValueTask<Problem?> ReadChunks(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            length += read.Buffer.Length;
            var problem = length > Limits.OutputBody ? ProblemTable.CreateTooLarge(Limits.OutputBody) : ConsumeFrames(read.Buffer);
            body.AdvanceTo(read.Buffer.End);
            if (problem is not null) return problem;
            if (!read.IsCompleted) continue;
            if (length == 0) return Problem400.ForField("body", "is empty");
            return headFilled == 0 ? null : Problem400.ForField(FormatLocation(""), "is incomplete");
        }
    }

    private Problem? ConsumeFrames(ReadOnlySequence<byte> read)
    {
        while (!read.IsEmpty)
        {
            if (data is null)
            {
                if (headFilled == 0) headFilled += CopyInto(head.AsSpan(0, 1), ref read);
                var size = OutputFrames.GetHeadSize(head[0]);
                headFilled += CopyInto(head.AsSpan(headFilled, size - headFilled), ref read);
                if (headFilled < size) return null;
                frame = OutputFrames.ReadHead(head);
                if (FindProblem(frame) is { } unfit) return unfit;
                data = GC.AllocateUninitializedArray<byte>((int)frame.Length);
                dataFilled = 0;
            }
            dataFilled += CopyInto(data.AsSpan(dataFilled), ref read);
            if (dataFilled < data.Length) return null;
            chunks.Add(new(attempt, (OutputStream)frame.Stream, frame.Sequence, frame.Offset, data, at) { Elapsed = frame.Elapsed });
            headFilled = 0;
            data = null;
        }
        return null;
    }

    private Problem? FindProblem(OutputFrame frame)
    {
        if (chunks.Count == Limits.OutputChunks) return Problem400.ForField("frames", $"must be at most {Limits.OutputChunks}");
        if ((OutputStream)frame.Stream is not (OutputStream.Stdout or OutputStream.Stderr))
            return Problem400.ForField(FormatLocation(".stream"), "must be 1 (stdout) or 2 (stderr), or 16 more with a time");
        if (frame.Elapsed is < 0 or > Limits.StartWithin)
            return Problem400.ForField(FormatLocation(".elapsed"), $"must be from 0 to {Limits.StartWithin}");
        if (frame.Sequence < 0) return Problem400.ForField(FormatLocation(".sequence"), "must not be negative");
        if (frame.Offset is < 0 or > long.MaxValue - Limits.OutputBody)
            return Problem400.ForField(FormatLocation(".offset"), "is out of range");
        return frame.Length is > 0 and <= Limits.OutputFrame
            ? null
            : Problem400.ForField(FormatLocation(".length"), $"must be from 1 to {Limits.OutputFrame}");
    }

    private string FormatLocation(string field) => string.Create(CultureInfo.InvariantCulture, $"frames[{chunks.Count}]{field}");

    private static int CopyInto(Span<byte> into, ref ReadOnlySequence<byte> from)
    {
        var count = (int)Math.Min(into.Length, from.Length);
        from.Slice(0, count).CopyTo(into);
        from = from.Slice(count);
        return count;
    }
}
