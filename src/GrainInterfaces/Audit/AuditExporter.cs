using System.Buffers.Binary;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.GrainInterfaces.Audit;

/// <summary>Makes the lines of an export: links with the rows that they are about, as they are now.</summary>
public sealed class AuditExporter(IAuditChains chains)
{
    /// <summary>
    /// Links of a chain behind a number, in order, up to so many. Rows of other tenants are withheld; without one, all are.
    /// </summary>
    public async ValueTask<IReadOnlyList<AuditLinkView>> ReadLinks(
        string? tenant, string chain, long after, int limit, CancellationToken cancellation)
    {
        var links = await chains.ReadLinks(chain, after, limit, cancellation);
        var numbers = links.Where(link => link.Kind == AuditLinkKind.Written).SelectMany(ListNumbers).Distinct().ToArray();
        var rows = (await chains.ReadRows(numbers, cancellation)).ToDictionary(row => (row.Number, row.Entry.Version));
        return [.. links.Select(link => new AuditLinkView
        {
            Chain = chain,
            Link = link.Link,
            Kind = link.Kind == AuditLinkKind.Written ? "written" : "removed",
            Hash = Convert.ToHexStringLower(link.Hash),
            Entries = [.. ReadEntries(link).Select(entry => AddRow(entry, rows, tenant))],
        })];
    }

    private static IEnumerable<long> ListNumbers(AuditLink link) => ReadEntries(link).Select(entry => entry.Number);

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

    private static AuditEntryView AddRow(AuditEntryView entry, Dictionary<(long, long), ChainedRow> rows, string? tenant)
    {
        if (entry.Version is not { } version || !rows.TryGetValue((entry.Number, version), out var row)) return entry;
        if (row.Tenant != tenant) return entry with { Withheld = true };
        var found = row.Entry;
        return entry with
        {
            Row = new AuditRowView
            {
                Task = found.Task, Version = found.Version, At = found.At, What = found.Trigger, State = row.StoredState,
                Attempt = found.Attempt, Reason = found.Reason, Worker = found.Worker, TokenId = found.TokenId, Address = found.Address,
            },
        };
    }
}
