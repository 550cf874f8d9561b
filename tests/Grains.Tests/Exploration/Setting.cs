using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>
/// What is explored. The decisions are the product's own; a planted fault is another function in the place of one of them.
/// </summary>
internal sealed record Setting
{
    public const string Worker = "studio";
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Actor Client = new("client-1", null);
    private static readonly TaskOptions Defaults = new();
    /// <summary>The worker's LeaseClock: a fifteenth before the server's lease.</summary>
    private static double LeaseClockEnds => Defaults.Lease.TotalSeconds * 14 / 15;

    public TaskOptions Options { get; init; } = Defaults;
    public Func<TaskRecord?, TaskTrigger, DateTimeOffset, TaskOptions, TaskStep> Step { get; init; } = TaskMachine.ApplyTrigger;
    public Func<TaskRecord?, TaskTrigger, TaskStep, TimeSpan, TaskOptions, bool> NeedsRead { get; init; } = MemoryRules.NeedsRead;
    public Func<TaskRecord?, TaskTrigger, TaskStep, DateTimeOffset, TimeSpan?, TaskOptions, bool> MissedHeartbeats { get; init; } =
        MemoryRules.HasMissedHeartbeats;
    /// <summary>The store refuses a write whose version is not the next one.</summary>
    public bool StoreCompares { get; init; } = true;

    public int MaxAttempts { get; init; } = 1;
    /// <summary>How long the program may run, s.</summary>
    public int Timeout { get; init; } = 30;
    /// <summary>Calls that may be on their way at once without anybody waiting for them: late ones, and second copies. At most 2.</summary>
    public int MostLingering { get; init; } = 1;
    /// <summary>How often the daemon may be started.</summary>
    public int MostSessions { get; init; } = 2;
    /// <summary>How long two activations live beside each other, s.</summary>
    public int BothFor { get; init; } = 40;
    /// <summary>How late the daemon looks at its leases, s.</summary>
    public int LooksLate { get; init; } = 2;
    /// <summary>How long the daemon's own lease is, s.</summary>
    public int DaemonLease { get; init; } = (int)LeaseClockEnds;
    /// <summary>How much goes wrong on one way: answers lost, calls late or doubled, activations forgotten, daemons dead.</summary>
    public int MostFaults { get; init; } = 2;
    /// <summary>Moves that every way begins with.</summary>
    public IReadOnlyList<string> Opening { get; init; } = [];
    /// <summary>Most moves of one way after those.</summary>
    public int Depth { get; init; } = 10;

    public TaskSpec Spec => new()
    {
        Kind = "command", Payload = [], Requires = "kind:command", RequestDigest = null, MaxAttempts = MaxAttempts,
        Timeout = TimeSpan.FromSeconds(Timeout), KillGrace = TimeSpan.FromSeconds(KillGrace),
        StartWithin = TimeSpan.FromSeconds(StartWithin),
    };

    public const int KillGrace = 10;
    public const int StartWithin = 100;

    public static Holder HolderOf(byte epoch) => new() { Worker = Worker, Epoch = epoch, Offers = "kind:command" };

    public static DateTimeOffset At(int second) => T0.AddSeconds(second);
}
