using System.Buffers;
using System.Text;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Protocol.Output;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// Puts the kept chunks of one stream together as text; what is missing is said in the text. Chunks come in order of offset. Pure.
/// </summary>
internal sealed class OutputText
{
    private readonly StringBuilder text = new();
    private readonly ArrayBufferWriter<byte> run = new(256);
    private long next;

    /// <summary>Bytes are missing: the text has a mark where.</summary>
    public bool Cut { get; private set; }

    /// <summary>Takes the next chunk.</summary>
    public void AppendChunk(long offset, ReadOnlySpan<byte> data)
    {
        if (offset > next) MarkCut(offset - next);
        if (offset < next) data = data[(int)Math.Min(next - offset, data.Length)..];
        run.Write(data);
        next = Math.Max(next, offset) + data.Length;
    }

    /// <summary>The whole, given how many bytes were printed in all.</summary>
    public string FinishText(long total)
    {
        if (total > next) MarkCut(total - next);
        DecodeRun();
        return text.ToString();
    }

    private void MarkCut(long bytes)
    {
        DecodeRun();
        text.Append(CutMark.Format(bytes));
        next += bytes;
        Cut = true;
    }

    /// <summary>Decoded in one piece between two cuts, so that a character may lie across chunks.</summary>
    private void DecodeRun()
    {
        text.Append(Encoding.UTF8.GetString(run.WrittenSpan));
        run.ResetWrittenCount();
    }

    /// <summary>Both streams of a task, as kept.</summary>
    public static async ValueTask<KeptOutput> ReadStreams(
        IOutputReader log, Guid task, int attempt, (long Stdout, long Stderr)? totals, CancellationToken cancellation)
    {
        if (attempt == 0 || totals is (0, 0)) return KeptOutput.Empty;
        OutputText stdout = new(), stderr = new();
        for (long from = 0; totals is null || stdout.next < totals.Value.Stdout || stderr.next < totals.Value.Stderr;)
        {
            var chunks = await log.ReadChunks(task, attempt, null, from, Batch, cancellation);
            if (chunks.Count == 0) break;
            foreach (var chunk in chunks)
                (chunk.Stream == OutputStream.Stdout ? stdout : stderr).AppendChunk(chunk.Offset, chunk.Data.Span);
            from = chunks[^1].Sequence + 1;
        }
        var (outTotal, errTotal) = totals ?? await ReadTotals(log, task, attempt, cancellation);
        var (outText, errText) = (stdout.FinishText(outTotal), stderr.FinishText(errTotal));
        return new(outText, errText, Math.Max(outTotal, stdout.next), Math.Max(errTotal, stderr.next), stdout.Cut || stderr.Cut);
    }

    private const int Batch = 1024 * 1024;

    private static async ValueTask<(long Stdout, long Stderr)> ReadTotals(
        IOutputReader log, Guid task, int attempt, CancellationToken cancellation)
    {
        var cursor = await log.ReadCursor(task, attempt, cancellation);
        return (cursor.StdoutOffset, cursor.StderrOffset);
    }
}

/// <summary>Text of both streams, bytes printed in all, and whether some of them are missing.</summary>
internal sealed record KeptOutput(string Stdout, string Stderr, long StdoutBytes, long StderrBytes, bool Cut)
{
    public static KeptOutput Empty { get; } = new("", "", 0, 0, false);
}
