namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>Which hosts of a connection string may be used, when a promotion has left more than one primary. Pure.</summary>
internal static class HostRules
{
    /// <summary>The primary of the last promotion first, then all others but older primaries; and why those are left out.</summary>
    /// <exception cref="StoreStartException">They are primaries of different databases.</exception>
    public static (IReadOnlyList<string> Used, IReadOnlyList<string> Refusals) ChooseHosts(IReadOnlyList<DatabaseHost> hosts)
    {
        if (FindNewest(hosts) is not { Primary: { } newest } first) return ([.. hosts.Select(host => host.Name)], []);
        if (hosts.FirstOrDefault(host => JudgeHost(newest, host) == ServerVerdict.Foreign) is { } foreign)
        {
            throw new StoreStartException(
                $"{first.Name} and {foreign.Name} of the connection string have different databases (systems {newest.System} and "
                + $"{foreign.Primary!.Value.System}). Name only one, and standbys of it.");
        }
        var old = hosts.Where(host => JudgeHost(newest, host) == ServerVerdict.Old).ToList();
        return (
            [first.Name, .. hosts.Except(old).Where(host => host != first).Select(host => host.Name)],
            [.. old.Select(host => ServerRules.ExplainRefusal(host.Name, newest, host.Primary!.Value)!)]);
    }

    /// <summary>
    /// Why a process can't go on with the hosts it began with: connections it does not look at would go to an old primary, or the
    /// database is at one that it left out. Null: it can.
    /// </summary>
    /// <param name="known">Whose database it has.</param>
    /// <param name="used">The hosts it began with.</param>
    /// <param name="hosts">All, as they are now.</param>
    public static string? FindStopReason(ServerIdentity known, IReadOnlyCollection<string> used, IReadOnlyList<DatabaseHost> hosts)
    {
        var newest = known;
        foreach (var host in hosts)
            if (host.Primary is { } other && (newest.IsUnknown || ServerRules.JudgeServer(newest, other) == ServerVerdict.Promoted))
                newest = other;
        foreach (var host in hosts)
        {
            if (host.Primary is not { } primary) continue;
            if (used.Contains(host.Name) && ServerRules.ExplainRefusal(host.Name, newest, primary) is { } refusal) return refusal;
            if (!used.Contains(host.Name) && ServerRules.JudgeServer(known, primary) == ServerVerdict.Promoted)
                return $"PostgreSQL at {host.Name}, which was left out, has taken over (time line {primary.TimeLine}).";
        }
        return null;
    }

    private static ServerVerdict JudgeHost(ServerIdentity newest, DatabaseHost host) =>
        host.Primary is { } primary ? ServerRules.JudgeServer(newest, primary) : ServerVerdict.Same;

    private static DatabaseHost? FindNewest(IReadOnlyList<DatabaseHost> hosts) =>
        hosts.Where(host => host.Primary is not null).MaxBy(host => host.Primary!.Value.TimeLine);
}
