using OpenClaw.GrainInterfaces.Sessions;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;

namespace OpenClaw.Grains.Tests.Sessions;

/// <summary>Turns of one conversation go to the PC of the first, whenever they came.</summary>
[Collection(SiloCollection.Name)]
public sealed class PinnedTurnTests(TestSilo silo)
{
    private static readonly Holder Studio = TestSilo.Session("studio");
    private static readonly Holder Attic = TestSilo.Session("attic");
    private readonly string pool = Guid.NewGuid().ToString("N");
    private readonly string session = Guid.NewGuid().ToString();

    [Fact]
    public async Task Where_a_turn_starts_the_conversation_lives()
    {
        var first = await silo.Submit(Turn());
        await first.Offer(Studio);
        Assert.Null(await Conversation.Worker());

        Assert.Equal(Rejection.None, (await first.Start(Studio, 1)).Rejection);
        Assert.Equal("studio", await Conversation.Worker());
    }

    [Fact]
    public async Task A_turn_of_the_compatible_protocol_leaves_its_place_behind_too()
    {
        var first = await silo.Submit(Turn());
        await first.OfferAndStart(TestSilo.Compatible(), Guid.NewGuid());

        Assert.Equal("compat", await Conversation.Worker());
    }

    [Fact]
    public async Task A_turn_submitted_before_the_first_started_is_pinned_when_another_PC_asks_for_it()
    {
        var (first, second) = (await silo.Submit(Turn()), await silo.Submit(Turn()));
        await Run(first, Studio);

        Assert.Equal(Rejection.NotAvailable, (await second.Offer(Attic)).Rejection);
        var row = silo.Table.Row(second.GetPrimaryKey())!;
        Assert.Equal((TaskState.Queued, "kind:command,worker:studio", 2L), (row.State, row.Spec.Requires, row.Version));
        Assert.Equal(Rejection.LabelsMissing, (await second.Offer(Attic)).Rejection);
        await Run(second, Studio);
    }

    [Fact]
    public async Task A_compatible_worker_does_not_get_a_turn_of_another_PCs_conversation()
    {
        await Conversation.Ran("studio");
        var turn = await silo.Submit(Turn());

        Assert.Equal(Rejection.NotAvailable, (await turn.OfferAndStart(TestSilo.Compatible(), Guid.NewGuid())).Rejection);
        Assert.Equal(TaskState.Queued, (await turn.Get())!.State);
    }

    [Fact]
    public async Task The_queue_takes_a_pinned_turn_to_its_PC_and_keeps_the_order()
    {
        var (first, second, third) = (await silo.Submit(Turn()), await silo.Submit(Turn()), await silo.Submit(Turn()));
        Assert.Equal(first.GetPrimaryKey(), await Next(Studio));
        await Run(first, Studio);

        Assert.Equal(second.GetPrimaryKey(), await Next(Attic));
        Assert.Equal(Rejection.NotAvailable, (await second.Offer(Attic)).Rejection);
        Assert.Equal(second.GetPrimaryKey(), await Next(Studio));
        await Run(second, Studio);
        Assert.Equal(third.GetPrimaryKey(), await Next(Studio));
    }

    [Fact]
    public async Task A_turn_that_names_its_PC_is_asked_nothing()
    {
        await Conversation.Ran("studio");
        var turn = await silo.Submit(Turn() with { Requires = "kind:command,worker:attic" });

        Assert.Equal(Rejection.None, (await turn.Offer(Attic)).Rejection);
    }

    private IAgentSessionGrain Conversation => silo.Grains.GetGrain<IAgentSessionGrain>($"session:default/{session}");

    private TaskSpec Turn() => TestSilo.Spec(pool) with { Session = session, ConcurrencyKey = "session:" + session };

    private static async Task Run(ITaskGrain turn, Holder holder)
    {
        await turn.Offer(holder);
        Assert.Equal(Rejection.None, (await turn.Start(holder, 1)).Rejection);
        await turn.Finish(holder, TestSilo.Outcome(OutcomeKind.Succeeded), TestSilo.Client);
    }

    /// <summary>What is handed to a worker once the queue has been told of what went before.</summary>
    private async Task<Guid> Next(Holder holder)
    {
        Guid[] tasks = [];
        await TestSilo.Until(
            async () => (tasks = (await silo.Queue(pool).Poll(TestSilo.Poll(holder), default)).Tasks).Length > 0, "a turn is handed out");
        return Assert.Single(tasks);
    }
}
