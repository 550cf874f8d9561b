using Microsoft.Extensions.Logging;
using OpenClaw.Storage.Schema;

namespace OpenClaw.Storage.Sqlite;

/// <summary>Makes the file and its folder, readable by their owner only, and brings the schema up to date.</summary>
internal static class DatabaseFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void EnsureUpToDate(string path, TimeProvider clock, ILogger log)
    {
        try
        {
            EnsureExists(path);
            using var database = SqliteDatabase.OpenWriter(path);
            // SQLite does all of it on this thread: nothing is waited for.
            var (version, applied) = MigrationRunner.ApplyMissing(
                new SqliteMigrations(database, path), SqliteMigrations.LoadScripts(), clock, CancellationToken.None).AsTask().GetAwaiter()
                .GetResult();
            log.DatabaseReady(path, version, applied);
        }
        catch (SqliteException error) when (error.IsDamage)
        {
            throw new StoreStartException(
                $"The file {path} is damaged or no OpenClaw database ({error.Message}). Move it away to start empty, or put a copy back.",
                error);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreStartException($"The database {path} cannot be opened: {error.Message}", error);
        }
    }

    private static void EnsureExists(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        // SQLite gives the -wal and -shm files beside it the same mode.
        using (new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = OwnerOnly,
        }))
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }
}
