using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.Retention;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>Reads the audit rows that the tasks' own writes made, and takes notes of events that changed no task.</summary>
internal sealed class AuditTrail : IAuditTrail, IAuditNotes, IDisposable
{
    private const int Tries = 8;
    private const int MostWaiting = 10_000;

    private const string Rows =
        $"""
        SELECT {AuditColumns.Selected} FROM audit
        WHERE task = (SELECT seq FROM tasks WHERE id = $1) AND version > $2 ORDER BY version
        """;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private readonly PostgresDatabase database;
    private readonly PostgresStore store;
    private readonly TimeProvider clock;
    private readonly ILogger<AuditTrail> log;
    private readonly BoundedNotes notes;
    private int waiting;

    public AuditTrail(
        PostgresDatabase database, PostgresStore store, IOptions<StorageOptions> options, TimeProvider clock, ILogger<AuditTrail> log)
    {
        (this.database, this.store, this.clock, this.log) = (database, store, clock, log);
        notes = new BoundedNotes(options.Value.Notes, clock, note => _ = WriteWithRetries(note));
    }

    public async ValueTask<IReadOnlyList<AuditEntry>> ReadEntries(Guid task, long afterVersion, CancellationToken cancellation) =>
        await database.QueryRows(
            Rows,
            parameters => parameters.AddNext(task).AddNext(afterVersion),
            row => AuditColumns.Read(task, new PostgresRowReader(row)),
            cancellation).ConfigureAwait(false);

    public void AddNote(AuditNote note) => notes.WriteOrCount(note);

    public void Dispose() => notes.Dispose();

    public ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteNotes(before, limit));

    public ValueTask<int> DeleteTrails(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        DeleteTasks.RemoveTrails(database, before, limit, cancellation);

    public ValueTask<int> DeleteLinks(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        Audit.DeleteLinks.RemoveOld(database, before, limit, cancellation);

    /// <summary>
    /// Tries for about a minute: a database that is restarted loses no note. One of unknown outcome may be there twice.
    /// </summary>
    private async Task WriteWithRetries(AuditNote note)
    {
        var waits = false;
        try
        {
            var pause = FirstPause;
            for (var left = Tries; !await TryWrite(note, left).ConfigureAwait(false); left--, pause *= 2)
            {
                if (!waits)
                {
                    waits = true;
                    if (Interlocked.Increment(ref waiting) > MostWaiting) throw new IOException("Too many notes wait already.");
                }
                await Task.Delay(pause, clock).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            if (!ClusterErrors.IsDiskFull(error)) log.NoteLost(error);
        }
        finally
        {
            if (waits) Interlocked.Decrement(ref waiting);
        }
    }

    private async Task<bool> TryWrite(AuditNote note, int left)
    {
        try
        {
            return await store.Write(new InsertNote(note)).ConfigureAwait(false);
        }
        catch (StoreUnavailableException) when (left > 1 && !store.IsClosed)
        {
            return false;
        }
    }
}
