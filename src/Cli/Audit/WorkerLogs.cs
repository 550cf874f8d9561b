using System.Globalization;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Cli.Audit;

/// <summary>
/// Where the logs of PCs ended, as the server's chains have it, against what the server says of the workers now. Pure.
/// </summary>
internal sealed class WorkerLogs
{
    private const string FirstTenant = "worker/default/";
    private readonly Dictionary<string, (long Rows, string Hash, DateTimeOffset At)> newest = new(StringComparer.Ordinal);

    /// <summary>There is something to compare.</summary>
    public bool HasAny => newest.Count > 0;

    /// <summary>Takes the notes of a link that are about such logs, of the first tenant's workers: no others are listed.</summary>
    public void TakeNotes(AuditLinkView link)
    {
        foreach (var entry in link.Entries)
        {
            if (entry.Note is not { What: AuditNoteView.WorkerLog, Detail: { } detail } note
                || !note.TokenId.StartsWith(FirstTenant, StringComparison.Ordinal)) continue;
            var name = note.TokenId[FirstTenant.Length..];
            if (detail.Split(' ') is not ["row", var number, var hash]
                || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)) continue;
            if (!newest.TryGetValue(name, out var known) || known.At < note.At) newest[name] = (rows, hash, note.At);
        }
    }

    /// <summary>What the server has forgotten of workers that it lists.</summary>
    public IReadOnlyList<string> FindForgotten(IEnumerable<WorkerView> workers)
    {
        var found = new List<string>();
        foreach (var worker in workers)
        {
            if (!newest.TryGetValue(worker.Name, out var noted)) continue;
            var said = worker.AuditLog;
            if (said is not null && (said.Rows > noted.Rows || (said.Rows == noted.Rows && said.Hash == noted.Hash))) continue;
            var says = said is null ? "nothing of where that log ends"
                : string.Create(CultureInfo.InvariantCulture, $"that it ends at row {said.Rows} {said.Hash}");
            found.Add(
                $"the log of {worker.Name} ended at row {noted.Rows.ToString(CultureInfo.InvariantCulture)} {noted.Hash} at "
                + string.Create(CultureInfo.InvariantCulture, $"{noted.At:u}, and the server says {says}: ")
                + "it has forgotten, or was made to");
        }
        return found;
    }
}
