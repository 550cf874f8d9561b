using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite.Reminders;

/// <summary>Orleans' reminders. An ETag is never used twice, so a removal can't hit a reminder that was registered anew.</summary>
internal sealed class ReminderTable(SqliteStore store) : IReminderTable
{
    private const string Columns = "SELECT grain_id, name, start_at, period, etag FROM reminders ";
    private const string OfGrain = Columns + "WHERE grain_id = ?1";
    private const string OfName = Columns + "WHERE grain_id = ?1 AND name = ?2";
    private const string Between = Columns + "INDEXED BY reminders_hash WHERE hash > ?1 AND hash <= ?2";
    private const string Around = Columns + "WHERE hash > ?1 OR hash <= ?2";

    public Task Init() => Task.CompletedTask;

    public async Task<ReminderTableData> ReadRows(GrainId grainId)
    {
        using var reader = await store.Readers.Rent(CancellationToken.None).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(OfGrain);
        return new ReminderTableData(ReadEntries(rows.Add(grainId.ToString())));
    }

    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        using var reader = await store.Readers.Rent(CancellationToken.None).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(begin < end ? Between : Around);
        return new ReminderTableData(ReadEntries(rows.Add(begin).Add(end)));
    }

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        using var reader = await store.Readers.Rent(CancellationToken.None).ConfigureAwait(false);
        using var row = reader.Database.GetStatement(OfName);
        return row.Add(grainId.ToString()).Add(reminderName).Step() ? ReadEntry(row) : null;
    }

    public async Task<string?> UpsertRow(ReminderEntry entry) => await store.Write(new Upsert(entry)).ConfigureAwait(false);

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        await store.Write(new Remove(grainId.ToString(), reminderName, eTag)).ConfigureAwait(false);

    public async Task TestOnlyClearTable() => await store.Write(new Clear()).ConfigureAwait(false);

    private static List<ReminderEntry> ReadEntries(Statement rows)
    {
        var entries = new List<ReminderEntry>();
        while (rows.Step()) entries.Add(ReadEntry(rows));
        return entries;
    }

    private static ReminderEntry ReadEntry(Statement row) => new()
    {
        GrainId = GrainId.Parse(row.GetText(0)),
        ReminderName = row.GetText(1),
        StartAt = new DateTime(row.GetLong(2), DateTimeKind.Utc),
        Period = row.GetDuration(3),
        ETag = row.GetText(4),
    };

    private sealed class Upsert(ReminderEntry entry) : SqliteOperation<string>
    {
        private const string Sql =
            """
            INSERT INTO reminders (grain_id, name, hash, start_at, period, etag) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (grain_id, name) DO UPDATE SET start_at = excluded.start_at, period = excluded.period, etag = excluded.etag
            """;

        private readonly string grain = entry.GrainId.ToString();

        public override WriteKey? Key => new WriteKey(WriteTable.Reminders, Guid.Empty, grain, entry.ReminderName);

        public override void Apply(SqliteDatabase database)
        {
            Result = Guid.NewGuid().ToString("N");
            using var upsert = database.GetStatement(Sql);
            upsert.Add(grain).Add(entry.ReminderName).Add(entry.GrainId.GetUniformHashCode()).Add(entry.StartAt.Ticks)
                .Add(entry.Period).Add(Result).RunToEnd();
        }
    }

    private sealed class Remove(string grain, string name, string etag) : SqliteOperation<bool>
    {
        public override WriteKey? Key => new WriteKey(WriteTable.Reminders, Guid.Empty, grain, name);

        public override void Apply(SqliteDatabase database)
        {
            using var remove = database.GetStatement("DELETE FROM reminders WHERE grain_id = ?1 AND name = ?2 AND etag = ?3");
            Result = remove.Add(grain).Add(name).Add(etag).RunToEnd() > 0;
        }
    }

    private sealed class Clear : SqliteOperation<bool>
    {
        public override void Apply(SqliteDatabase database)
        {
            using var clear = database.GetStatement("DELETE FROM reminders");
            Result = clear.RunToEnd() > 0;
        }
    }
}
