using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>The folder a turn runs in, or a word and a sentence why there is none.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Error">Why the turn can't run.</param>
internal readonly record struct TurnFolder(string? Path, (string Reason, string Error)? Error)
{
    /// <summary>
    /// The folder the task names, else the one its session began in, else the home. A session whose folder is gone is not gone on with
    /// elsewhere: a prompt that means "here" would be about other files.
    /// </summary>
    /// <param name="named">What the task names, as an absolute path.</param>
    /// <param name="session">The session; one that is new has no folder.</param>
    /// <param name="home">The person's home.</param>
    /// <param name="boundTo">The agent goes on with a session only in the folder it began in.</param>
    public static TurnFolder Choose(string? named, SessionPlan session, string home, bool boundTo)
    {
        if (session.Resume is null && session.Fork is null) return new(named ?? home, null);
        if (session.Folder is not { } begun)
        {
            return named is not null ? new(named, null) : new(null, ("folder-unknown",
                $"the folder in which session {session.Id} began can't be told from its file; name it with cwd"));
        }
        if (named is null)
        {
            return Directory.Exists(begun) ? new(begun, null) : new(null, ("folder-gone",
                $"the folder {begun}, in which session {session.Id} began, is gone; name another with cwd, or begin a new session"));
        }
        return !boundTo || IsSame(named, begun) ? new(named, null) : new(null, ("other-folder",
            $"session {session.Id} belongs to the folder {begun} and can be gone on with only there, not in {named}"));
    }

    private static bool IsSame(string one, string other) =>
        string.Equals(ResolveReal(one), ResolveReal(other), OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal);

    private static string ResolveReal(string path) =>
        System.IO.Path.TrimEndingDirectorySeparator(RealPath.ResolveLinks(System.IO.Path.GetFullPath(path)) ?? path);
}
