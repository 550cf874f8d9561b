namespace OpenClaw.Worker.Identity;

/// <summary>Work of a server that is not the one this worker talks to.</summary>
/// <param name="Url">Where it was.</param>
/// <param name="Attempts">Ids of its attempts that are here.</param>
internal sealed record KeptWork(string? Url, string[] Attempts);

/// <summary>Which attempts are whose when the server is another one than before. Pure.</summary>
internal static class ServerSwitch
{
    /// <summary>
    /// What the home remembers once it has a session with a server: all it holds and did not keep for another is from the server it had
    /// before. What is kept for this one is its own again, and what is not here any more is forgotten.
    /// </summary>
    public static HomeRecord ApplyServer(HomeRecord record, string server, string url, IReadOnlyCollection<string> held)
    {
        var elsewhere = record.Elsewhere.Where(pair => pair.Key != server).ToDictionary(
            pair => pair.Key, pair => pair.Value with { Attempts = [.. pair.Value.Attempts.Where(held.Contains)] }, StringComparer.Ordinal);
        if (record.Server is { } before && before != server)
        {
            var known = GetElsewhere(record);
            elsewhere[before] = new KeptWork(record.ServerUrl, [.. held.Where(id => !known.Contains(id))]);
        }
        foreach (var (id, _) in elsewhere.Where(pair => pair.Value.Attempts.Length == 0).ToArray())
            elsewhere.Remove(id);
        return record with { Server = server, ServerUrl = url, Elsewhere = elsewhere };
    }

    /// <summary>Attempts that are not of the server it talks to.</summary>
    public static IReadOnlySet<string> GetElsewhere(HomeRecord record) =>
        record.Elsewhere.Values.SelectMany(kept => kept.Attempts).ToHashSet(StringComparer.Ordinal);

    /// <summary>True when nothing has to be written anew.</summary>
    public static bool AreSame(HomeRecord one, HomeRecord other) => one.Server == other.Server && one.ServerUrl == other.ServerUrl
        && one.Elsewhere.Count == other.Elsewhere.Count && GetElsewhere(one).SetEquals(GetElsewhere(other));
}
