namespace OpenClaw.Storage.Schema;

/// <summary>Applies each script once, all that are missing in one transaction, by one process at a time.</summary>
internal static class MigrationRunner
{
    /// <summary>Version of the schema now, and how many scripts were missing.</summary>
    /// <exception cref="StoreStartException">A newer build wrote the database, and code of this one may not run on it.</exception>
    public static async ValueTask<(int Version, int Applied)> ApplyMissing(
        IMigrationDialect dialect, IReadOnlyList<MigrationScript> scripts, TimeProvider clock, CancellationToken cancellation)
    {
        await using var disposal = dialect.ConfigureAwait(false);
        var known = scripts[^1].Version;
        await dialect.BeginExclusively(cancellation).ConfigureAwait(false);
        var (stored, readableFrom) = await dialect.ReadVersion(cancellation).ConfigureAwait(false);
        if (stored > known && readableFrom > known)
        {
            throw new StoreStartException(
                $"{dialect.Database} was written by a newer OpenClaw (schema {stored}, readable from {readableFrom} on; this one knows "
                + $"{known}). Start the newer version, or use another database.");
        }
        var missing = scripts.Where(script => script.Version > stored).ToList();
        foreach (var script in missing) await dialect.ApplyScript(script, clock.GetUtcNow(), cancellation).ConfigureAwait(false);
        await dialect.Commit(cancellation).ConfigureAwait(false);
        return (Math.Max(stored, known), missing.Count);
    }
}
