using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Tests.Silo;
using Orleans.Storage;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>
/// A task whose grain remembers one version while another activation has committed a later one: two clusters on a database, a silo that
/// hung. Every record a task can be in, every record that can follow, every trigger: nobody is turned away, and nothing started, by
/// what the grain remembers.
/// </summary>
public sealed class TwoActivationsTests : IAsyncLifetime
{
    private readonly TestSilo silo = new();

    public Task InitializeAsync()
    {
        Assert.Equal(Situations.T0, silo.Clock.GetUtcNow());
        silo.Clock.Advance(TimeSpan.FromSeconds(3));
        return silo.InitializeAsync();
    }

    public Task DisposeAsync() => silo.DisposeAsync();

    public static TheoryData<string> States => [.. Situations.States.Keys];

    [Theory, MemberData(nameof(States))]
    public async Task The_answer_is_the_one_of_a_grain_that_remembers_nothing(string state)
    {
        var old = Situations.States[state];
        var cases = 0;
        foreach (var (how, later) in Later(old))
        {
            foreach (var (name, (make, at)) in Situations.Triggers)
            {
                if (at != 3 || make(old) is TaskTrigger.Recovered or TaskTrigger.Tick) continue;
                // Asked by who knows the later record, as a worker does whose start the other activation committed.
                var trigger = make(later);
                var stale = await Answer(old, later, trigger);
                var fresh = await Answer(null, later, trigger);
                cases++;
                if (stale.Refused || !IsHint(trigger))
                    Assert.True(fresh.Refused == stale.Refused, $"{name} after {how}: {stale.What}, and not {fresh.What}");
                Assert.True(fresh.Then == stale.Then, $"{name} after {how}: it is {stale.Then} then, and not {fresh.Then}");
            }
        }
        Assert.True(cases > 0 || old?.State.IsEnd() == true, "nothing was asked");
    }

    /// <summary>The silo of the other activation stops: it committed the end, and this one was made before that.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(9, true)]
    [InlineData(null, false)]
    public async Task A_reader_is_shown_what_the_store_has_while_another_silo_goes(int? secondsSince, bool isShown)
    {
        var id = Guid.NewGuid();
        silo.Table.Put(Row(Situations.States["running"]!, id));
        if (secondsSince is not null) silo.AnotherSiloGoes();
        Assert.Equal(TaskState.Running, (await silo.Task(id).Get())!.State);
        silo.Clock.Advance(TimeSpan.FromSeconds(secondsSince ?? 4));
        silo.Table.Put(Row(Situations.States["succeeded"]!, id) with { Version = 99 });
        Assert.Equal(isShown ? TaskState.Succeeded : TaskState.Running, (await silo.Task(id).Get())!.State);
    }

    /// <summary>The records one and two commits later, distinguished by what matters here.</summary>
    private static IEnumerable<(string How, TaskRecord Later)> Later(TaskRecord? old) =>
        Next(old).SelectMany(one => Next(one.Record).Select(two => ($"{one.How}, {two.How}", two.Record)).Prepend((one.How, one.Record)))
            .DistinctBy(later => (later.Item2.State, later.Item2.Attempt, later.Item2.CancelRequested, later.Item2.FailedAttempts,
                later.Item2.Approval?.Approved, later.Item2.Worker, later.Item2.Epoch, later.Item2.LateResult is null))
            .Select(later => (later.Item1, later.Item2));

    private static IEnumerable<(string How, TaskRecord Record)> Next(TaskRecord? record)
    {
        foreach (var (name, (make, at)) in Situations.Triggers)
        {
            var step = Situations.Step(record, make(record), at);
            if (step.Durable) yield return (name, step.Record!);
        }
    }

    /// <summary>
    /// What a yes of does no harm: the start is asked for before anything runs, and the next heartbeat or question comes soon.
    /// </summary>
    private static bool IsHint(TaskTrigger trigger) => trigger is TaskTrigger.Offer or TaskTrigger.Heartbeat or TaskTrigger.AskApproval;

    private async Task<(bool Refused, string What, TaskState Then)> Answer(TaskRecord? remembered, TaskRecord stored, TaskTrigger trigger)
    {
        var id = Guid.NewGuid();
        var grain = silo.Task(id);
        if (remembered is not null)
        {
            silo.Table.Put(Row(remembered, id));
            Assert.Equal(Row(remembered, id).Version, (await grain.Get())!.Version);
            if (remembered.State == TaskState.Offered) await grain.Offer(remembered.OfferedTo!);
        }
        silo.Table.Put(Row(stored, id));
        var (refused, what) = await Repeated(() => Ask(grain, trigger));
        return (refused, what, silo.Table.Row(id)!.State);
    }

    /// <summary>As a gateway does: a write that met another one is a call to be made again.</summary>
    private static async Task<(bool Refused, string What)> Repeated(Func<Task<(bool, string)>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (InconsistentStateException) when (tries < 3)
            {
                // The activation that met it is gone.
            }
        }
    }

    private static TaskRecord Row(TaskRecord record, Guid id) => record with
    {
        Id = id,
        State = record.State == TaskState.Offered ? TaskState.Queued : record.State,
        OfferedTo = null,
        OfferExpires = null,
        LeaseUntil = null,
        HeardSince = null,
    };

    private static async Task<(bool Refused, string What)> Ask(ITaskGrain grain, TaskTrigger trigger) => trigger switch
    {
        TaskTrigger.Submit t => Said((await grain.Submit(t.Spec, t.Actor)).Rejection),
        TaskTrigger.Offer t => Said((await grain.Offer(t.Holder)).Rejection),
        TaskTrigger.OfferReturned t => await Done(grain.ReturnOffer(t.Holder)),
        TaskTrigger.Pin => (false, ""),
        TaskTrigger.Start t => Said((await grain.Start(t.Holder, t.Attempt)).Rejection),
        TaskTrigger.AskApproval t => Said((await grain.AskApproval(t.Holder, t.Attempt, t.Ask)).Rejection),
        TaskTrigger.Decide { AtThePc: true } => (false, ""),
        TaskTrigger.Decide t => Said((await grain.DecideSigned(t.Decision, t.Digest, t.Signed, t.Actor)).Rejection),
        TaskTrigger.OfferAndStart t => Said((await grain.OfferAndStart(t.Holder, t.Ticket)).Rejection),
        TaskTrigger.Undelivered t => Said(await grain.Undelivered(t.Holder, t.Ticket)),
        TaskTrigger.Heartbeat t => await grain.Heartbeat(t.Holder, t.Attempt) is var word && word == Directive.Superseded
            ? (true, $"{word}") : (false, ""),
        TaskTrigger.Finish t => await grain.Finish(t.Holder, t.Outcome, t.Actor) is var reply && reply.Rejection == Rejection.None
            ? (false, $"{reply.Fate}") : (true, $"{reply.Rejection}"),
        TaskTrigger.Cancel t => Said((await grain.Cancel(t.Actor)).Rejection),
        TaskTrigger.HolderRestarted t => await Done(grain.HolderRestarted(t.Worker, t.Epoch)),
        _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger.Name, "not asked here"),
    };

    private static (bool Refused, string What) Said(Rejection rejection) => (rejection != Rejection.None, $"{rejection}");

    private static async Task<(bool Refused, string What)> Done(Task sent)
    {
        await sent;
        return (false, "");
    }
}
