using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Tests.Silo;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>A start of the compatible protocol whose answer was lost is found again by its ticket, and by nothing else.</summary>
[Collection(SiloCollection.Name)]
public sealed class TicketTests(TestSilo silo)
{
    private readonly string pool = Guid.NewGuid().ToString("N");
    private static readonly Holder Compat = TestSilo.Compatible();

    [Theory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    public async Task A_start_whose_write_failed_is_repeated_with_its_ticket_and_committed_once(Fault fault)
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var (id, ticket) = (task.GetPrimaryKey(), Guid.NewGuid());
        silo.Table.Fail(id, _ => fault);
        await Assert.ThrowsAnyAsync<Exception>(() => task.OfferAndStart(Compat, ticket));
        silo.Table.Heal(id);

        var again = await task.OfferAndStart(Compat, ticket);

        Assert.Equal((Rejection.None, 1, 1), (again.Rejection, again.Attempt, again.Spec!.Payload.Length));
        Assert.Equal((2L, ticket), (silo.Table.Row(id)!.Version, silo.Table.Row(id)!.StartTicket));
    }

    [Fact]
    public async Task Nobody_else_is_taken_for_the_one_who_started_it()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var ticket = Guid.NewGuid();
        await task.OfferAndStart(Compat, ticket);
        Assert.Equal(Rejection.NotAvailable, (await task.OfferAndStart(Compat, Guid.NewGuid())).Rejection);
        Assert.Equal(Rejection.NotFound, (await task.OfferAndStart(Compat with { Tenant = "other" }, ticket)).Rejection);
        Assert.Equal(Rejection.AttemptSuperseded, await task.Undelivered(Compat, Guid.NewGuid()));
        Assert.Equal((TaskState.Running, 1), ((await task.Get())!.State, (await task.Get())!.Attempt));
    }

    [Fact]
    public async Task A_start_that_was_taken_back_and_repeated_late_is_a_start_of_its_own()
    {
        var task = await silo.Submit(TestSilo.Spec(pool));
        var ticket = Guid.NewGuid();
        await task.OfferAndStart(Compat, ticket);
        Assert.Equal(Rejection.None, await task.Undelivered(Compat, ticket));
        Assert.Equal(Rejection.AttemptSuperseded, await task.Undelivered(Compat, ticket));
        Assert.Equal(2, (await task.OfferAndStart(Compat, ticket)).Attempt);
    }

    [Fact]
    public void A_cancel_that_came_before_the_start_was_taken_back_ends_the_task()
    {
        var running = Situations.After(Situations.States["running compatible"], new TaskTrigger.Cancel(Situations.Client), 2);
        var step = Situations.Step(running, new TaskTrigger.Undelivered(Situations.Compatible, Situations.Ticket), 3);
        Assert.Equal((TaskState.Cancelled, true, null), (step.Record!.State, step.Durable, step.Record.StartedAt));
    }
}
