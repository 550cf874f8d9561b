using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>Reads the chains of all processes.</summary>
internal sealed class AuditChains(PostgresDatabase database) : IAuditChains
{
    private const string Chains = "SELECT chain, start_link, start_hash, link, hash, at FROM audit_chains ORDER BY chain";
    private const string Links = "SELECT link, kind, hash, entries FROM audit_links WHERE chain = $1 AND link > $2 ORDER BY link LIMIT $3";

    private const string Notes = $"SELECT {NoteColumns.Selected} FROM audit_notes WHERE seq < $1 ORDER BY seq DESC LIMIT $2";

    private const string NotesByNumber = $"SELECT {NoteColumns.Selected} FROM audit_notes WHERE seq = ANY ($1)";

    // The payload may be megabytes: its digest is computed where it is. What was dropped for its size is empty.
    private static readonly string Rows =
        $"""
        SELECT a.task, coalesce(t.id, g.id), coalesce(t.tenant, g.tenant), a.state,
            CASE WHEN octet_length(s.payload) > 0 THEN sha256(convert_to(t.kind || chr(10), 'UTF8') || s.payload) END,
            CASE WHEN a.outcome_digest IS NOT NULL THEN t.outcome END, CASE WHEN a.outcome_digest IS NOT NULL THEN t.late_result END,
            {ColumnList.Qualify("a", AuditColumns.Selected)}
        FROM audit a LEFT JOIN tasks t ON t.seq = a.task LEFT JOIN audit_tasks g ON g.number = a.task
            LEFT JOIN task_specs s ON s.seq = a.task AND a.payload_digest IS NOT NULL
        WHERE a.task = ANY ($1) AND coalesce(t.id, g.id) IS NOT NULL ORDER BY a.task, a.version
        """;

    public async ValueTask<IReadOnlyList<AuditChain>> ReadChains(CancellationToken cancellation) => await database.QueryRows(
        Chains,
        _ => { },
        row => new AuditChain(
            new AuditChainView(
                row.GetString(0), row.GetInt64(1), Convert.ToHexStringLower(row.GetFieldValue<byte[]>(2)), row.GetInt64(3),
                Convert.ToHexStringLower(row.GetFieldValue<byte[]>(4))),
            new DateTimeOffset(row.GetInt64(5), TimeSpan.Zero)),
        cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<AuditLink>> ReadLinks(string chain, long after, int limit, CancellationToken cancellation) =>
        await database.QueryRows(
            Links,
            parameters => parameters.AddNext(chain).AddNext(after).AddNext(limit),
            row => new AuditLink(
                row.GetInt64(0), (AuditLinkKind)row.GetInt16(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3)),
            cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<ChainedRow>> ReadRows(IReadOnlyList<long> numbers, CancellationToken cancellation) =>
        await database.QueryRows(
            Rows,
            parameters => parameters.AddNext(numbers.ToArray()),
            row =>
            {
                var reader = new PostgresRowReader(row);
                var (number, task, tenant, state) = (reader.ReadLong(), reader.ReadId(), reader.ReadText(), reader.ReadShort());
                var stored = new StoredProof(reader.ReadBytesOrNull(), reader.ReadJson(), reader.ReadJson());
                return stored.ToRow(number, tenant, state, AuditColumns.Read(task, reader));
            },
            cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(IReadOnlyList<long> numbers, CancellationToken cancellation) =>
        numbers.Count == 0 ? [] : await database.QueryRows(
            NotesByNumber,
            parameters => parameters.AddNext(numbers.ToArray()),
            row => NoteColumns.Read(new PostgresRowReader(row)),
            cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(long before, int limit, CancellationToken cancellation) =>
        await database.QueryRows(
            Notes,
            parameters => parameters.AddNext(before).AddNext(limit),
            row => NoteColumns.Read(new PostgresRowReader(row)),
            cancellation).ConfigureAwait(false);
}
