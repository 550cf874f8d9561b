using System.Globalization;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using Xunit.Abstractions;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>
/// Every way that a task can go within so many moves: two activations over one row, a daemon, a client, calls that are lost, late and
/// doubled, deaths, and time. <c>OPENCLAW_DEEPER=1</c> goes one move deeper: CONTRIBUTING.md.
/// </summary>
public sealed class ExplorationTests(ITestOutputHelper output)
{
    private static readonly string[] Begun = ["submit", "offer", "spawn"];
    private static readonly int Deeper =
        int.Parse(Environment.GetEnvironmentVariable("OPENCLAW_DEEPER") ?? "0", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1, 99, 8)]
    [InlineData(1, 2, 9)]
    [InlineData(2, 2, 9)]
    [InlineData(2, 0, 12)]
    public void Every_promise_holds_on_every_way_from_the_submit(int maxAttempts, int faults, int depth) =>
        Holds(new Setting { MaxAttempts = maxAttempts, MostFaults = faults, Depth = depth, MostLingering = 2 });

    /// <summary>Longer than a lease, so that leases decide.</summary>
    [Theory]
    [InlineData(1, 1, 9)]
    [InlineData(2, 1, 9)]
    [InlineData(2, 0, 12)]
    public void Every_promise_holds_on_every_way_of_a_program_that_runs_for_minutes(int maxAttempts, int faults, int depth) =>
        Holds(new Setting { MaxAttempts = maxAttempts, MostFaults = faults, Depth = depth, Timeout = 200, Opening = Begun });

    [Fact]
    public void A_permission_from_memory_is_found() =>
        Finds("I6", new Setting
        {
            NeedsRead = (record, trigger, step, age, options) =>
                trigger is not TaskTrigger.Start && MemoryRules.NeedsRead(record, trigger, step, age, options),
            MaxAttempts = 2,
            Depth = 10,
            MostFaults = 2,
            MostSessions = 3,
        });

    [Fact]
    public void A_store_that_compares_nothing_is_found() => Finds("I4", new Setting { StoreCompares = false, Depth = 6 });

    [Fact]
    public void An_end_that_a_late_result_changes_is_found() => Finds("I3", new Setting
    {
        Opening = Begun,
        Depth = 9,
        MostFaults = 1,
        Step = (record, trigger, now, options) => TaskMachine.ApplyTrigger(
            record is { State: TaskState.Lost, LateResult: null } && trigger is TaskTrigger.Finish
                ? record with { State = TaskState.Running }
                : record,
            trigger, now, options),
    });

    [Fact]
    public void A_start_that_is_allowed_twice_is_found() => Finds("I4", new Setting
    {
        Depth = 8,
        Step = (record, trigger, now, options) =>
            trigger is TaskTrigger.Start { Attempt: var asked } start && record is { State: TaskState.Running }
            ? TaskMachine.ApplyTrigger(record with { State = TaskState.Queued, Attempt = asked - 1, NotBefore = null }, start, now, options)
            : TaskMachine.ApplyTrigger(record, trigger, now, options),
        MaxAttempts = 2,
        MostFaults = 1,
    });

    [Fact]
    public void A_cancelled_task_that_starts_is_found() => Finds("I3", new Setting
    {
        Depth = 6,
        Step = (record, trigger, now, options) => trigger is TaskTrigger.Start && record is { State: TaskState.Cancelled }
            ? TaskMachine.ApplyTrigger(record with { State = TaskState.Queued, EndedAt = null }, trigger, now, options)
            : TaskMachine.ApplyTrigger(record, trigger, now, options),
    });

    /// <summary>What was so before it was explored: two attempts ran beside each other.</summary>
    [Fact]
    public void A_daemon_that_looks_at_its_leases_too_late_is_found() => Finds("I7", new Setting
    {
        DaemonLease = 45, MaxAttempts = 2, Depth = 8, MostFaults = 1, Timeout = 200, Opening = Begun,
    });

    /// <summary>The same: a silo that hung gave up what another one heard of.</summary>
    [Fact]
    public void An_attempt_given_up_by_what_a_silo_heard_before_it_hung_is_found() => Finds("I7", new Setting
    {
        MissedHeartbeats = (_, _, _, _, _, _) => false, MaxAttempts = 2, Depth = 9, MostFaults = 1, Timeout = 200, Opening = Begun,
    });

    /// <summary>The same: the lease of a yes that was lost.</summary>
    [Fact]
    public void A_repeated_start_that_renews_nothing_is_found() => Finds("I11", new Setting
    {
        MaxAttempts = 2,
        Depth = 9,
        MostFaults = 1,
        Step = (record, trigger, now, options) =>
            TaskMachine.ApplyTrigger(record, trigger, now, options) is { Repeated: true } step && trigger is TaskTrigger.Start
            ? step with { Record = record, Durable = false }
            : TaskMachine.ApplyTrigger(record, trigger, now, options),
    });

    private void Holds(Setting setting)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var found = Explorer.Explore(setting with { Depth = setting.Depth + Deeper });
        output.WriteLine($"{found}; {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:0.0} s");
        Assert.True(found.Broken is null, found.Broken);
    }

    private void Finds(string invariant, Setting setting)
    {
        var found = Explorer.Explore(setting);
        output.WriteLine($"{found}\n{found.Broken}");
        Assert.StartsWith(invariant, found.Broken, StringComparison.Ordinal);
    }
}
