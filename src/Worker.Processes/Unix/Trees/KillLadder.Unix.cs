using OpenClaw.Worker.Processes.Unix.Cgroups;

namespace OpenClaw.Worker.Processes.Unix.Trees;

/// <summary>
/// By what a tree is known. <paramref name="OwnsGroup"/>: the root is a child we have not reaped, so its id, and that of its process
/// group, is nobody else's. <paramref name="HangUp"/>: it has a terminal, which goes away; shells at one don't heed SIGTERM.
/// </summary>
internal readonly record struct TreeRoot(
    int Pid, ProcessMarker? Marker, TaskCgroup? Group = null, bool OwnsGroup = false, bool HangUp = false);

/// <summary>
/// Ends a tree: SIGTERM, the grace, SIGKILL, and a scan after it, repeated until nothing is left or the rounds are used up.
/// </summary>
internal sealed class KillLadder(TreeRoot root, TimeProvider clock)
{
    private const int KillRounds = 40;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private readonly Dictionary<int, ulong> signalled = [];

    public async Task<TreeEnd> Run(TimeSpan grace)
    {
        var began = clock.GetTimestamp();
        var members = ScanMembers();
        SendSignal(members, Native.SigTerm);
        if (root.HangUp) SendSignal(members, Native.SigHup);
        SendSignal(members, Native.SigCont);
        while (members.Count > 0 && clock.GetElapsedTime(began) < grace)
        {
            await Task.Delay(PollInterval, clock);
            members = ScanMembers();
        }
        for (var round = 0; members.Count > 0 && round < KillRounds; round++)
        {
            KillAtOnce();
            SendSignal(members, Native.SigKill);
            await Task.Delay(PollInterval, clock);
            members = ScanMembers();
        }
        return new TreeEnd(signalled.Count, members.Count);
    }

    private void SendSignal(List<ProcessEntry> members, int signal)
    {
        // The program itself first: else a shell sees its child die and ends in its own way before the signal reaches it.
        foreach (var member in members.OrderBy(member => member.Pid != root.Pid))
        {
            signalled[member.Pid] = member.Start;
            Signals.Send(member, signal);
        }
    }

    /// <summary>What forks faster than a scan can look is ended by group, which nothing in it outruns.</summary>
    public void KillAtOnce()
    {
        foreach (var pid in root.Group?.GetPids() ?? [])
            signalled.TryAdd(pid, 0);
        root.Group?.KillAll();
        if (root.OwnsGroup && root.Pid > 1) _ = Native.Kill(-root.Pid, Native.SigKill);
    }

    private List<ProcessEntry> ScanMembers()
    {
        var inGroup = root.Group?.GetPids().ToHashSet() ?? [];
        return ProcessTree.FindMembers(
            ProcessTable.Read(), root.Pid, Environment.ProcessId,
            entry => inGroup.Contains(entry.Pid) || (root.Marker is { } wanted && ProcessTable.HasMarker(entry.Pid, wanted)));
    }
}
