using System.Globalization;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// The newest sessions of an agent on this PC, for heartbeats. Names, times and sizes are asked anew each time; the beginning of a file is
/// read once, since files only grow at their end.
/// </summary>
internal sealed class RecentSessions(AgentSessions disk, AgentSettings settings, UserEnvironment user) : IRecentSessions
{
    private const int MostFiles = 4;
    private const int LongestFolder = 300;
    private readonly Lock gate = new();
    private Dictionary<string, (DateTime Modified, long Length, SessionHead Head)> known = new(StringComparer.Ordinal);

    /// <summary>Until a task has asked for the person's own environment, the worker's says where to look.</summary>
    public IReadOnlyList<RecentSession> GetNewest(int limit)
    {
        var environment = new Dictionary<string, string>(user.Known ?? GetOwnEnvironment(), UserEnvironment.NameComparer);
        foreach (var (name, value) in settings.Env) environment[name] = value;
        return ScanFolder(disk.GetConfigFolder(environment, user.Home), limit);
    }

    /// <summary>The sessions of a configuration folder, each once: some agents begin a further file when they go on with one.</summary>
    internal IReadOnlyList<RecentSession> ScanFolder(string configFolder, int limit)
    {
        lock (gate)
        {
            try
            {
                var found = new Dictionary<string, RecentSession>(StringComparer.OrdinalIgnoreCase);
                var looked = new Dictionary<string, (DateTime Modified, long Length, SessionHead Head)>(StringComparer.Ordinal);
                // Many that are no sessions must not make the scan long.
                foreach (var file in disk.ListFiles(configFolder).OrderByDescending(file => file.LastWriteTimeUtc).Take(MostFiles * limit))
                {
                    var head = looked[file.FullName] = ReadHead(file);
                    if (DescribeSession(file, head.Head) is not { } session) continue;
                    if (found.TryGetValue(session.SessionId, out var newer)) found[session.SessionId] = MergeSessions(newer, session);
                    else if (found.Count == limit) break;
                    else found[session.SessionId] = session;
                }
                known = looked;
                return [.. found.Values];
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }

    private static RecentSession MergeSessions(RecentSession newer, RecentSession older) => newer with
    {
        Topic = newer.Topic is { Length: > 0 } topic ? topic : older.Topic,
        SizeKB = Math.Max(newer.SizeKB, older.SizeKB),
    };

    private Dictionary<string, string> GetOwnEnvironment() =>
        Environment.GetEnvironmentVariable(disk.FolderVariable) is { } folder ? new() { [disk.FolderVariable] = folder } : [];

    private (DateTime Modified, long Length, SessionHead Head) ReadHead(FileInfo file)
    {
        var (mtime, length) = (file.LastWriteTimeUtc, file.Length);
        if (known.TryGetValue(file.FullName, out var before))
        {
            var complete = before.Head is { Folder: not null, Topic: not null };
            if (before.Modified == mtime || (complete && before.Length <= length)) return (mtime, length, before.Head);
        }
        return (mtime, length, disk.ReadHead(file.FullName));
    }

    /// <summary>
    /// It stands in a file that any task can write, and goes with the heartbeat: one that is too large is refused, and with it every lease.
    /// </summary>
    private static string ShortenFolder(string folder) => folder.Length <= LongestFolder ? folder : $"...{folder[^(LongestFolder - 3)..]}";

    private RecentSession? DescribeSession(FileInfo file, SessionHead head) => disk.FindSessionId(file, head) is not { } id ? null : new()
    {
        SessionId = id,
        Project = ShortenFolder(head.Folder ?? file.Directory!.Name),
        LastModified = file.LastWriteTimeUtc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        SizeKB = (file.Length + 1023) / 1024,
        Topic = head.Topic ?? "",
        // Claude's say nothing of whose they are: a server from before there were others takes them.
        Agent = disk.Agent.Kind == Kinds.Claude ? null : disk.Agent.Name,
    };
}

/// <summary>The newest sessions of each of several agents.</summary>
internal sealed class CombinedRecentSessions(IReadOnlyList<IRecentSessions> agents) : IRecentSessions
{
    public IReadOnlyList<RecentSession> GetNewest(int limit) => [.. agents.SelectMany(agent => agent.GetNewest(limit))];
}
