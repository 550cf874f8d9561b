using Npgsql;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>The statements that add links to the audit's chains.</summary>
internal static class ChainLinks
{
    /// <summary>The row of a chain, whose name is the parameter, is there.</summary>
    public const string Ensure = "INSERT INTO audit_chains (chain) VALUES ($1) ON CONFLICT (chain) DO NOTHING";

    private const string EnsureSoon =
        """
        WITH soon AS (SELECT set_config('synchronous_commit', 'off', true))
        INSERT INTO audit_chains (chain) SELECT $1 FROM soon ON CONFLICT (chain) DO NOTHING
        """;

    /// <summary>
    /// The parts of a statement that add one link. Its number and what it follows are in the chain's row, so nobody has to remember them.
    /// </summary>
    /// <param name="entries">A SELECT of one row: the entries, null for none, and the time in ticks.</param>
    /// <param name="kind">What it is about.</param>
    /// <param name="chain">The parameter that names the chain.</param>
    public static string Append(string entries, AuditLinkKind kind, string chain) =>
        $"""
        entries(entries, at) AS MATERIALIZED ({entries}
        ), link AS (
            UPDATE audit_chains c SET link = c.link + 1, at = e.at,
                hash = sha256(c.hash || '\x{(int)kind:x2}'::bytea || int8send(c.link + 1) || e.entries)
            FROM entries e WHERE c.chain = {chain} AND e.entries IS NOT NULL
            RETURNING c.chain, c.link, c.hash, c.at, e.entries
        ), linked AS (
            INSERT INTO audit_links (chain, link, at, kind, hash, entries) SELECT chain, link, at, {(int)kind}, hash, entries FROM link
        )
        """;

    /// <summary>
    /// Once for each connection that writes. Its commit waits for no disk and no standby: the one that adds the first link does, after it.
    /// </summary>
    public static void EnsureChain(NpgsqlConnection connection, string chain)
    {
        using var ensure = new NpgsqlCommand(EnsureSoon, connection);
        ensure.Parameters.AddNext(chain);
        ensure.ExecuteNonQuery();
    }
}
