namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>
/// What a session is set to: once where it is ours alone, and in each transaction where a pooler hands sessions out to many. Expressions
/// that a SELECT evaluates.
/// </summary>
internal sealed class SessionSettings
{
    /// <summary>
    /// Every statement is written for one index. A plan made while a table was empty would otherwise read all of it still when it has
    /// a million rows; and a high estimate must not start the compiler.
    /// </summary>
    private static readonly string[] Off = ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"];

    /// <summary>
    /// Longer than another process' batch holds its rows, but on the slowest of disks; and all of a batch waits so long for a row that
    /// somebody holds. What the server or the connection string says stands.
    /// </summary>
    private const string LockTimeout =
        " || CASE WHEN current_setting('lock_timeout') = '0' THEN set_config('lock_timeout', '100', {0}) ELSE '' END";

    /// <summary>For questions, and for writes that may wait.</summary>
    public static readonly SessionSettings WaitsForLocks = new(waitsForLocks: true);

    /// <summary>For the writers of batches: a lock of somebody else's fails the batch soon.</summary>
    public static readonly SessionSettings Writing = new(waitsForLocks: false);

    private SessionSettings(bool waitsForLocks)
    {
        (SessionSql, TransactionSql) = (Text("false"), "SELECT " + Text("true"));

        string Text(string isLocal) => string.Join(" || ", Off.Select(name => $"set_config('{name}', 'off', {isLocal})"))
            + (waitsForLocks ? "" : LockTimeout.Replace("{0}", isLocal, StringComparison.Ordinal));
    }

    /// <summary>Sets the session.</summary>
    public string SessionSql { get; }

    /// <summary>The statement that a transaction begins with.</summary>
    public string TransactionSql { get; }
}
