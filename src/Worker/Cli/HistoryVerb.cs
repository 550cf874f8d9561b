using System.Globalization;
using System.Text.Json;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Cli;

/// <summary>What ran on this PC, from its own audit log. Needs no daemon.</summary>
internal static class HistoryVerb
{
    private const int Usual = 20;
    private static readonly VerbOption Last = new("--last", "so many rows (default 20)", "N");
    private static readonly VerbOption Verify = new("--verify", "checks that no row is missing, changed, moved or cut off");

    public static Verb History { get; } = new("history", "says what ran on this PC", Run)
    {
        Options = [Last, Verify, VerbOption.Json],
        More = "Exit code 0: told, with --verify: the log is whole; 1: it is not.",
    };

    private static Task<int> Run(VerbCall call)
    {
        var folder = Path.Combine(call.Home, HomeFolder.AuditName);
        if (ClosedHome.Explain(call.Home, History.Name) is { } closed)
        {
            call.Error.WriteLine(closed);
            return Task.FromResult(VerbExit.No);
        }
        return Task.FromResult(call.HasOption(Verify.Name) ? ShowVerification(call, AuditReader.Verify(folder)) : ShowRows(call, folder));
    }

    private static int ShowRows(VerbCall call, string folder)
    {
        var count = Usual;
        if (call.FindValue(Last.Name) is { } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0))
        {
            call.Error.WriteLine("--last is a number from 1");
            return VerbExit.Usage;
        }
        var rows = AuditReader.ReadLast(folder, count).ToArray();
        foreach (var row in rows)
            call.Out.WriteLine(call.Json ? JsonSerializer.Serialize(row, AuditJson.Default.AuditRow) : FormatRow(row));
        if (rows.Length == 0 && !call.Json)
            call.Out.WriteLine(ReportedHead.LoadFrom(folder) is { Rows: > 0 } reported
                ? $"the log is empty, though a server had heard of {CountedNoun.FormatCount(reported.Rows, "row")}: history --verify"
                : $"nothing has run in {call.Home} so far");
        return VerbExit.Done;
    }

    /// <summary>Tells what came of a check; the exit code.</summary>
    public static int ShowVerification(VerbCall call, Verification found)
    {
        var whole = found is { Error: null, Lost: 0 };
        if (call.Json)
            call.Out.WriteLine(JsonSerializer.Serialize(found, AuditJson.Default.Verification));
        else if (found.Error is { } error)
            call.Out.WriteLine($"NOT whole: {error} (after {CountedNoun.FormatCount(found.Rows, "good row")})");
        else if (found.Lost > 0)
            call.Out.WriteLine(
                $"{CountedNoun.FormatCount(found.Rows, "row fits", "rows fit")}; "
                    + $"{CountedNoun.FormatCount(found.Lost, "row was", "rows were")} lost "
                + "before a restart of the daemon: cut off, or by a loss of power");
        else
            call.Out.WriteLine(
                $"{CountedNoun.FormatCount(found.Rows, "row, and it fits", "rows, all of them fit")}{FormatRemoved(found)}; "
                    + $"{FormatProof(found.Reported)}");
        return whole ? VerbExit.Done : VerbExit.No;
    }

    private static string FormatRemoved(Verification found) =>
        found.Removed == 0 ? "" : $" (the oldest {CountedNoun.FormatCount(found.Removed, "row", "rows")} of them are no longer kept)";

    /// <summary>
    /// What this check alone can't show: whoever cuts rows off can cut the file head and our note of the server's word, too.
    /// </summary>
    private static string FormatProof(ReportedHead? reported) => reported is null
        ? "no server has heard of this log, so rows that were cut off its end together with the file head can't be missed"
        : $"the server had heard of row {reported.Rows} at {FormatTime(reported.At)}. "
            + "It keeps that, and the daemon compares each time it connects: what this check misses, a row of the kind gap tells then";

    private static string FormatTime(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string FormatRow(AuditRow row)
    {
        string?[] parts =
        [
            FormatTime(row.At), row.What.PadRight(8), row.Level?.ToUpperInvariant(), row.Attempt, row.Kind, row.Outcome,
            row.Rule is { } rule ? $"rule {rule}" : null, row.By is { } by ? $"by {by}" : null, row.Reason is { } reason ? $"({reason})"
                : null,
            row.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}") : null, row.Signal,
            row.DurationMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.0} s") : null,
            row.Heads is { } heads ? string.Join(", ", heads.Select(head => $"chain {head.Chain} at link {head.Link}")) : null,
            row.Lost is { } lost ? $"{CountedNoun.FormatCount(lost, "row")} lost" : null,
        ];
        return TerminalEscaper.Escape(string.Join(' ', parts.Where(part => part is not null)));
    }
}
