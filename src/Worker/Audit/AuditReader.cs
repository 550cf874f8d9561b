using System.Globalization;
using System.Text.Json;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Audit;

/// <summary>
/// What <c>history --verify</c> found. <see cref="Error"/> null: the chain is whole from the first row to the last. <see cref="Lost"/>:
/// rows that a daemon missed when it was started again, and said so.
/// </summary>
/// <param name="Rows">Good rows, up to the error.</param>
/// <param name="Error">The first error.</param>
/// <param name="Lost">Rows that gaps tell of.</param>
/// <param name="Reported">Where the log ended when a server heard of it last; null: none did.</param>
/// <param name="Removed">Rows at the beginning that are no longer kept: the log had grown too long.</param>
internal sealed record Verification(long Rows, string? Error, long Lost, ReportedHead? Reported = null, long Removed = 0);

/// <summary>Reads the log and checks its chain; needs no daemon.</summary>
internal static class AuditReader
{
    /// <summary>What a row is about that tells of a server's audit.</summary>
    public const string ServerRow = "server";

    /// <summary>
    /// The last rows, oldest first. Lines that can't be read are left out: <see cref="Verify"/> tells of them. So are those that only say
    /// how a server's audit goes on: there is one a minute.
    /// </summary>
    public static IReadOnlyList<AuditRow> ReadLast(string folder, int count)
    {
        var found = new List<AuditRow>();
        foreach (var path in new AuditFiles(folder).Paths.Reverse())
        {
            var rows = AuditFiles.ReadLines(path).Where(line => line.Whole).Select(line => ParseRow(line.Line)).OfType<AuditRow>()
                .Where(row => row.What != ServerRow || row.Level is not null).TakeLast(count - found.Count);
            found.InsertRange(0, rows);
            if (found.Count >= count) break;
        }
        return found;
    }

    /// <summary>What servers said of the ends of their own chains, from the newest files, oldest first.</summary>
    public static IEnumerable<AuditRow> ReadServerRows(string folder, int files = int.MaxValue) =>
        new AuditFiles(folder).Paths.TakeLast(files).SelectMany(AuditFiles.ReadLines)
            .Where(line => line.Whole && line.Line.AsSpan().IndexOf("\"what\":\"server\""u8) >= 0)
            .Select(line => ParseRow(line.Line)).OfType<AuditRow>()
            .Where(row => row is { What: ServerRow, Server: not null, Heads: not null });

    /// <summary>
    /// Finds a row that is missing, changed, in another place, or cut off at the end. The first error is told. A daemon may write
    /// meanwhile: the head is read first, and rows behind it are checked by the chain alone.
    /// </summary>
    public static Verification Verify(string folder)
    {
        var files = new AuditFiles(folder);
        var head = files.ReadHead();
        var reported = ReportedHead.LoadFrom(folder);
        var (start, first) = files.ReadStart();
        var (end, gaps, place) = (start, 0L, first);
        // The row that a server had heard of is here, or was here for its time, or the daemon has missed it and told.
        var found = reported is null || reported.Rows < start.Seq || reported.End == start || reported.Rows == 0;
        foreach (var path in files.Paths.Where(path => AuditFiles.ParseFileNumber(path) >= first))
        {
            var name = Path.GetFileName(path);
            if (AuditFiles.ParseFileNumber(path) != place++)
                return new Verification(end.Seq, $"{name}: a file before it is missing", gaps);
            var number = 0;
            foreach (var (line, whole) in AuditFiles.ReadLines(path))
            {
                number++;
                if (!whole && end.Seq >= head?.Seq)
                    break; // Is being written, or was when the power went.
                if (FindRowError(line, whole, end) is { } error)
                    return new Verification(end.Seq, $"{name}, line {number}: {error}", gaps);
                var row = ParseRow(line)!;
                gaps += row.Lost ?? 0;
                end = new ChainEnd(end.Seq + 1, ChainEnd.ComputeHash(line));
                found |= end == reported?.End || (row.Heard is { } missed && missed == (reported is null ? null : FormatRow(reported.End)));
                if (head?.Seq == end.Seq && head.Value.Hash != end.Hash)
                    return new Verification(end.Seq, $"{name}, line {number}: row {end.Seq} was changed", gaps);
            }
        }
        var endError = FindEndError(head, end) ?? (found ? null
            : $"a server had heard of row {reported!.Rows}, which is not here: rows were cut off at the end, or rewritten");
        return new Verification(end.Seq, endError, gaps, reported, start.Seq);
    }

    /// <summary>Where the log ends by its files: the last whole line, or where what is kept begins.</summary>
    public static ChainEnd FindEnd(AuditFiles files)
    {
        foreach (var path in files.Paths.Reverse())
        {
            if (AuditFiles.ReadTail(path).Line is { } line) return new ChainEnd(ParseRow(line)?.Seq ?? 0, ChainEnd.ComputeHash(line));
        }
        return files.ReadStart().End;
    }

    /// <summary>True when the row of that number is there with that hash. <paramref name="end"/> is where the log ends.</summary>
    public static bool ContainsRow(AuditFiles files, ChainEnd end, ChainEnd row)
    {
        if (row.Seq >= end.Seq) return row == end;
        // Of what was removed for its age nobody can tell.
        var start = files.ReadStart().End;
        if (row.Seq <= start.Seq) return row.Seq < start.Seq || row == start;
        foreach (var path in files.Paths.Reverse())
        {
            var first = AuditFiles.ReadLines(path).Select(line => ParseRow(line.Line)?.Seq).FirstOrDefault();
            if (first is null || first > row.Seq) continue;
            return AuditFiles.ReadLines(path).Where(line => line.Whole).ElementAtOrDefault((int)(row.Seq - first.Value)).Line is { } found
                && ChainEnd.ComputeHash(found) == row.Hash;
        }
        return false;
    }

    public static AuditRow? ParseRow(ReadOnlySpan<byte> line)
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

    /// <summary>A row by number and hash, as a gap names it.</summary>
    public static string FormatRow(ChainEnd row) => string.Create(CultureInfo.InvariantCulture, $"{row.Seq} {row.Hash}");

    private static string? FindRowError(byte[] line, bool whole, ChainEnd before)
    {
        if (!whole) return "the line is not whole";
        if (ParseRow(line) is not { } row) return "the line is not a valid row";
        if (row.Seq != before.Seq + 1)
            return $"row {row.Seq} stands where row {before.Seq + 1} should: rows are missing or in another order";
        return row.Prev == before.Hash ? null : $"row {row.Seq} does not fit the row before it: that one was changed";
    }

    private static string? FindEndError(ChainEnd? head, ChainEnd end)
    {
        if (head is null) return end.Seq == 0 ? null : "the file head is missing: rows may be cut off at the end";
        return head.Value.Seq > end.Seq ? $"{CountedNoun.FormatCount(head.Value.Seq - end.Seq, "row is", "rows are")} cut off at the end"
            : null;
    }
}
