using System.Globalization;

namespace OpenClaw.Protocol.Audit;

/// <summary>What verifying an export came to. No findings: every row that was written is there as it was written.</summary>
/// <param name="Chains">Chains.</param>
/// <param name="Links">Links whose hashes are right.</param>
/// <param name="Rows">Rows that are as they were written.</param>
/// <param name="Removed">Rows that went with their tasks, as the chain itself says.</param>
/// <param name="Withheld">Rows of other tenants, of which only the digest was to see.</param>
/// <param name="Findings">What is wrong, a sentence each.</param>
public sealed record AuditVerdict(int Chains, long Links, long Rows, long Removed, long Withheld, IReadOnlyList<string> Findings)
{
    /// <summary>Of the rows those of the first format, which prove no payload and no outcome: from before, or of an older build.</summary>
    public long FirstFormat { get; init; }
    /// <summary>Notes that are as they were taken.</summary>
    public long Notes { get; init; }
    /// <summary>Notes that are gone and were old enough.</summary>
    public long NotesRemoved { get; init; }
}

/// <summary>
/// Verifies an export of the audit: a row that was deleted, edited, moved or cut off is found. Link by link, in the order of each chain,
/// so that memory does not grow with the rows that are right. Not safe for two threads.
/// </summary>
public sealed partial class AuditVerifier
{
    /// <summary>Findings that are told one by one.</summary>
    public const int MostFindings = 100;

    private readonly Dictionary<string, ChainState> chains = new(StringComparer.Ordinal);
    private readonly Dictionary<long, List<(string Place, long Version)>> missing = [];
    private readonly HashSet<long> removed = [];
    private readonly List<string> findings = [];
    private readonly ILookup<(string, long), AuditWitness> witnesses;
    private readonly AuditKept? kept;
    private long links;

    /// <param name="known">The chains as the server names them.</param>
    /// <param name="seen">Where chains ended when others heard of them, such as workers.</param>
    /// <param name="kept">What must be there still; null: not judged.</param>
    public AuditVerifier(IEnumerable<AuditChainView> known, IEnumerable<AuditWitness> seen, AuditKept? kept = null)
    {
        this.kept = kept;
        var all = seen.ToArray();
        witnesses = all.ToLookup(witness => (witness.Chain, witness.Link));
        foreach (var chain in known)
        {
            if (ParseHash(chain.StartHash) is { } start && ParseHash(chain.Hash) is not null)
                chains[chain.Chain] = new ChainState(chain, start);
            else
                AddFinding($"chain {chain.Chain}: its hashes are none");
        }
        // Of each chain the farthest of each witness: the others say no more of where it ends.
        foreach (var witness in all.GroupBy(witness => (witness.Chain, witness.By)).Select(group => group.MaxBy(one => one.Link)!))
            CheckReach(witness);
        foreach (var witness in all) CheckStart(witness);
        foreach (var ofChain in all.Where(witness => witness.At > kept?.LinksSince).GroupBy(witness => witness.Chain)) CheckAge(ofChain);
    }

    /// <summary>The next link; those of one chain in their order.</summary>
    public void CheckLink(AuditLinkView link)
    {
        if (!chains.TryGetValue(link.Chain, out var chain))
        {
            AddFinding($"chain {link.Chain} is not among the server's chains");
            return;
        }
        var place = $"chain {link.Chain}, link {link.Link}";
        if (link.Link != chain.Last + 1)
            AddFinding($"{place} stands where link {chain.Last + 1} should: links are missing or in another order");
        var hash = EncodeEntries(link) is { } entries ? AuditDigest.ComputeLink(chain.Hash, entries.Kind, link.Link, entries.Bytes) : null;
        if (hash is null || ParseHash(link.Hash) is not { } stated || !hash.AsSpan().SequenceEqual(stated))
            AddFinding($"{place} does not fit the link before it: one of the two was changed");
        else
            links++;
        // Goes on from what it says of itself, so that one wrong link is one finding.
        (chain.Last, chain.Hash) = (link.Link, ParseHash(link.Hash) ?? AuditDigest.Start);
        if (witnesses[(link.Chain, link.Link)].FirstOrDefault(witness => witness.Hash != link.Hash) is { } witness)
            AddFinding($"{place} is not the one that {witness.By} had heard of: the chain was rewritten");
        foreach (var entry in link.Entries) CheckEntry(place, entry);
    }

    /// <summary>All links were checked.</summary>
    public AuditVerdict Conclude()
    {
        foreach (var chain in chains.Values)
        {
            if (chain.Last < chain.View.Link)
                AddFinding($"chain {chain.View.Chain} has {chain.View.Link} links and ends at {chain.Last} here");
            else if (chain.Last > chain.View.Link || !chain.Hash.AsSpan().SequenceEqual(ParseHash(chain.View.Hash)))
                AddFinding($"chain {chain.View.Chain} ends with another link than the server says: links were cut off or added");
        }
        var gone = 0L;
        foreach (var (number, places) in missing)
        {
            if (removed.Contains(number))
                gone += places.Count;
            else
                places.ForEach(row => AddFinding($"{row.Place}: version {row.Version} of task number {number} was deleted"));
        }
        return new AuditVerdict(chains.Count, links, rows, gone, withheld, findings)
        {
            FirstFormat = firstFormat, Notes = notes, NotesRemoved = notesRemoved,
        };
    }

    private void CheckReach(AuditWitness witness)
    {
        if (!chains.TryGetValue(witness.Chain, out var chain))
            AddFinding($"chain {witness.Chain}, of which {witness.By} had heard, is gone");
        else if (witness.Link > chain.View.Link)
            AddFinding(
                $"chain {witness.Chain} ends at link {chain.View.Link}, and {witness.By} had heard of {witness.Link}: "
                + "the newest were cut off");
    }

    private void CheckStart(AuditWitness witness)
    {
        if (chains.TryGetValue(witness.Chain, out var chain)
            && witness.Link == chain.View.Start && witness.Hash != chain.View.StartHash)
            AddFinding($"chain {witness.Chain} begins with another link than {witness.By} had heard of");
    }

    /// <summary>
    /// Where a chain begins the server says itself. A chain that begins behind a link which was the newest lately has lost links that were
    /// written since, and are too young to be gone.
    /// </summary>
    private void CheckAge(IGrouping<string, AuditWitness> ofChain)
    {
        if (!chains.TryGetValue(ofChain.Key, out var chain)) return;
        if (ofChain.Where(witness => witness.Link < chain.View.Start).MaxBy(witness => witness.At) is { } witness)
            AddFinding(
                string.Create(CultureInfo.InvariantCulture, $"chain {witness.Chain} begins behind link {chain.View.Start}, ")
                + string.Create(CultureInfo.InvariantCulture, $"and at {witness.At:u} {witness.By} had heard of {witness.Link} ")
                + "as the last: "
                + "what was written since then is gone before its time");
    }

    private void AddFinding(string finding)
    {
        if (findings.Count < MostFindings) findings.Add(finding);
        else if (findings.Count == MostFindings) findings.Add("and more");
    }

    private sealed class ChainState(AuditChainView view, byte[] start)
    {
        public AuditChainView View { get; } = view;

        public long Last { get; set; } = view.Start;

        public byte[] Hash { get; set; } = start;
    }
}
