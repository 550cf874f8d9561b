namespace OpenClaw.Worker.Execution.Claude;

/// <summary>
/// What a session id means on this PC: exactly one of a session to go on with (<see cref="File"/>), a new one, and a sentence.
/// </summary>
internal sealed record FoundSession(string? Id, string? File, string? Reason, string? Error)
{
    public static FoundSession New(string id) => new(id, null, null, null);

    public static FoundSession Existing(string file) => new(Path.GetFileNameWithoutExtension(file), file, null, null);

    public static FoundSession Unclear(string reason, string error) => new(null, null, reason, error);
}

/// <summary>Claude Code's sessions on disk: <c>projects/FOLDER/UUID.jsonl</c>.</summary>
internal static class SessionFiles
{
    /// <summary>
    /// A whole id with a file is that session, without one a new session; the beginning of an id must name exactly one that exists.
    /// </summary>
    public static FoundSession Find(string configFolder, string id)
    {
        var whole = IsUuid(id);
        var wanted = id.ToLowerInvariant();
        var found = All(configFolder)
            .Where(file => file.Name.StartsWith(wanted, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .DistinctBy(file => file.Name, StringComparer.OrdinalIgnoreCase) // moved between projects: the newest
            .ToArray();
        return (found.Length, whole) switch
        {
            (0, true) => FoundSession.New(wanted),
            (0, false) => FoundSession.Unclear("unknown-session", $"no Claude session on this PC begins with {id}"),
            (1, _) => FoundSession.Existing(found[0].FullName),
            _ => FoundSession.Unclear(
                "ambiguous-session",
                $"{found.Length} Claude sessions on this PC begin with {id}: "
                    + string.Join(", ", found.Take(5).Select(file => Path.GetFileNameWithoutExtension(file.Name)))),
        };
    }

    /// <summary>Every session's file. Files of sub-agents have other names and are left out.</summary>
    public static IEnumerable<FileInfo> All(string configFolder)
    {
        var projects = new DirectoryInfo(Path.Combine(configFolder, "projects"));
        var options = new EnumerationOptions { IgnoreInaccessible = true };
        return projects.Exists
            ? projects.EnumerateDirectories("*", options)
                .SelectMany(project => project.EnumerateFiles("*.jsonl", options))
                .Where(file => IsUuid(Path.GetFileNameWithoutExtension(file.Name)))
            : [];
    }

    private static bool IsUuid(string id) => Guid.TryParseExact(id, "D", out _);
}
