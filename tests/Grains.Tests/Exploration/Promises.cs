using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>A promise that does not hold, with the number of the invariant.</summary>
internal sealed class BrokenPromise(string what) : Exception(what);

/// <summary>
/// The invariants of semantics.md section 6, each against what the model itself knows of the world and not against what the product's
/// record says of it.
/// </summary>
internal sealed class Promises(Setting setting, StepMemory steps, Interned<Daemon> daemons)
{
    private readonly int lease = (int)setting.Options.Lease.TotalSeconds;
    /// <summary>How long the daemon goes by a yes, s.</summary>
    public const int StartLasts = 10;

    private readonly int lostAfter = (int)setting.Options.LostAfter.TotalSeconds;

    /// <summary>
    /// Before a program is started: a committed start of this attempt, which runs by the row; no other program; never twice.
    /// </summary>
    public void CheckSpawn(World world, Daemon daemon, int attempt)
    {
        if (daemon[attempt].EverSpawned) Broken($"I5: attempt {attempt} is started twice");
        if (daemon[3 - attempt].HasProcess) Broken($"I7: attempt {attempt} is started while attempt {3 - attempt} runs");
        var spawns = 1 + (daemon[3 - attempt].EverSpawned ? 1 : 0);
        if (spawns > setting.MaxAttempts) Broken($"I5: {spawns} spawns");
        if (world.Client.HasFlag(ClientKnows.CancelledBeforeStart)) Broken("I8: it is started after its cancel was answered");
        var row = steps.Record(world.Row);
        if (row is not { State: TaskState.Running } || row.Attempt != attempt)
            Broken($"I6: attempt {attempt} is started, the row is {row?.State} {row?.Attempt}");
    }

    /// <summary>Of an answer that changes no row.</summary>
    public void CheckStep(World world, Activation mind, TaskTrigger trigger, Taken step)
    {
        var (row, record) = (steps.Record(world.Row), steps.Record(mind.Record));
        if (step is { Rejection: Rejection.None, Durable: false } && trigger is TaskTrigger.Start start
            && (row is not { State: TaskState.Running } || row.Attempt != start.Attempt))
            Broken($"I6: a start of attempt {start.Attempt} is allowed from memory, the row is {row?.State} {row?.Attempt}");
        if (Attempt(trigger) is { } attempt && row is not null && record is not null)
        {
            if (attempt < row.Attempt && step is { Durable: true, Rejection: Rejection.None } && record.Version == row.Version)
                Broken($"I13: {trigger.Name} of attempt {attempt} changes attempt {row.Attempt}");
            if (attempt < row.Attempt && step.Rejection == Rejection.AttemptSuperseded && !step.HasNote)
                Broken($"I13: {trigger.Name} of attempt {attempt} is refused and not on record");
        }
        if (trigger is TaskTrigger.Finish finish && step.Rejection != Rejection.None && row is not null
            && row.Attempt <= finish.Outcome.Attempt)
        {
            Broken($"I9: the result of attempt {finish.Outcome.Attempt} is refused, {step.Rejection}, "
                + $"the row is {row.State} {row.Attempt}");
        }
        if (trigger is TaskTrigger.Heartbeat beat) CheckDirective(world, record, beat, step);
    }

    /// <summary>Of every version that is written.</summary>
    public void CheckCommit(World world, Activation mind, TaskTrigger trigger, int nextRow)
    {
        var (before, after) = (steps.Record(world.Row), steps.Record(nextRow)!);
        if (after.Version != (before?.Version ?? 0) + 1) Broken($"I4: version {before?.Version}, then {after.Version}");
        if (after.State == TaskState.Offered) Broken("an offer is stored");
        if (before is null) return;
        if (after.Attempt < before.Attempt) Broken("I4: the attempt falls");
        if (before.State.IsEnd()) CheckEnd(before, after);
        if (before.LateResult is not null && before.LateResult != after.LateResult) Broken("I3: the late result changes");
        if (!before.State.IsEnd() && after.State.IsEnd()) CheckTime(world, mind, before, after, trigger);
        else if (before.State == TaskState.Running && after.State == TaskState.Queued) CheckTime(world, mind, before, after, trigger);
    }

