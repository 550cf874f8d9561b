namespace OpenClaw.Storage.Sqlite;

/// <summary>
/// Payloads of megabytes go into the file and out of it page by page. Bound to a statement, or read as a column of one, each is copied
/// twice by SQLite, and what it took for that stays with the process.
/// </summary>
internal static class LargePayload
{
    /// <summary>Bytes of the largest payload that is written and read with its row.</summary>
    public const int MostInRow = 256 * 1024;

    private const string Table = "task_specs";
    private const string Column = "payload";

    /// <summary>Writes the payload of a row that was just inserted with as many zeros.</summary>
    public static void Write(SqliteDatabase database, long row, byte[] payload) => database.WriteBlob(Table, Column, row, payload);

    /// <summary>The payload of a row whose statement stands on it, so that both are of one moment.</summary>
    public static byte[] Read(SqliteDatabase database, long row)
    {
        var payload = database.ReadBlob(Table, Column, row);
        database.ReleasePages();
        return payload;
    }
}
