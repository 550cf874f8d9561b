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
        notes = new BoundedNotes(options.Value.Notes, clock, note => _ = Write(note));
    }

    public async ValueTask<IReadOnlyList<AuditEntry>> Read(Guid task, long afterVersion, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.Use(Rows);
        rows.Add(task).Add(afterVersion);
        var entries = new List<AuditEntry>();
        while (rows.Step())
        {
            entries.Add(new AuditEntry
            {
                Task = task,
                Version = rows.Long(0),
                At = rows.Time(1),
                Trigger = rows.Text(2),
                State = (TaskState)rows.Int(3),
                Attempt = rows.Int(4),
                Reason = rows.TextOrNull(5),
                Worker = rows.TextOrNull(6),
                TokenId = rows.Text(7),
                Address = rows.TextOrNull(8),
            });
        }
        return entries;
    }

    public void Note(AuditNote note) => notes.Note(note);

    public void Dispose() => notes.Dispose();

    public ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteNotes(before, limit));

    private async Task Write(AuditNote note)
    {
        try
        {
            await store.Write(new InsertNote(note)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (!ClusterFailures.IsDiskFull(error)) log.NoteLost(error);
        }
    }

    private sealed class InsertNote(AuditNote note) : SqliteOperation<bool>
    {
        private const string Row = "INSERT INTO audit_notes (at, what, token_id, address, task, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

        public override void Apply(SqliteDatabase database)
        {
            using var insert = database.Use(Row);
            insert.Add(note.At).Add(note.What).Add(note.TokenId).Add(note.Address).Add(note.Task).Add(note.Detail).Run();
            Result = true;
        }
    }
}
