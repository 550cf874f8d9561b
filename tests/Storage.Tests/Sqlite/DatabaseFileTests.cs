using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Tests.Sqlite;

public sealed class DatabaseFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-file-").FullName;

    private string DatabasePath => Path.Combine(folder, "data", "openclaw.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_new_file_gets_its_folder_and_schema_once()
    {
        Prepare();
        var schema = Schema();

        Prepare();

        Assert.Equal(schema, Schema());
        Assert.Contains("schema_migrations", schema);
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(Path.GetDirectoryName(DatabasePath)!);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, mode);
        }
    }

    [Fact]
    public async Task Two_that_start_together_apply_each_migration_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(Prepare)));

        using var database = SqliteDatabase.OpenReader(DatabasePath);
        using var rows = database.GetStatement("SELECT count(*), count(DISTINCT version) FROM schema_migrations");
        rows.Step();
        Assert.Equal(rows.GetLong(0), rows.GetLong(1));
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused_and_left_alone()
    {
        Prepare();
        Execute("INSERT INTO schema_migrations VALUES (999, '0999_future.sql', 1)");

        var error = Assert.Throws<StoreStartException>(Prepare);

        Assert.Contains("newer OpenClaw (schema 999", error.Message, StringComparison.Ordinal);
        Assert.Contains(DatabasePath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DatabasePath)!);
        var text = string.Concat(Enumerable.Repeat("this is a letter, not a database. ", 200));
        File.WriteAllText(DatabasePath, text);

        var error = Assert.Throws<StoreStartException>(Prepare);

        Assert.Contains("damaged or no OpenClaw database", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(DatabasePath));
    }

    [Fact]
    public void A_damaged_schema_is_refused()
    {
        Prepare();
        Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        using (var file = File.OpenWrite(DatabasePath))
        {
            file.Position = 100;
            file.Write(Enumerable.Repeat((byte)0xEE, 3_900).ToArray());
        }

        Assert.Contains("damaged", Assert.Throws<StoreStartException>(Prepare).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_a_folder_is_refused()
    {
        Directory.CreateDirectory(DatabasePath);

        Assert.Contains("cannot be opened", Assert.Throws<StoreStartException>(Prepare).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_opens_the_file_when_it_starts_and_closes_it_when_it_is_disposed()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddSqliteStorage(DatabasePath);
        using (var host = builder.Build())
        {
            Assert.False(File.Exists(DatabasePath));
            await host.StartAsync();
            Assert.True(File.Exists(DatabasePath));
            await host.StopAsync();
        }
        Assert.Equal([DatabasePath], Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!));
    }

    [Fact]
    public void Options_out_of_range_are_refused_all_at_once()
    {
        var services = new ServiceCollection().AddLogging().AddSqliteStorage(DatabasePath, options =>
        {
            options.KeepFinished = TimeSpan.Zero;
            options.RetentionInterval = TimeSpan.FromDays(2);
            options.RetentionBatch = 0;
            options.Output = new() { Head = -1, Tail = long.MaxValue };
        });
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<StorageOptions>>().Value);

        Assert.Equal(5, error.Failures.Count());
    }

    private void Prepare() => DatabaseFile.EnsureUpToDate(DatabasePath, TimeProvider.System, NullLogger.Instance);

    private void Execute(string sql)
    {
        using var database = SqliteDatabase.OpenWriter(DatabasePath);
        database.Execute(sql);
    }

    private string Schema()
    {
        using var database = SqliteDatabase.OpenReader(DatabasePath);
        using var rows = database.GetStatement("SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name");
        var schema = new List<string>();
        while (rows.Step()) schema.Add(rows.GetText(0));
        return string.Join('\n', schema);
    }
}
