using System.Net;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// Turns for work of which some may be done at once, address by address: however much one of them asks for, each other one's next is no
/// further away than there are addresses. Where the line is full, the place is taken from whoever has most in it.
/// </summary>
internal sealed class TurnLine(int atOnce, int most)
{
    // Requests join from their own threads and release from others. Held to look at the lines and change them, never over a wait.
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, LinkedList<TaskCompletionSource<bool>>> lines = [];
    /// <summary>Addresses that wait, the next one first; each once.</summary>
    private readonly LinkedList<IPAddress> round = [];
    private int free = atOnce;
    private int waiting;

    /// <summary>True: it is the caller's turn, until <see cref="Release"/>. False: there is no place.</summary>
    public ValueTask<bool> WaitForTurn(IPAddress address)
    {
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return new(true);
            }
            if (waiting >= most && !TryMakeRoom(address)) return new(false);
            if (!lines.TryGetValue(address, out var line))
            {
                lines.Add(address, line = []);
                round.AddLast(address);
            }
            var turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            line.AddLast(turn);
            waiting++;
            return new(turn.Task);
        }
    }

    /// <summary>The turn is over: it is the next address's.</summary>
    public void Release()
    {
        lock (gate)
        {
            if (round.First is not { Value: var address })
            {
                free++;
                return;
            }
            round.RemoveFirst();
            var line = lines[address];
            var next = line.First!.Value;
            line.RemoveFirst();
            waiting--;
            if (line.Count > 0) round.AddLast(address);
            else lines.Remove(address);
            next.SetResult(true);
        }
    }

    /// <summary>Who came last of the address that has most goes; false: nobody has more than this one would.</summary>
    private bool TryMakeRoom(IPAddress address)
    {
        var (longest, line) = lines.MaxBy(one => one.Value.Count);
        if (line.Count <= (lines.TryGetValue(address, out var own) ? own.Count : 0) + 1) return false;
        var last = line.Last!.Value;
        line.RemoveLast();
        waiting--;
        if (line.Count == 0)
        {
            lines.Remove(longest);
            round.Remove(longest);
        }
        last.SetResult(false);
        return true;
    }
}
