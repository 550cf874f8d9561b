using System.Text.Json;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Audit;

/// <summary>
/// What <c>history --verify</c> found. <see cref="Fault"/> null: the chain is whole from the first row to the last. <see cref="Lost"/>: rows
/// that a daemon missed when it was started again, and said so.
/// </summary>
internal sealed record Verification(long Rows, string? Fault, long Lost);

/// <summary>Reads the log and checks its chain; needs no daemon.</summary>
internal static class AuditReader
{
    /// <summary>The last rows, oldest first. Lines that can't be read are left out: <see cref="Verify"/> tells of them.</summary>
    public static IReadOnlyList<AuditRow> Last(string folder, int count)
    {
        var found = new List<AuditRow>();
        foreach (var path in new AuditFiles(folder).Paths.Reverse())
        {
            var rows = AuditFiles.Lines(path).Where(line => line.Whole).Select(line => Parse(line.Line)).OfType<AuditRow>().TakeLast(count - found.Count);
            found.InsertRange(0, rows);
            if (found.Count >= count)
                break;
        }
        return found;
    }

    /// <summary>
    /// Finds a row that is missing, changed, in another place, or cut off at the end. The first fault is told. A daemon may write meanwhile:
    /// the head is read first, and rows behind it are checked by the chain alone.
    /// </summary>
    public static Verification Verify(string folder)
    {
        var files = new AuditFiles(folder);
        var head = files.Head();
        var (end, gaps, place) = (ChainEnd.Start, 0L, 1L);
        foreach (var path in files.Paths)
        {
            var name = Path.GetFileName(path);
            if (AuditFiles.NumberOf(path) != place++)
                return new Verification(end.Seq, $"{name}: a file before it is missing", gaps);
            var number = 0;
            foreach (var (line, whole) in AuditFiles.Lines(path))
            {
                number++;
                if (!whole && end.Seq >= head?.Seq)
                    break; // Is being written, or was when the power went.
                if (Fault(line, whole, end) is { } fault)
                    return new Verification(end.Seq, $"{name}, line {number}: {fault}", gaps);
                gaps += Parse(line)!.Lost ?? 0;
                end = new ChainEnd(end.Seq + 1, ChainEnd.HashOf(line));
                if (head?.Seq == end.Seq && head.Value.Hash != end.Hash)
                    return new Verification(end.Seq, $"{name}, line {number}: row {end.Seq} was changed", gaps);
            }
        }
        return new Verification(end.Seq, AtTheEnd(head, end), gaps);
    }

    public static AuditRow? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuditJson.Default.AuditRow);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Fault(byte[] line, bool whole, ChainEnd before)
    {
        if (!whole)
            return "the line is not whole";
        if (Parse(line) is not { } row)
            return "the line is no row";
        if (row.Seq != before.Seq + 1)
            return $"row {row.Seq} stands where row {before.Seq + 1} should: rows are missing or in another order";
        return row.Prev == before.Hash ? null : $"row {row.Seq} does not fit the row before it: that one was changed";
    }

    private static string? AtTheEnd(ChainEnd? head, ChainEnd end)
    {
        if (head is null)
            return end.Seq == 0 ? null : "the file head is missing: rows may be cut off at the end";
        return head.Value.Seq > end.Seq ? $"{CountedNoun.Write(head.Value.Seq - end.Seq, "row is", "rows are")} cut off at the end" : null;
    }
}
