using System.Buffers.Binary;
using System.Globalization;

namespace OpenClaw.Protocol.Audit;

// What the entries of a link say of rows and notes, and whether those are as they were written.
public sealed partial class AuditVerifier
{
    private static readonly long MostTicks = DateTimeOffset.MaxValue.UtcTicks;

    private long rows;
    private long firstFormat;
    private long withheld;
    private long notes;
    private long notesRemoved;

    private void CheckEntry(string place, AuditEntryView entry)
    {
        if (entry.Version is not { } version)
            removed.Add(entry.Number);
        else if (entry.Withheld is true)
            withheld++;
        else if (entry.Number < 0)
            CheckNote(place, entry, version);
        else if (entry.Row is { } row)
            CheckRow($"{place}: version {version} of task number {entry.Number}", entry, row);
        else if (missing.TryGetValue(entry.Number, out var places))
            places.Add((place, version));
        else
            missing.Add(entry.Number, [(place, version)]);
    }

    private void CheckRow(string what, AuditEntryView entry, AuditRowView row)
    {
        if (row.Format > AuditDigest.NewestFormat)
            AddFinding($"{what} ({row.Task}) is of format {row.Format}, which this build does not know: verify it with a newer one");
        else if (row.Version != entry.Version || ComputeRow(row) is not { } digest || Convert.ToHexStringLower(digest) != entry.Digest)
            AddFinding($"{what} ({row.Task}) was changed");
        else
            CountRow(what, row);
    }

    /// <summary>The row is as it was written; the task itself may not be.</summary>
    private void CountRow(string what, AuditRowView row)
    {
        rows++;
        if (row.Format is null or AuditDigest.FirstFormat) firstFormat++;
        if (row is { PayloadDigest: { } accepted, StoredPayload: { } payload } && payload != accepted)
            AddFinding($"{what} ({row.Task}): the payload that is stored is not the one that was accepted");
        if (row is { OutcomeDigest: { } reported, StoredOutcome: { } outcome } && outcome != reported)
            AddFinding($"{what} ({row.Task}): the result that is stored is not the one that was reported");
    }

    private void CheckNote(string place, AuditEntryView entry, long ticks)
    {
        var what = $"{place}: note {-entry.Number}";
        var isOld = ticks <= kept?.NotesSince.UtcTicks;
        // A database of before numbers were given once only may have another note in the place of an old one.
        if (entry.Note is not { } note || (isOld && note.At.UtcTicks != ticks))
        {
            if (isOld)
                notesRemoved++;
            else
                AddFinding($"{what}{FormatTime(ticks)} was deleted");
            return;
        }
        var digest = AuditDigest.ComputeNote(new NoteContent(note.At, note.What, note.TokenId, note.Address, note.Task, note.Detail));
        if (note.Number == -entry.Number && note.At.UtcTicks == ticks && Convert.ToHexStringLower(digest) == entry.Digest)
            notes++;
        else
            AddFinding($"{what}{FormatTime(ticks)} was changed");
    }

    private static string FormatTime(long ticks) => ticks < 0 || ticks > MostTicks ? ""
        : string.Create(CultureInfo.InvariantCulture, $" of {new DateTimeOffset(ticks, TimeSpan.Zero):u}");

    /// <summary>The digest of a row; null: what it says of digests is none.</summary>
    private static byte[]? ComputeRow(AuditRowView row)
    {
        var content = new AuditContent(
            row.Task, row.Version, row.At, row.State, row.Attempt, row.What, row.Reason, row.Worker, row.TokenId, row.Address);
        if (row.Format is null or AuditDigest.FirstFormat)
            return row is { PayloadDigest: null, ExitCode: null, OutcomeDigest: null } ? AuditDigest.ComputeRow(content) : null;
        var (payload, outcome) = (ParseHash(row.PayloadDigest), ParseHash(row.OutcomeDigest));
        return payload is null == row.PayloadDigest is null && outcome is null == row.OutcomeDigest is null
            ? AuditDigest.ComputeRow(content with { Proof = new AuditProof(payload, row.ExitCode, outcome) }) : null;
    }

    /// <summary>The bytes that the hash of a link is of; null: it is none.</summary>
    private static (AuditLinkKind Kind, byte[] Bytes)? EncodeEntries(AuditLinkView link)
    {
        if (link.Kind is not ("written" or "removed")) return null;
        var kind = link.Kind == "written" ? AuditLinkKind.Written : AuditLinkKind.Removed;
        var size = kind == AuditLinkKind.Written ? AuditDigest.WrittenEntry : AuditDigest.RemovedEntry;
        var bytes = new byte[size * link.Entries.Length];
        for (var i = 0; i < link.Entries.Length; i++)
        {
            var entry = link.Entries[i];
            var target = bytes.AsSpan(i * size, size);
            if (entry.Version is null != (kind == AuditLinkKind.Removed)) return null;
            BinaryPrimitives.WriteInt64BigEndian(target, entry.Number);
            if (kind == AuditLinkKind.Removed) continue;
            if (ParseHash(entry.Digest) is not { } digest) return null;
            BinaryPrimitives.WriteInt64BigEndian(target[8..], entry.Version!.Value);
            digest.CopyTo(target[16..]);
        }
        return (kind, bytes);
    }

    private static byte[]? ParseHash(string? hex) =>
        hex is { Length: 2 * AuditDigest.Size } && hex.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(hex) : null;
}
