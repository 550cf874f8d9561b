using Npgsql;

namespace OpenClaw.Cluster;

/// <summary>How Orleans' own providers reach the database.</summary>
public static class MembershipDatabase
{
    /// <summary>Name of the ADO.NET driver, as Orleans' providers know it.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>
    /// The process' connection string with a small pool of its own, so that neither a burst of task writes nor a hanging statement
    /// can keep a sign of life from being written. What the string says itself stands.
    /// </summary>
    public static string Connection(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        if (!given.ContainsKey("Command Timeout")) given.CommandTimeout = 5;
        if (!given.ContainsKey("Timeout")) given.Timeout = 5;
        if (!given.ContainsKey("Keepalive")) given.KeepAlive = 10;
        given.ApplicationName = "openclaw-orleans";
        given.MaxPoolSize = Pool;
        given.MinPoolSize = 0;
        return given.ConnectionString;
    }

    private const int Pool = 6;
}
