using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Retention;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Sqlite.Rows;

namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>Reads the audit rows that the tasks' own writes made, and takes notes of events that changed no task.</summary>
internal sealed class AuditTrail : IAuditTrail, IAuditNotes, IDisposable
{
    private const string Rows =
        $"""
        SELECT {AuditColumns.Selected} FROM audit
        WHERE task = (SELECT seq FROM tasks WHERE id = ?1) AND version > ?2 ORDER BY version
        """;

    private readonly SqliteStore store;
    private readonly ILogger<AuditTrail> log;
    private readonly BoundedNotes notes;

    public AuditTrail(SqliteStore store, IOptions<StorageOptions> options, TimeProvider clock, ILogger<AuditTrail> log)
    {
        (this.store, this.log) = (store, log);
        notes = new BoundedNotes(options.Value.Notes, clock, note => _ = WriteNote(note));
    }

    public async ValueTask<IReadOnlyList<AuditEntry>> ReadEntries(Guid task, long afterVersion, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(Rows);
        rows.Add(task).Add(afterVersion);
        var entries = new List<AuditEntry>();
        while (rows.Step()) entries.Add(AuditColumns.Read(task, new StatementReader(rows)));
        return entries;
    }

    public void AddNote(AuditNote note) => notes.WriteOrCount(note);

    public void Dispose() => notes.Dispose();

    public ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteNotes(before, limit));

    public ValueTask<int> DeleteTrails(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteTrails(before, limit));

    public ValueTask<int> DeleteLinks(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteLinks(before, limit));

    private async Task WriteNote(AuditNote note)
    {
        try
        {
            await store.Write(new InsertNote(note)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (!ClusterErrors.IsDiskFull(error)) log.NoteLost(error);
        }
    }

    private sealed class InsertNote(AuditNote note) : SqliteOperation<bool>
    {
        private static readonly string Row =
            $"""
            INSERT INTO audit_notes (seq, {NoteColumns.Inserted})
            VALUES ({LastNumbers.NextNote}, {ColumnList.Parameters("?", NoteColumns.Inserted)})
            """;

        private readonly byte[] digest = NoteColumns.ComputeDigest(note);

        public override void Apply(SqliteDatabase database)
        {
            using var insert = database.GetStatement(Row);
            var row = new StatementWriter(insert);
            NoteColumns.Write(ref row, note);
            insert.RunToEnd();
            database.Audit.AddWritten(-database.LastRow, note.At.UtcTicks, digest);
            Result = true;
        }
    }
}
