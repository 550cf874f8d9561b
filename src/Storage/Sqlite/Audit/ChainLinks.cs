using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Audit;

namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>
/// Adds to the chain what a transaction wrote, before it is committed. The file is one process' at a time, so it has one chain.
/// </summary>
internal static class ChainLinks
{
    /// <summary>Its name.</summary>
    public const string Chain = "standalone";

    private const string Head = "SELECT link, hash FROM audit_chains WHERE chain = ?1";
    private const string Link = "INSERT INTO audit_links (chain, link, at, kind, hash, entries) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

    private const string NewHead =
        """
        INSERT INTO audit_chains (chain, link, hash, at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (chain) DO UPDATE SET link = excluded.link, hash = excluded.hash, at = excluded.at
        """;

    /// <summary>What <paramref name="entries"/> hold is linked, and they are empty again.</summary>
    public static void Append(SqliteDatabase database, AuditEntries entries, DateTimeOffset now)
    {
        if (!entries.Written.IsEmpty) AppendLink(database, AuditLinkKind.Written, entries.Written, now);
        if (!entries.Removed.IsEmpty) AppendLink(database, AuditLinkKind.Removed, entries.Removed, now);
        entries.Clear();
    }

    private static void AppendLink(SqliteDatabase database, AuditLinkKind kind, ReadOnlySpan<byte> entries, DateTimeOffset now)
    {
        var (last, previous) = ReadHead(database);
        var hash = AuditDigest.ComputeLink(previous, kind, last + 1, entries);
        using (var insert = database.GetStatement(Link))
            insert.Add(Chain).Add(last + 1).Add(now).Add((int)kind).Add(hash).AddBlob(entries).RunToEnd();
        using var head = database.GetStatement(NewHead);
        head.Add(Chain).Add(last + 1).Add(hash).Add(now).RunToEnd();
    }

    private static (long Link, byte[] Hash) ReadHead(SqliteDatabase database)
    {
        using var head = database.GetStatement(Head);
        return head.Add(Chain).Step() ? (head.GetLong(0), head.GetBlob(1).ToArray()) : (0, AuditDigest.Start);
    }
}
