using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Tests.Silo;
using static OpenClaw.Grains.Tests.Tasks.Situations;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>When output and end are recorded together, and that in every other case nothing is.</summary>
[Collection(SiloCollection.Name)]
public sealed class EndOutputTests(TestSilo silo)
{
    private static readonly EndOutput Hello = new([new EndChunk(OutputStream.Stdout, "hello"u8.ToArray(), T0, 1)]);
    private static readonly Holder Pc = TestSilo.Session("studio");

    private readonly string pool = Guid.NewGuid().ToString("N");

    public static TheoryData<string> AllStates() => [.. States.Keys];

    [Theory]
    [MemberData(nameof(AllStates))]
    public void Together_only_while_the_attempt_runs_on_this_worker_or_the_same_was_told_before(string state)
    {
        var record = States[state];
        foreach (var kind in Enum.GetValues<OutcomeKind>().Where(kind => kind != OutcomeKind.None))
        {
            var alone = Finish(kind, record);
            var step = Step(record, alone with { Output = Hello }, 3);
            if (record is null)
            {
                Assert.Equal((Rejection.NotFound, false), (step.Rejection, step.IsApart));
                continue;
            }
            var plain = record.State == TaskState.Running || record.Outcome?.IsSameEnd(alone.Outcome) == true;
            Assert.Equal(!plain, step.IsApart);
            if (plain)
            {
                var expected = Step(record, alone, 3);
                Assert.Equal((expected.Rejection, expected.Fate, expected.Durable), (step.Rejection, step.Fate, step.Durable));
                Assert.Same(expected.Durable ? Hello : record.Output, step.Record!.Output);
                Assert.Equal(expected.Record, step.Record with { Output = null });
            }
            else
            {
                Assert.Equal((record, false), (step.Record, step.Durable));
            }
        }
    }

    [Theory]
    [InlineData("running", 2, "studio", 3L)]
    [InlineData("running", 1, "attic", 3L)]
    [InlineData("running", 1, "studio", 2L)]
    [InlineData("running", 1, "studio", 0L)]
    [InlineData("running compatible", 1, "attic", 0L)]
    [InlineData("running compatible", 0, "attic", 0L)]
    [InlineData("running compatible", 1, "compat", 3L)]
    public void A_report_of_something_else_is_looked_at_first(string state, int attempt, string worker, long epoch)
    {
        var record = States[state]!;
        var holder = new Holder { Worker = worker, Epoch = epoch, Offers = "kind:command" };
        var outcome = new AttemptOutcome { Kind = OutcomeKind.Succeeded, Attempt = attempt };

        var step = Step(record, new TaskTrigger.Finish(holder, outcome, Client) { Output = Hello }, 3);

        Assert.Equal((true, false, record), (step.IsApart, step.Durable, step.Record));
    }

    [Fact]
    public void An_end_that_brings_nothing_does_not_say_that_nothing_was_printed()
    {
        var record = States["running"];
        var step = Step(record, Finish(OutcomeKind.Succeeded, record) with { Output = new EndOutput([]) }, 3);
        Assert.Equal((true, null), (step.Durable, step.Record!.Output));
    }

    [Fact]
    public void The_next_version_has_the_output_no_more()
    {
        var retried = Step(States["running may retry"], Finish(OutcomeKind.Failed, States["running may retry"]) with { Output = Hello }, 3);
        Assert.Same(Hello, retried.Record!.Output);
        var second = After(retried.Record, new TaskTrigger.Start(Situations.Studio, 2), 10);
        Assert.Null(second.Output);
    }

    [Fact]
    public async Task The_end_has_its_output_for_those_who_wait()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        await task.Start(Pc, 1);
        var waits = task.Wait(null, TimeSpan.FromSeconds(5), default);

        var reply = await task.FinishWithOutput(Pc, TestSilo.Outcome(OutcomeKind.Succeeded), Hello, TestSilo.Client);

        Assert.Equal((ResultFate.Recorded, TaskState.Succeeded, false, 1), (reply.Fate, reply.State, reply.IsApart, reply.Attempt));
        Assert.Equal("hello"u8.ToArray(), Assert.Single((await waits)!.Output!.Chunks).Data);
        Assert.Equal("hello"u8.ToArray(), Assert.Single(silo.Table.Output(task.GetPrimaryKey(), 1)!.Chunks).Data);
        var again = await task.FinishWithOutput(Pc, TestSilo.Outcome(OutcomeKind.Succeeded), Hello, TestSilo.Client);
        Assert.Equal((ResultFate.Duplicate, false), (again.Fate, again.IsApart));
    }

    [Fact]
    public async Task Output_that_is_there_already_keeps_the_end_from_being_recorded_with_more()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        await task.Start(Pc, 1);
        silo.Table.Print(task.GetPrimaryKey(), 1, Hello);

        Assert.True((await task.FinishWithOutput(Pc, TestSilo.Outcome(OutcomeKind.Succeeded), Hello, TestSilo.Client)).IsApart);

        Assert.Equal(TaskState.Running, (await task.Get())!.State);
        Assert.Equal(ResultFate.Recorded, (await task.Finish(Pc, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client)).Fate);
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_a_repeat()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        await task.Start(Pc, 1);
        silo.Table.Fail(task.GetPrimaryKey(), _ => Fault.AfterCommit);
        await Assert.ThrowsAsync<IOException>(
            () => task.FinishWithOutput(Pc, TestSilo.Outcome(OutcomeKind.Succeeded), Hello, TestSilo.Client));
        silo.Table.Heal(task.GetPrimaryKey());

        var reply = await task.FinishWithOutput(Pc, TestSilo.Outcome(OutcomeKind.Succeeded), Hello, TestSilo.Client);

        Assert.Equal((ResultFate.Duplicate, TaskState.Succeeded), (reply.Fate, reply.State));
    }
}
