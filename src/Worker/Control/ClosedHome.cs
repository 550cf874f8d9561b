using OpenClaw.Worker.Execution;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Control;

/// <summary>A home folder of another account's: what is in it is not known, and least of all whether a daemon runs there.</summary>
internal static class ClosedHome
{
    private const int Write = 2, Enter = 1, AccessDenied = 13;

    /// <summary>A sentence that says what is closed, whose it is and as whom to ask; null when nothing is closed to this account.</summary>
    public static string? Explain(string home, string verb)
    {
        if (OperatingSystem.IsWindows() || FindClosed(Path.GetFullPath(home)) is not { } closed) return null;
        var owner = FindOwner(closed);
        var person = UserAccount.GetName(Native.GetUid());
        return FormatExplanation(home, closed, owner, person, $"{string.Join(' ', ThisProgram.Path)} {verb}");
    }

    /// <param name="home">The home folder.</param>
    /// <param name="closed">The folder on the way to it, or the socket in it, that lets nobody in.</param>
    /// <param name="owner">Account it belongs to; null: not known.</param>
    /// <param name="person">Account that asks.</param>
    /// <param name="command">What to type as somebody who may: with its path, for sudo looks for commands in folders of its own.</param>
    public static string FormatExplanation(string home, string closed, string? owner, string person, string command)
    {
        var account = owner is null or "root" || owner == person ? "" : $"-u {owner} ";
        return $"{home} can't be looked at: {closed} {(owner is null ? "" : $"belongs to {owner} and ")}is closed to {person}; "
            + $"ask as {(account.Length == 0 ? "root" : owner)}: sudo {account}{command} --home {home}";
    }

    /// <summary>The first thing on the way to the daemon's socket that this account may not use; what is not there is not closed.</summary>
    private static string? FindClosed(string home)
    {
        var folders = new Stack<string>();
        for (var folder = home; folder is not null; folder = Path.GetDirectoryName(folder))
            folders.Push(folder);
        foreach (var folder in folders)
        {
            if (IsDenied(folder, Enter)) return folder;
        }
        var socket = Path.Combine(home, ControlServer.FileName);
        return IsDenied(socket, Write) ? socket : null;
    }

    private static bool IsDenied(string path, int mode) =>
        Native.Access(path, mode) != 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == AccessDenied;

    private static unsafe string? FindOwner(string path)
    {
        var buffer = stackalloc byte[256];
        return FolderCalls.GetStatus(0, path, buffer) == 0 ? UserAccount.GetName(Posix.ReadStatus(buffer).Uid) : null;
    }
}
