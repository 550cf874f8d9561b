using System.Buffers.Binary;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.GrainInterfaces.Audit;

/// <summary>What is read of a chain.</summary>
/// <param name="Chain">Its name.</param>
/// <param name="After">Links behind this one.</param>
/// <param name="Limit">So many at most.</param>
/// <param name="Format">The newest format that the reader knows: what is newer is withheld, and so are notes before the second.</param>
public readonly record struct LinkRange(string Chain, long After, int Limit, int Format);

/// <summary>Makes the lines of an export: links with the rows and notes that they are about, as they are now.</summary>
public sealed class AuditExporter(IAuditChains chains)
{
    /// <summary>Links of a chain, in order. Rows of other tenants are withheld; without a tenant, all are.</summary>
    public async ValueTask<IReadOnlyList<AuditLinkView>> ReadLinks(string? tenant, LinkRange range, CancellationToken cancellation)
    {
        var links = await chains.ReadLinks(range.Chain, range.After, range.Limit, cancellation);
        var numbers = links.Where(link => link.Kind == AuditLinkKind.Written).SelectMany(ReadEntries).Select(entry => entry.Number)
            .Distinct().ToLookup(number => number < 0);
        var known = new KnownEntries(
            tenant, range.Format,
            (await chains.ReadRows([.. numbers[false]], cancellation)).ToDictionary(row => (row.Number, row.Entry.Version)),
            (await chains.ReadNotes([.. numbers[true].Select(number => -number)], cancellation)).ToDictionary(note => note.Number));
        return [.. links.Select(link => new AuditLinkView
        {
            Chain = range.Chain,
            Link = link.Link,
            Kind = link.Kind == AuditLinkKind.Written ? "written" : "removed",
            Hash = Convert.ToHexStringLower(link.Hash),
            Entries = [.. ReadEntries(link).Select(known.AddContent)],
        })];
    }

    private static IEnumerable<AuditEntryView> ReadEntries(AuditLink link)
    {
        var size = link.Kind == AuditLinkKind.Written ? AuditDigest.WrittenEntry : AuditDigest.RemovedEntry;
        for (var at = 0; at + size <= link.Entries.Length; at += size)
        {
            var number = BinaryPrimitives.ReadInt64BigEndian(link.Entries.AsSpan(at));
            yield return link.Kind == AuditLinkKind.Removed ? new AuditEntryView { Number = number } : new AuditEntryView
            {
                Number = number,
                Version = BinaryPrimitives.ReadInt64BigEndian(link.Entries.AsSpan(at + 8)),
                Digest = Convert.ToHexStringLower(link.Entries.AsSpan(at + 16, AuditDigest.Size)),
            };
        }
    }

    /// <summary>The rows and notes of some links.</summary>
    private sealed record KnownEntries(
        string? Tenant, int Format, Dictionary<(long, long), ChainedRow> Rows, Dictionary<long, NumberedNote> Notes)
    {
        public AuditEntryView AddContent(AuditEntryView entry)
        {
            if (entry.Version is not { } version) return entry;
            if (entry.Number < 0)
                return Format < AuditDigest.NewestFormat ? entry with { Withheld = true }
                    : Notes.TryGetValue(-entry.Number, out var note) ? entry with { Note = note.ToView() } : entry;
            if (!Rows.TryGetValue((entry.Number, version), out var row)) return entry;
            // One that is of no format there is was changed: it is shown, so that it is found.
            var isNewer = row.Entry.Format > Format && row.Entry.Format <= AuditDigest.NewestFormat;
            return row.Tenant != Tenant || isNewer ? entry with { Withheld = true } : entry with { Row = ToView(row) };
        }

        private static AuditRowView ToView(ChainedRow row)
        {
            var found = row.Entry;
            return new AuditRowView
            {
                Task = found.Task, Version = found.Version, At = found.At, What = found.Trigger, State = row.StoredState,
                Attempt = found.Attempt, Reason = found.Reason, Worker = found.Worker, TokenId = found.TokenId, Address = found.Address,
                Format = found.Format == AuditDigest.FirstFormat ? null : found.Format,
                PayloadDigest = found.PayloadDigest, ExitCode = found.ExitCode, OutcomeDigest = found.OutcomeDigest,
                StoredPayload = row.StoredPayload, StoredOutcome = row.StoredOutcome,
            };
        }
    }
}
