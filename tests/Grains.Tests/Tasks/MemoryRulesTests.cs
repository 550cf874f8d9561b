using CsCheck;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>What is answered from memory stays true whatever another activation committed since.</summary>
public sealed class MemoryRulesTests
{
    [Fact]
    public void A_refusal_from_memory_is_one_that_no_later_commit_takes_back()
    {
        var judged = 0;
        TaskMachineWalkTests.Lives.Sample(
            life =>
            {
                var (seen, commits) = Commits(life.Spec, life.Life);
                foreach (var (old, i) in seen.Select((record, i) => (record, i)))
                {
                    foreach (var (trigger, _) in life.Life)
                    {
                        var step = Step(old, trigger, commits[^1]);
                        if (step.Durable || !Refuses(step)) continue;
                        if (MemoryRules.NeedsRead(old, trigger, step, TimeSpan.Zero, Situations.Options)) continue;
                        foreach (var later in seen.Skip(i + 1))
                        {
                            Assert.True(Refuses(Step(later, trigger, commits[^1])), $"{trigger} in {old?.State}, then {later?.State}");
                            Interlocked.Increment(ref judged);
                        }
                    }
                }
            },
            iter: 1500);
        Assert.True(judged > 0, "Nothing was refused from memory before a commit.");
    }

    [Fact]
    public void No_run_is_ended_by_a_clock_that_is_remembered()
    {
        var record = Situations.States["running"];
        var step = Take(record, "heartbeat after timeout", out var asked);
        Assert.Equal(Directive.Cancel, step.Directive);
        Assert.True(MemoryRules.NeedsRead(record, asked, step, TimeSpan.Zero, Situations.Options));
    }

    [Fact]
    public void A_permission_to_run_is_never_given_from_memory()
    {
        var given = 0;
        foreach (var (name, record) in Situations.States)
        {
            foreach (var trigger in new[] { "start", "offer-and-start", "offer-and-start again" })
            {
                var step = Take(record, trigger, out var asked);
                if (step.Rejection != Rejection.None) continue;
                var proved = step.Durable || MemoryRules.NeedsRead(record, asked, step, TimeSpan.Zero, Situations.Options);
                Assert.True(proved, $"{trigger} in {name}");
                given++;
            }
        }
        Assert.True(given > 0, "Nobody was permitted anything.");
    }

    [Theory]
    [InlineData("running", "heartbeat")]
    [InlineData("running cancel asked", "heartbeat")]
    [InlineData("lost", "heartbeat")]
    [InlineData("queued between attempts", "heartbeat")]
    [InlineData("succeeded", "finish failed")]
    [InlineData("cancelled", "start")]
    [InlineData("queued", "submit another")]
    [InlineData("running", "tick")]
    public void What_is_asked_all_day_and_what_is_settled_cost_no_read(string state, string trigger)
    {
        var step = Take(Situations.States[state], trigger, out var asked);
        Assert.False(MemoryRules.NeedsRead(Situations.States[state], asked, step, TimeSpan.FromSeconds(9), Situations.Options));
    }

    [Fact]
    public void A_tick_with_nothing_to_do_looks_at_the_store_now_and_then()
    {
        var step = Take(Situations.States["running"], "tick", out var tick);
        Assert.True(MemoryRules.NeedsRead(Situations.States["running"], tick, step, Situations.Options.StaleAfter, Situations.Options));
    }

    /// <summary>A look is needed that falls 10 s after the change at the earliest; before, none is for long.</summary>
    [Theory]
    [InlineData("running", 9, null, false)]
    [InlineData("running", 10, null, true)]
    [InlineData("running", 1, 11, false)]
    [InlineData("running", 1, 10, true)]
    [InlineData("running", 0, 10, false)]
    [InlineData("running", 0, 9, true)]
    [InlineData("queued", 5, 14, true)]
    [InlineData("queued", 4, 14, false)]
    [InlineData("succeeded", 60, 1, false)]
    public void A_reader_is_shown_what_is_known_since_the_cluster_has_settled(string state, int age, int? sinceChange, bool needed) =>
        Assert.Equal(needed, MemoryRules.ReaderNeedsRead(
            Situations.States[state], TimeSpan.FromSeconds(age), sinceChange is { } s ? TimeSpan.FromSeconds(s) : null,
            Situations.Options));

    private static TaskStep Take(TaskRecord? record, string trigger, out TaskTrigger asked)
    {
        var (make, at) = Situations.Triggers[trigger];
        return Situations.Step(record, asked = make(record), at);
    }

    /// <summary>Every committed record of a life, from "not there" on, with its moments.</summary>
    private static (List<TaskRecord?> Seen, List<DateTimeOffset> At) Commits(TaskSpec spec, (TaskTrigger Trigger, double Pause)[] life)
    {
        List<TaskRecord?> seen = [null];
        List<DateTimeOffset> at = [Situations.T0];
        TaskMachineWalkTests.Live(spec, life, (_, step, _, now) =>
        {
            if (!step.Durable) return;
            seen.Add(step.Record);
            at.Add(now);
        });
        return (seen, at);
    }

    private static TaskStep Step(TaskRecord? record, TaskTrigger trigger, DateTimeOffset now) =>
        TaskMachine.ApplyTrigger(record, trigger, now, Situations.Options);

    private static bool Refuses(TaskStep step) => step.Rejection != Rejection.None || step.Directive == Directive.Superseded;
}
