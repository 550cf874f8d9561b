using Npgsql;

namespace OpenClaw.Storage.Postgres;

/// <summary>The connections of this process to the database.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable, IDisposable
{
    /// <summary>
    /// Every statement is written for one index. A plan made while a table was empty would otherwise read all of it still when it has
    /// a million rows; and a high estimate must not start the compiler.
    /// </summary>
    private const string PlannerOptions = "-c enable_seqscan=off -c jit=off";

    public PostgresDatabase(string connectionString) => Source = NpgsqlDataSource.Create(Defaults(connectionString));

    /// <summary>Hands out connections.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The connection string with our settings where it is silent.</summary>
    public static NpgsqlConnectionStringBuilder Defaults(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default("Application Name", "openclaw");
        Default("Max Auto Prepare", 50);
        Default("No Reset On Close", true);
        Default("Maximum Pool Size", 30);
        Default("Command Timeout", 10);
        Default("Timeout", 5);
        Default("Keepalive", 15);
        Default("Options", PlannerOptions);
        return settings;

        void Default(string key, object value)
        {
            if (!settings.ShouldSerialize(key)) settings[key] = value;
        }
    }

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
