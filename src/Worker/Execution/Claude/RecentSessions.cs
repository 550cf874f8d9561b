using System.Globalization;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>
/// The newest Claude sessions on this PC, for heartbeats. Names, times and sizes are asked anew each time; the beginning of a file is
/// read once, since files only grow at their end.
/// </summary>
internal sealed class RecentSessions(ClaudeSettings settings, UserEnvironment user) : IRecentSessions
{
    private readonly Lock gate = new();
    private Dictionary<string, (DateTime Seen, long Length, SessionHead Head)> known = new(StringComparer.Ordinal);

    /// <summary>Until a task has asked for the person's own environment, the worker's says where to look.</summary>
    public IReadOnlyList<RecentSession> Newest(int limit)
    {
        var environment = new Dictionary<string, string>(user.Known ?? Own(), UserEnvironment.NameComparer);
        foreach (var (name, value) in settings.Env) environment[name] = value;
        return Scan(ClaudeHome.ConfigFolder(environment, user.Home), limit);
    }

    /// <summary>The sessions of a configuration folder.</summary>
    internal IReadOnlyList<RecentSession> Scan(string configFolder, int limit)
    {
        lock (gate)
        {
            try
            {
                var newest = SessionFiles.All(configFolder).OrderByDescending(file => file.LastWriteTimeUtc).Take(limit).ToArray();
                known = newest.ToDictionary(file => file.FullName, Head, StringComparer.Ordinal);
                return [.. newest.Select(file => Describe(file, known[file.FullName].Head))];
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }

    private static Dictionary<string, string> Own() =>
        Environment.GetEnvironmentVariable("CLAUDE_CONFIG_DIR") is { } folder ? new() { ["CLAUDE_CONFIG_DIR"] = folder } : [];

    private (DateTime Seen, long Length, SessionHead Head) Head(FileInfo file)
    {
        var (mtime, length) = (file.LastWriteTimeUtc, file.Length);
        if (known.TryGetValue(file.FullName, out var before))
        {
            var complete = before.Head is { Folder: not null, Topic: not null };
            if (before.Seen == mtime || (complete && before.Length <= length)) return (mtime, length, before.Head);
        }
        return (mtime, length, SessionHead.Read(file.FullName));
    }

    private static RecentSession Describe(FileInfo file, SessionHead head) => new()
    {
        SessionId = Path.GetFileNameWithoutExtension(file.Name),
        Project = head.Folder ?? file.Directory!.Name,
        LastModified = file.LastWriteTimeUtc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        SizeKB = (file.Length + 1023) / 1024,
        Topic = head.Topic ?? "",
    };
}
