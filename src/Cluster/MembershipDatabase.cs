using Npgsql;

namespace OpenClaw.Cluster;

/// <summary>How Orleans' own providers reach the database that says who is in the cluster.</summary>
public static class MembershipDatabase
{
    /// <summary>Name of the ADO.NET driver, as Orleans' providers know it.</summary>
    public const string Invariant = "Npgsql";

    private const int Connections = 3;

    /// <summary>
    /// The process' connection string, with a small pool of its own: no burst of other work may keep a sign of life from being written,
    /// and one that hangs must fail before the next is due. What the string says of times stands.
    /// </summary>
    public static string GetConnectionString(string connectionString) =>
        GetPoolConnectionString(connectionString, "openclaw-membership", Connections);

    /// <summary>A pool of its own under the name that the server shows for its connections.</summary>
    public static string GetPoolConnectionString(string connectionString, string name, int connections)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = name, MinPoolSize = 0, MaxPoolSize = connections,
        };
        if (!given.ShouldSerialize("Command Timeout")) given.CommandTimeout = 5;
        if (!given.ShouldSerialize("Timeout")) given.Timeout = 5;
        if (!given.ShouldSerialize("Keepalive")) given.KeepAlive = 10;
        if (!given.ShouldSerialize("Max Auto Prepare")) given.MaxAutoPrepare = 20;
        if (!given.ShouldSerialize("No Reset On Close")) given.NoResetOnClose = true;
        return given.ConnectionString;
    }
}
