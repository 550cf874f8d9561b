using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>Deletes the oldest audit notes, up to a number; how many.</summary>
internal sealed class DeleteNotes(DateTimeOffset before, int limit) : SqliteOperation<int>
{
    private const string Sql =
        """
        DELETE FROM audit_notes WHERE seq IN
            (SELECT seq FROM audit_notes INDEXED BY audit_notes_at WHERE at < ?1 ORDER BY at LIMIT ?2)
        """;

    public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

    public override void Apply(SqliteDatabase database)
    {
        using (var keep = database.GetStatement(LastNumbers.KeepNotes)) keep.RunToEnd();
        using var delete = database.GetStatement(Sql);
        Result = delete.Add(before).Add(limit).RunToEnd();
    }
}
