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

    /// <summary>Nothing until the person's environment is known, which this call asks for and does not wait for.</summary>
    public IReadOnlyList<RecentSession> Newest(int limit)
    {
        var asked = user.Get();
        if (!asked.IsCompletedSuccessfully) return [];
        var environment = new Dictionary<string, string>(asked.Result, UserEnvironment.NameComparer);
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
