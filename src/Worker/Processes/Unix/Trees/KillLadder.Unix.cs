namespace OpenClaw.Worker.Processes.Unix.Trees;

/// <summary>Ends a tree: SIGTERM, the grace, SIGKILL, and a scan after it, again until nothing is left or it is no use.</summary>
internal sealed class KillLadder(int root, ProcessMarker? marker, TimeProvider clock)
{
    private const int KillRounds = 40;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private readonly Dictionary<int, ulong> signalled = [];

    public async Task<TreeEnd> Run(TimeSpan grace)
    {
        var began = clock.GetTimestamp();
        var members = Scan();
        SendAll(members, Native.SigTerm);
        SendAll(members, Native.SigCont);
        while (members.Count > 0 && clock.GetElapsedTime(began) < grace)
        {
            await Task.Delay(Glance, clock).ConfigureAwait(false);
            members = Scan();
        }
        for (var round = 0; members.Count > 0 && round < KillRounds; round++)
        {
            SendAll(members, Native.SigKill);
            await Task.Delay(Glance, clock).ConfigureAwait(false);
            members = Scan();
        }
        return new TreeEnd(signalled.Count, members.Count);
    }

    private void SendAll(List<ProcessEntry> members, int signal)
    {
        // The program itself first: else a shell sees its child die and ends in its own way before the signal reaches it.
        foreach (var member in members.OrderBy(member => member.Pid != root))
        {
            signalled[member.Pid] = member.Start;
            Signals.Send(member, signal);
        }
    }

    private List<ProcessEntry> Scan() => ProcessTree.Members(
        ProcessTable.Read(), root, Environment.ProcessId, entry => marker is { } wanted && ProcessTable.Carries(entry.Pid, wanted));
}
