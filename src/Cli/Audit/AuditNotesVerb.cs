using System.Globalization;
using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Cli.Audit;

/// <summary>What the audit has of events that changed no task.</summary>
internal static class AuditNotesVerb
{
    private const int ByDefault = 50;
    private static readonly VerbOption Most = new("--limit", $"so many at most, {ByDefault} where nothing is said", "N");
    private static readonly VerbOption What = new("--what", "only these, such as token-made,scope-missing", "A,B");

    public static Verb Notes { get; } = new("audit notes", "who did what besides tasks, the newest first: tokens, refusals, joins", Run)
    {
        Options = [Most, What],
    };

    private static async Task<int> Run(VerbCall call)
    {
        if (ReadMost(call) is not { } most) return call.FailUsage([$"{Most.Name} is a number from 1"]);
        var wanted = call.FindValue(What)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var notes = new List<AuditNoteView>();
        var before = long.MaxValue;
        while (notes.Count < most)
        {
            var size = Math.Min(most - notes.Count, Limits.Page);
            var (page, exit) = await call.AskServer(http => new AuditClient(http).ListNotes(before, size, wanted));
            if (page is null) return exit;
            // A server from before it could choose gives all.
            notes.AddRange(page.Notes.Where(note => wanted?.Contains(note.What) ?? note.What != AuditNoteView.WorkerLog));
            if ((page.Next ?? page.Notes.LastOrDefault()?.Number) is not { } last) break;
            before = last;
        }
        return call.Show(new AuditNotePage([.. notes]), ProtocolJson.Default.AuditNotePage, to => WriteTable(to, notes));
    }

    private static int? ReadMost(VerbCall call) => call.FindValue(Most) is not { } text ? ByDefault
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most : null;

    private static void WriteTable(TextWriter to, List<AuditNoteView> notes) =>
        TextTable.Write(to, ["AT", "WHAT", "TOKEN", "ADDRESS", "TASK", "DETAIL"], notes.Select(note => new[]
        {
            Times.FormatTime(note.At.ToUnixTimeMilliseconds()), note.What, note.TokenId, note.Address ?? "", note.Task?.ToString() ?? "",
            note.Detail ?? "",
        }));
}
