using Npgsql;

namespace OpenClaw.Storage.Postgres;

/// <summary>Errors at the start that waiting does not cure, in words that say what to do.</summary>
internal static class PostgresStartupErrors
{
    /// <summary>The sentence; null when the server may only not be there yet.</summary>
    public static string? DescribeError(NpgsqlConnectionStringBuilder settings, Exception error)
    {
        if (error is not PostgresException { SqlState: { } state } said) return null;
        if (DescribePoolerError(said.MessageText) is { } pooler) return pooler;
        return state switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"PostgreSQL does not let user {settings.Username} in: {said.MessageText}. "
                + "Check user and password of the connection string.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"There is no database {settings.Database}. "
                + $"Make it: CREATE DATABASE \"{settings.Database}\" OWNER \"{settings.Username}\".",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"User {settings.Username} may not change the schema of database {settings.Database}: {said.MessageText}. "
                + "Make it the database's owner, or grant it CREATE on the schema.",
            _ when said.IsTransient || IsComingUp(state) => null,
            _ => $"Database {settings.Database} cannot be used: {said.MessageText} ({state}).",
        };
    }

    /// <summary>PgBouncer has one code for all it has to say.</summary>
    private static string? DescribePoolerError(string said) => said switch
    {
        _ when said.StartsWith("unsupported startup parameter", StringComparison.Ordinal) =>
            $"The pooler before PostgreSQL refuses the connection: {said}. Leave that out of the connection string (Options, Search Path), "
            + "or name it in ignore_startup_parameters of PgBouncer.",
        _ when said.Contains("statement pooling mode", StringComparison.Ordinal) =>
            $"The pooler before PostgreSQL hands out single statements: {said}. Set pool_mode to transaction or session.",
        _ when said.StartsWith("no such database", StringComparison.Ordinal) || said.StartsWith("no such user", StringComparison.Ordinal) =>
            $"The pooler before PostgreSQL refuses the connection: {said}.",
        _ => null,
    };

    /// <summary>It starts, stops, has no room for one more connection, or is a standby that has not taken over yet.</summary>
    private static bool IsComingUp(string state) =>
        state.StartsWith("57", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
        || state.StartsWith("08", StringComparison.Ordinal) || state is PostgresErrorCodes.ReadOnlySqlTransaction;
}
