using System.Net.Sockets;

namespace OpenClaw.Worker.Control.Callers;

/// <summary>
/// Orders are the owner's: no task gives its own approval, or ends a pause. <paramref name="findTask"/> names the task that asks; null:
/// none is known to. <paramref name="runsHere"/> knows the tasks of this daemon. <paramref name="note"/> gets the command and who asked for
/// it.
/// </summary>
internal sealed class OwnerGuard(Func<int?, string?> findTask, Func<string, bool> runsHere, Action<string, string> note)
{
    /// <summary>Why not; null: nothing stands against it.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="command">What is asked for.</param>
    /// <param name="claimed">
    /// The task that the client itself says it is of. Where the system does not tell who it is (Windows), that keeps a task from waiting
    /// for its own end; it keeps out nobody who hides it. A daemon that is itself in another daemon's task is the client's neighbour there.
    /// </param>
    public string? ExplainRejection(Socket client, string command, string? claimed)
    {
        var who = findTask(PeerUser.GetProcess(client))
            ?? (claimed is not null && runsHere(claimed) ? $"a process of the task {claimed}" : null);
        if (who is null) return null;
        note(command, who);
        return $"refused: {command} is the owner's to say, and {who} asks; nothing was changed. Say it in a terminal of your own";
    }
}
