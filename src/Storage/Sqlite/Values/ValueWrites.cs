using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite.Values;

/// <summary>Writes a value that is new (no expected ETag) or still has the expected one; false when it is not so.</summary>
internal sealed class WriteValue(string name, string key, byte[] json, string? expected, string etag) : SqliteOperation<bool>
{
    private const string Insert =
        "INSERT INTO stored_values (name, key, etag, json) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name, key) DO NOTHING";

    private const string Update = "UPDATE stored_values SET etag = ?3, json = ?4 WHERE name = ?1 AND key = ?2 AND etag = ?5";

    public override WriteKey? Key => new WriteKey(WriteTable.Values, Guid.Empty, name, key);

    public override void Apply(SqliteDatabase database)
    {
        using var write = database.GetStatement(expected is null ? Insert : Update);
        write.Add(name).Add(key).Add(etag).Add(json);
        if (expected is not null) write.Add(expected);
        Result = write.RunToEnd() > 0;
    }
}

/// <summary>Deletes a value that still has the expected ETag; false when it has not.</summary>
internal sealed class DeleteValue(string name, string key, string expected) : SqliteOperation<bool>
{
    public override WriteKey? Key => new WriteKey(WriteTable.Values, Guid.Empty, name, key);

    public override void Apply(SqliteDatabase database)
    {
        using var delete = database.GetStatement("DELETE FROM stored_values WHERE name = ?1 AND key = ?2 AND etag = ?3");
        Result = delete.Add(name).Add(key).Add(expected).RunToEnd() > 0;
    }
}
