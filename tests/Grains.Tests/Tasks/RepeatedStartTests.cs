using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>A start whose answer was lost is asked for again, and only that yes lets the program begin.</summary>
public sealed class RepeatedStartTests
{
    private static readonly TaskOptions Options = Situations.Options;
    private static readonly TaskTrigger Again = new TaskTrigger.Start(Situations.Studio, 1);

    [Theory, InlineData(1), InlineData(2)]
    public void Its_worker_is_not_given_up_by_the_lease_of_the_yes_it_never_saw(int maxAttempts)
    {
        var yes = Situations.Step(Situations.Running(Situations.Spec with { MaxAttempts = maxAttempts }), Again, 45);
        Assert.Equal((Rejection.None, true), (yes.Rejection, yes.Repeated));
        // It has until 55 to begin, and its own lease runs until 90.
        foreach (var second in new[] { 46, 57, 89 })
        {
            var ticked = Situations.Step(yes.Record, TaskTrigger.Tick.Instance, second).Record!;
            Assert.Equal((TaskState.Running, 1), (ticked.State, ticked.Attempt));
        }
    }

    [Fact]
    public void Its_program_has_the_whole_of_its_time()
    {
        var yes = Situations.Step(Situations.Running(Situations.Spec), Again, 25).Record;
        // Begun with the yes, it may run until 55; begun as late as it may, until 65.
        var heard = Situations.Step(yes, new TaskTrigger.Heartbeat(Situations.Studio, 1), 64);
        Assert.Equal(Directive.Continue, heard.Directive);
        Assert.Equal(Directive.Cancel, Situations.Step(heard.Record, new TaskTrigger.Heartbeat(Situations.Studio, 1), 71).Directive);
    }

    [Fact]
    public void A_program_that_began_as_late_as_a_yes_lasts_is_not_ended_early()
    {
        var began = 1 + Options.StartLasts.TotalSeconds;
        var heard = Situations.Step(Situations.Running(Situations.Spec), new TaskTrigger.Heartbeat(Situations.Studio, 1), began + 29);
        Assert.Equal(Directive.Continue, heard.Directive);
        var ticked = Situations.Step(heard.Record, TaskTrigger.Tick.Instance, began + 30 + 10);
        Assert.Equal(TaskState.Running, ticked.Record!.State);
    }

    [Fact]
    public void It_is_one_start_of_one_attempt_and_no_failure()
    {
        var running = Situations.Running(Situations.Spec);
        var yes = Situations.Step(running, Again, 25);
        Assert.True(yes.Durable);
        Assert.Equal((1, 0, Situations.T0.AddSeconds(25)), (yes.Record!.Attempt, yes.Record.FailedAttempts, yes.Record.StartedAt!.Value));
        // A second copy of the call, a moment after the first, is no reason to write.
        Assert.False(Situations.Step(running, Again, 3).Durable);
    }
}
