namespace OpenClaw.Storage.Schema;

/// <summary>What each store does in its own way to bring its schema up to date. Disposed without a commit nothing has changed.</summary>
internal interface IMigrationDialect : IAsyncDisposable
{
    /// <summary>The database in a message.</summary>
    string Database { get; }

    /// <summary>Begins the transaction once no other process is in such a one, and makes the table of versions if it is missing.</summary>
    ValueTask BeginExclusively(CancellationToken cancellation);

    /// <summary>The newest script that was applied, and the oldest schema whose code may run on it; zeros for an empty database.</summary>
    ValueTask<(int Version, int ReadableFrom)> ReadVersion(CancellationToken cancellation);

    /// <summary>Runs a script and notes that it was applied.</summary>
    ValueTask ApplyScript(MigrationScript script, DateTimeOffset at, CancellationToken cancellation);

    ValueTask Commit(CancellationToken cancellation);
}
