using OpenClaw.Storage.Audit;
using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>Deletes the oldest links of the chain, up to a number, and notes where it begins then; how many. The last link stays.</summary>
internal sealed class DeleteLinks(DateTimeOffset before, int limit) : SqliteOperation<int>
{
    private const string Oldest = "SELECT link, hash, at FROM audit_links WHERE chain = ?1 ORDER BY link LIMIT ?2";
    private const string Delete = "DELETE FROM audit_links WHERE chain = ?1 AND link <= ?2";
    private const string Start = "UPDATE audit_chains SET start_link = ?2, start_hash = ?3 WHERE chain = ?1";

    public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

    public override void Apply(SqliteDatabase database)
    {
        var oldest = FindOldest(database);
        Result = OldLink.CountBefore(oldest, before);
        if (Result == 0) return;
        var last = oldest[Result - 1];
        using (var delete = database.GetStatement(Delete))
            delete.Add(ChainLinks.Chain).Add(last.Link).RunToEnd();
        using var start = database.GetStatement(Start);
        start.Add(ChainLinks.Chain).Add(last.Link).Add(last.Hash).RunToEnd();
    }

    private List<OldLink> FindOldest(SqliteDatabase database)
    {
        var found = new List<OldLink>();
        using var oldest = database.GetStatement(Oldest);
        oldest.Add(ChainLinks.Chain).Add(limit + 1);
        while (oldest.Step()) found.Add(new OldLink(oldest.GetLong(0), oldest.GetBlob(1).ToArray(), oldest.GetTime(2)));
        return found;
    }
}