    public void CheckWorld(World world)
    {
        var row = steps.Record(world.Row);
        if (world.Client.HasFlag(ClientKnows.Accepted) && row is null) Broken("I1: accepted, and not in the database");
        if (row is null) return;
        for (var on = 0; on < 2; on++)
        {
            if (world[on].Record >= 0 && steps.Records[world[on].Record] is var known && known.State.IsEnd() && known.State != row.State)
                Broken($"I3: one activation shows {known.State}, the row is {row.State}");
        }
        var daemon = daemons[world.Daemon];
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var slot = daemon[attempt];
            if (slot.EverSpawned && row.State is TaskState.Expired or TaskState.Rejected) Broken($"I8: {row.State}, and it ran");
            if (slot.EverSpawned && row is { State: TaskState.Cancelled, StartedAt: null })
                Broken("I8: cancelled before its start, and it ran");
            if (slot.Acknowledged && row.Attempt == attempt && row.Outcome?.Kind != slot.Kind && row.LateResult?.Kind != slot.Kind)
                Broken($"I9: the result {slot.Kind} of attempt {attempt} was acknowledged and is not there");
        }
    }

    private void CheckEnd(TaskRecord before, TaskRecord after)
    {
        if ((before.State, before.Outcome, before.EndedAt, before.Reason, before.Attempt)
            != (after.State, after.Outcome, after.EndedAt, after.Reason, after.Attempt))
            Broken($"I3: {before.State} becomes {after.State}");
    }

    /// <summary>
    /// No end, and no other attempt, by a clock before its time. LastSign is what this activation knows, or assumed when it
    /// read the row.
    /// </summary>
    private void CheckTime(World world, Activation mind, TaskRecord before, TaskRecord after, TaskTrigger trigger)
    {
        if (trigger is TaskTrigger.HolderRestarted && daemons[world.Daemon].Epoch <= before.Epoch)
            Broken("I11: given up by a restart that never was");
        if (after.State == TaskState.Expired && world.Now < Setting.StartWithin) Broken($"I11: expired after {world.Now} s");
        if (trigger is not TaskTrigger.Tick || before.State != TaskState.Running) return;
        // By the program's own begin where there is one: the start may have been committed well before.
        var slot = daemons[world.Daemon][before.Attempt];
        var began = slot.EverSpawned ? slot.Spawned : (before.StartedAt!.Value - Setting.T0).TotalSeconds;
        var deadline = began + setting.Timeout + Setting.KillGrace;
        if (after.Reason == "timeout" && world.Now < deadline) Broken($"I11: overruled {deadline - world.Now} s before its deadline");
        if (after.Reason is not ("worker-unreachable" or "cancelled-unreachable")) return;
        var isSoon = before.CancelRequested || setting.MaxAttempts > before.FailedAttempts + 1;
        var earliest = mind.LastSign + lease + (isSoon ? Setting.KillGrace : lostAfter);
        if (world.Now < earliest || (!isSoon && world.Now < deadline - StartLasts))
            Broken($"I11: lost at {world.Now}, heard of at {mind.LastSign}");
    }

    /// <summary>What runs by the row is not ended by a word; what was cancelled is, by an activation that knows it.</summary>
    private void CheckDirective(World world, TaskRecord? record, TaskTrigger.Heartbeat beat, Taken step)
    {
        var row = steps.Record(world.Row);
        if (row is not { State: TaskState.Running } || row.Attempt != beat.Attempt) return;
        if (step.Directive == Directive.Superseded)
            Broken($"the heartbeat of attempt {beat.Attempt}, which runs, is answered 'superseded'");
        var slot = daemons[world.Daemon][beat.Attempt];
        if (step.Directive == Directive.Cancel && !row.CancelRequested && slot.EverSpawned && world.Now < slot.Spawned + setting.Timeout)
            Broken($"I11: told to end {world.Now - slot.Spawned} s after it began, without a cancel");
        if (record?.Version == row.Version && row.CancelRequested && step.Directive != Directive.Cancel)
            Broken($"I17: the heartbeat of a cancelled attempt is answered {step.Directive}");
    }

    private static int? Attempt(TaskTrigger trigger) => trigger switch
    {
        TaskTrigger.Start t => t.Attempt,
        TaskTrigger.Heartbeat t => t.Attempt,
        TaskTrigger.Finish t => t.Outcome.Attempt,
        _ => null,
    };

    private static void Broken(string what) => throw new BrokenPromise(what);
}
