namespace OpenClaw.Storage.Postgres.GroupCommit;

/// <summary>What the server's error codes say about a write.</summary>
internal static class PostgresErrorClassifier
{
    /// <summary>
    /// True when a value of a row was refused, or the transaction was rolled back in favour of another: nothing is stored, and the rows
    /// may be tried one by one. Everything else (a server that stops, a full disk, a timeout) leaves the outcome unknown.
    /// </summary>
    public static bool IsAboutTheStatement(string state) => state.AsSpan(0, Math.Min(2, state.Length)) switch
    {
        // Cardinality, data, constraint, a size that the format doesn't allow.
        "21" or "22" or "23" or "54" => true,
        // Serialization failure and deadlock; not 40003, where the server itself does not know.
        "40" => state is "40001" or "40P01",
        _ => false,
    };
}
