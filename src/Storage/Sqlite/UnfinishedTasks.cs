namespace OpenClaw.Storage.Sqlite;

/// <summary>Looks into a database that need not be open yet.</summary>
public static class UnfinishedTasks
{
    /// <summary>Every task that has not ended has a time at which somebody must look at it.</summary>
    private const string Query = "SELECT 1 FROM tasks WHERE wake_at IS NOT NULL LIMIT 1";

    /// <summary>A task waits or runs; true as well where that can't be found out.</summary>
    public static bool ExistIn(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0) return false;
        try
        {
            using var database = SqliteDatabase.OpenReader(path);
            using var found = database.GetStatement(Query);
            return found.Step();
        }
        catch (SqliteException)
        {
            return true;
        }
    }
}
