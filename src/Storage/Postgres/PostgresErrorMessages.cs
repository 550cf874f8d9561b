using Npgsql;

namespace OpenClaw.Storage.Postgres;

/// <summary>What a failure of the database means, in words that say what to do where something can be done.</summary>
internal static class PostgresErrorMessages
{
    /// <summary>The message; null: not a known error.</summary>
    public static string? DescribeError(Exception error) => (error as PostgresException)?.SqlState switch
    {
        PostgresErrorCodes.TooManyConnections =>
            "PostgreSQL has no free connection: others hold all of its max_connections. Raise that, or end what holds them.",
        PostgresErrorCodes.DiskFull => "The disk of PostgreSQL is full: nothing is stored until there is room.",
        PostgresErrorCodes.OutOfMemory => "PostgreSQL has no memory left.",
        PostgresErrorCodes.ReadOnlySqlTransaction => "PostgreSQL takes no writes: it is a standby, or was set so.",
        _ => null,
    };
}
