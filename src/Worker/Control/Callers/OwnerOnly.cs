using System.Net.Sockets;

namespace OpenClaw.Worker.Control.Callers;

/// <summary>
/// Orders are the owner's: no task gives its own approval, or ends a pause. <paramref name="findTask"/> names the task that asks; null:
/// none is known to. <paramref name="note"/> gets the command and who asked for it.
/// </summary>
internal sealed class OwnerOnly(Func<int?, string?> findTask, Action<string, string> note)
{
    /// <summary>Why not; null: nothing stands against it.</summary>
    public string? Refuse(Socket client, string command)
    {
        if (findTask(PeerUser.ProcessOf(client)) is not { } who)
            return null;
        note(command, who);
        return $"refused: {command} is the owner's to say, and {who} asks; nothing was changed. Say it in a terminal of your own";
    }
}
