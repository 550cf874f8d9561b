using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Processes.Unix.Guards;

/// <summary>
/// Holds a program's tree together and to its limits. With a control group of its own where one can be made, else by looking at the tree.
/// The limit that is exceeded first ends the tree.
/// </summary>
internal sealed class TreeGuard : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GentleGrace = TimeSpan.FromSeconds(2);
    private readonly ProcessLimits? limits;
    private readonly ProcessMarker? marker;
    private readonly bool hangUp;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private TaskCgroup? group;
    private ITimer? checkTimer;
    private string? exceededLimit;
    private Task<TreeEnd>? ending;
    private long sampledMemory;
    private int root;

    public TreeGuard(ProcessSpec spec, IOutputSink output, TimeProvider clock)
    {
        (limits, hangUp, this.clock) = (spec.Limits, spec.Terminal is not null, clock);
        marker = ProcessMarker.FromEnvironment(spec.Environment);
        group = marker is { } named ? TaskCgroup.TryCreate(named, limits) : null;
        Output = limits?.OutputBytes is { } bytes ? new LimitedSink(output, bytes, () => EndForLimit(ProcessLimits.Output)) : output;
    }

    /// <summary>Takes what the program prints.</summary>
    public IOutputSink Output { get; }

    /// <summary>Starts the program inside: 0 and its id, or an errno.</summary>
    public int StartProgram(string file, ProcessSpec spec, ChildEnds ends, out int pid)
    {
        var (started, inside) = (0, true);
        var errno = group is null
            ? PosixSpawn.Start(file, spec, ends, out started)
            : SpawnGate.StartInGroup(group, held => PosixSpawn.Start(file, spec, ends with { Gate = held }, out started), out inside);
        pid = started;
        if (errno != 0) return errno;
        if (!inside && group?.AddProcess(pid) == false)
        {
            group.RemoveWhenEmpty();
            group = null;
        }
        lock (gate)
            root = pid;
        if (limits is { MemoryBytes: not null } or { Processes: not null } or { CpuMilliseconds: not null })
            checkTimer = clock.CreateTimer(_ => CheckLimits(), null, CheckInterval, Timeout.InfiniteTimeSpan);
        return 0;
    }

    public Task<TreeEnd> KillAll(TimeSpan grace) => CreateLadder().Run(grace);

    /// <summary>The program has ended: what is known beside how. Waits for the end of a tree that exceeded a limit.</summary>
    public ProcessEnd CompleteEnd(ProcessEnd end)
    {
        if (group?.RanOutOfMemory() == true) EndForLimit(ProcessLimits.Memory);
        Task<TreeEnd>? killing;
        lock (gate)
            killing = ending;
        var tree = killing?.GetAwaiter().GetResult();
        return end with { Limit = exceededLimit, Tree = tree, HeldBy = group is null ? "scan" : "cgroup", Usage = CollectUsage(end.Usage) };
    }

    public void Dispose()
    {
        checkTimer?.Dispose();
        group?.RemoveWhenEmpty();
    }

    private KillLadder CreateLadder() => new(new TreeRoot(root, marker, group, OwnsGroup: true, hangUp), clock);

    /// <summary>The widest of what is known: the group's counts are of all that ran in it.</summary>
    private ProcessUsage? CollectUsage(ProcessUsage? own)
    {
        var usage = own ?? new ProcessUsage();
        if (group?.ReadCpuTimes() is { } times)
            usage = usage with { UserMilliseconds = times.User, SystemMilliseconds = times.System, CpuFrom = "cgroup" };
        if (group?.ReadPeakMemory() is { } peak)
            usage = usage with { PeakMemoryBytes = peak, MemoryFrom = "cgroup" };
        else if (Interlocked.Read(ref sampledMemory) is var sampled && sampled > usage.PeakMemoryBytes)
            usage = usage with { PeakMemoryBytes = sampled, MemoryFrom = "sampled" };
        return usage.CpuFrom is null && usage.MemoryFrom is null ? null : usage;
    }

    private void CheckLimits()
    {
        var load = MeasureLoad();
        if (load.MemoryBytes > Interlocked.Read(ref sampledMemory))
            Interlocked.Exchange(ref sampledMemory, load.MemoryBytes);
        if (load.FindExceededLimit(limits!) is { } word)
            EndForLimit(word);
        else
            ScheduleNextCheck();
    }

    private void ScheduleNextCheck()
    {
        try
        {
            checkTimer?.Change(CheckInterval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // It has ended in this instant.
        }
    }

    private TreeLoad MeasureLoad()
    {
        var pids = (group?.GetPids()
            ?? ProcessTree.FindMembers(ProcessTable.Read(), root, Environment.ProcessId, _ => false).Select(entry => entry.Pid)).ToArray();
        // Who breeds grows while each of them is looked at.
        if (pids.Length > limits!.Processes) return new TreeLoad(pids.Length, 0, 0, 0);
        var load = pids.Select(TreeLoad.MeasureProcess).Aggregate(default(TreeLoad), (sum, one) => sum + one);
        return group?.ReadCpuTimes() is { } times ? load with { UserMilliseconds = times.User, SystemMilliseconds = times.System } : load;
    }

    private void EndForLimit(string word)
    {
        lock (gate)
        {
            if (exceededLimit is not null || root == 0) return;
            exceededLimit = word;
            // What eats the machine up gets no time to go on with it.
            var grace = word is ProcessLimits.Memory or ProcessLimits.Process ? TimeSpan.Zero : GentleGrace;
            var ladder = CreateLadder();
            if (grace == TimeSpan.Zero) ladder.KillAtOnce();
            ending = Task.Run(() => ladder.Run(grace));
        }
    }
}
