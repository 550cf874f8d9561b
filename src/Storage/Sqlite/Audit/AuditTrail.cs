using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>Reads the audit rows that the tasks' own writes made, and takes notes of events that changed no task.</summary>
internal sealed class AuditTrail : IAuditTrail, IAuditNotes, IDisposable
{
    private const string Rows =
        """
        SELECT version, at, what, state, attempt, reason, worker, token_id, address FROM audit
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
        while (rows.Step())
        {
            entries.Add(new AuditEntry
            {
                Task = task,
                Version = rows.GetLong(0),
                At = rows.GetTime(1),
                Trigger = rows.GetText(2),
                State = (TaskState)rows.GetInt(3),
                Attempt = rows.GetInt(4),
                Reason = rows.GetTextOrNull(5),
                Worker = rows.GetTextOrNull(6),
                TokenId = rows.GetText(7),
                Address = rows.GetTextOrNull(8),
            });
        }
        return entries;
    }

    public void AddNote(AuditNote note) => notes.WriteOrCount(note);

    public void Dispose() => notes.Dispose();

    public ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteNotes(before, limit));

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
        private const string Row = "INSERT INTO audit_notes (at, what, token_id, address, task, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

        public override void Apply(SqliteDatabase database)
        {
            using var insert = database.GetStatement(Row);
            insert.Add(note.At).Add(note.What).Add(note.TokenId).Add(note.Address).Add(note.Task).Add(note.Detail).RunToEnd();
            Result = true;
        }
    }
}
