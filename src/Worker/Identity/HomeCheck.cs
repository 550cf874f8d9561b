namespace OpenClaw.Worker.Identity;

/// <summary>A home folder as it stands here and now.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Machine">The PC; null: it has no id that counts.</param>
/// <param name="Lock">Which file its lock is; null where files have no number.</param>
/// <param name="Boot">The run of the machine; empty where that has no name.</param>
/// <param name="OriginalIsThere">Where its record says it was another folder stands, with the same instance.</param>
internal sealed record HomeFacts(string Path, string? Machine, string? Lock, string Boot, bool OriginalIsThere);

/// <summary>Whose a home folder is, by what it remembers. Pure.</summary>
internal static class HomeCheck
{
    /// <summary>
    /// Why this daemon must not go by the folder's identity, journal and spool; null: it may. Two daemons with one identity would each give
    /// up what the other runs.
    /// </summary>
    public static string? WhyForeign(HomeRecord? record, HomeFacts facts) => record switch
    {
        { Machine: { } before } when facts.Machine is { } now && before != now => "was made on another PC",
        { Path: { } path } when facts.OriginalIsThere => $"is a copy of {path}, which is still there",
        _ => null,
    };

    /// <summary>
    /// Processes that had the folder before and have ended: same folder, same run of the machine, and this one holds its lock. None where
    /// that can't be known.
    /// </summary>
    public static string[] FindDeadRuns(HomeRecord? record, HomeFacts facts) =>
        record is { Lock: { } held, Boot: { Length: > 0 } boot } && held == facts.Lock && boot == facts.Boot ? record.Runs : [];

    /// <summary>The names it had with the one it has now at the end: each once, not more than are sent.</summary>
    public static string[] WithName(IEnumerable<string> names, string name, int most) =>
        [.. names.Where(one => one != name).Distinct(StringComparer.Ordinal).TakeLast(most), name];
}
