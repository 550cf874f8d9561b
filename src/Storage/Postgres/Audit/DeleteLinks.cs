using Npgsql;
using OpenClaw.Storage.Audit;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>Deletes the oldest links of the audit's chains, and notes where each begins then. The last link of a chain stays.</summary>
internal static class DeleteLinks
{
    private const string Chains = "SELECT chain FROM audit_chains WHERE start_link < link - 1 ORDER BY chain";
    private const string Oldest = "SELECT link, hash, at FROM audit_links WHERE chain = $1 ORDER BY link LIMIT $2";
    private const string Delete = "DELETE FROM audit_links WHERE chain = $1 AND link = ANY ($2)";

    // Another silo's sweep may have come further.
    private const string Start = "UPDATE audit_chains SET start_link = $2, start_hash = $3 WHERE chain = $1 AND start_link < $2";

    /// <summary>Those before a time, up to a number of each chain; how many.</summary>
    public static async ValueTask<int> RemoveOld(
        PostgresDatabase database, DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        var deleted = 0;
        foreach (var chain in await database.QueryRows(Chains, _ => { }, row => row.GetString(0), cancellation).ConfigureAwait(false))
        {
            var oldest = await database.QueryRows(
                Oldest,
                parameters => parameters.AddNext(chain).AddNext(limit + 1),
                row => new OldLink(row.GetInt64(0), row.GetFieldValue<byte[]>(1), new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero)),
                cancellation).ConfigureAwait(false);
            var old = oldest.Take(OldLink.CountBefore(oldest, before)).ToArray();
            if (old.Length > 0) deleted += await RemoveLinks(database, chain, old, cancellation).ConfigureAwait(false);
        }
        return deleted;
    }

    private static ValueTask<int> RemoveLinks(PostgresDatabase database, string chain, OldLink[] old, CancellationToken cancellation) =>
        database.RunTransaction(
            async (connection, stop) =>
            {
                await using var batch = new NpgsqlBatch(connection);
                Add(Delete).AddNext(chain).AddNext(old.Select(link => link.Link).ToArray());
                Add(Start).AddNext(chain).AddNext(old[^1].Link).AddNext(old[^1].Hash);
                await batch.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
                return old.Length;

                NpgsqlParameterCollection Add(string sql)
                {
                    var command = new NpgsqlBatchCommand(sql);
                    batch.BatchCommands.Add(command);
                    return command.Parameters;
                }
            },
            cancellation);
}
