using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Sqlite.Rows;

namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>Reads the chain of the embedded store.</summary>
internal sealed class AuditChains(SqliteStore store) : IAuditChains
{
    private const string Chains = "SELECT chain, start_link, start_hash, link, hash, at FROM audit_chains ORDER BY chain";
    private const string Links = "SELECT link, kind, hash, entries FROM audit_links WHERE chain = ?1 AND link > ?2 ORDER BY link LIMIT ?3";

    private const string Notes = $"SELECT {NoteColumns.Selected} FROM audit_notes WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";

    private const string NoteByNumber = $"SELECT {NoteColumns.Selected} FROM audit_notes WHERE seq = ?1";

    // What was dropped for its size is empty.
    private static readonly string Payload =
        $"""
        SELECT t.kind, CASE WHEN length(s.payload) <= {LargePayload.MostInRow} THEN s.payload END
        FROM tasks t JOIN task_specs s ON s.seq = t.seq WHERE t.seq = ?1 AND length(s.payload) > 0
        """;

    private static readonly string Rows =
        $"""
        SELECT coalesce(t.id, g.id), coalesce(t.tenant, g.tenant), a.state, CASE WHEN a.outcome_digest IS NOT NULL THEN t.outcome END,
            CASE WHEN a.outcome_digest IS NOT NULL THEN t.late_result END, {ColumnList.Qualify("a", AuditColumns.Selected)}
        FROM audit a LEFT JOIN tasks t ON t.seq = a.task LEFT JOIN audit_tasks g ON g.number = a.task
        WHERE a.task = ?1 AND coalesce(t.id, g.id) IS NOT NULL ORDER BY a.version
        """;

    public async ValueTask<IReadOnlyList<AuditChain>> ReadChains(CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(Chains);
        var found = new List<AuditChain>();
        while (rows.Step())
        {
            var view = new AuditChainView(
                rows.GetText(0), rows.GetLong(1), Convert.ToHexStringLower(rows.GetBlob(2)), rows.GetLong(3),
                Convert.ToHexStringLower(rows.GetBlob(4)));
            found.Add(new AuditChain(view, rows.GetTime(5)));
        }
        return found;
    }

    public async ValueTask<IReadOnlyList<AuditLink>> ReadLinks(string chain, long after, int limit, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(Links);
        rows.Add(chain).Add(after).Add(limit);
        var found = new List<AuditLink>();
        while (rows.Step())
            found.Add(new AuditLink(rows.GetLong(0), (AuditLinkKind)rows.GetInt(1), rows.GetBlob(2).ToArray(), rows.GetBlob(3).ToArray()));
        return found;
    }

    public async ValueTask<IReadOnlyList<ChainedRow>> ReadRows(IReadOnlyList<long> numbers, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var found = new List<ChainedRow>();
        foreach (var number in numbers)
        {
            using var rows = reader.Database.GetStatement(Rows);
            rows.Add(number);
            while (rows.Step())
            {
                var row = new StatementReader(rows);
                var (task, tenant, state) = (row.ReadId(), row.ReadText(), row.ReadShort());
                var stored = new StoredProof(null, row.ReadJson(), row.ReadJson());
                var entry = AuditColumns.Read(task, row);
                if (entry.PayloadDigest is not null) stored = stored with { Payload = ComputePayload(reader.Database, number) };
                found.Add(stored.ToRow(number, tenant, state, entry));
            }
        }
        return found;
    }

    public async ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(long before, int limit, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(Notes);
        rows.Add(before).Add(limit);
        var found = new List<NumberedNote>();
        while (rows.Step()) found.Add(NoteColumns.Read(new StatementReader(rows)));
        return found;
    }

    public async ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(IReadOnlyList<long> numbers, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var found = new List<NumberedNote>();
        foreach (var number in numbers)
        {
            using var note = reader.Database.GetStatement(NoteByNumber);
            if (note.Add(number).Step()) found.Add(NoteColumns.Read(new StatementReader(note)));
        }
        return found;
    }

    /// <summary>The digest of a task's payload as it is stored; null: it is not kept any more.</summary>
    private static byte[]? ComputePayload(SqliteDatabase database, long number)
    {
        using var task = database.GetStatement(Payload);
        if (!task.Add(number).Step()) return null;
        return AuditDigest.ComputePayload(task.GetText(0), task.IsNull(1) ? LargePayload.Read(database, number) : task.GetBlob(1));
    }
}
