using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Sessions;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Security;
using OpenClaw.Grains.Sessions;
using OpenClaw.Grains.Tests.Silo;
using OpenClaw.Grains.Workers;

namespace OpenClaw.Grains.Tests.Workers;

/// <summary>
/// Workers, conversations and tokens whose record another activation has written (two clusters on a database, a silo that hung): nobody
/// is turned away by what a grain remembers.
/// </summary>
[Collection(SiloCollection.Name)]
public sealed class OtherActivationTests(TestSilo silo)
{
    private readonly string name = "w" + Guid.NewGuid().ToString("N")[..10];

    private IWorkerGrain Worker => silo.Worker(name);

    [Fact]
    public async Task A_session_that_was_opened_elsewhere_is_live()
    {
        await Open("home-1");
        var session = await OpenElsewhere(epoch: 2, "home-1");
        Assert.Equal(2, (await Worker.Touch(session, null))!.Epoch);

        session = await OpenElsewhere(epoch: 3, "home-1");
        Assert.True(await Worker.Announce(session, "{}"));

        session = await OpenElsewhere(epoch: 4, "home-1");
        await Worker.CloseSession(session);
        Assert.False((await Worker.Get())!.Online);
    }

    [Fact]
    public async Task A_session_of_a_worker_that_only_the_other_activation_knows_is_live()
    {
        Assert.Null(await Worker.Get());
        var session = await OpenElsewhere(epoch: 1, "home-1");
        Assert.Equal(1, (await Worker.Touch(session, null))!.Epoch);
        Assert.NotNull(await Worker.Get());
    }

    [Fact]
    public async Task A_session_of_old_is_turned_away_without_a_read()
    {
        var first = await Open("home-1");
        await Open("home-1");
        // A read would find it: epochs only grow, so it can't be, and a daemon that asks for ever costs nothing.
        await Change(worker => worker with { Session = first });
        Assert.Null(await Worker.Touch(first, null));
    }

    [Fact]
    public async Task A_name_that_was_given_up_elsewhere_is_free()
    {
        await Open("home-1");
        await Change(worker => worker with { Session = null, Instance = null, Closed = true });
        Assert.NotNull((await Worker.OpenSession(Request("home-2"), TestSilo.Client)).Session);
    }

    [Fact]
    public async Task A_worker_can_be_drained_that_came_elsewhere()
    {
        Assert.False(await Worker.SetDraining(true, TestSilo.Client));
        await OpenElsewhere(epoch: 1, "home-1");
        Assert.True(await Worker.SetDraining(true, TestSilo.Client));
    }

    [Fact]
    public async Task A_conversation_that_moved_elsewhere_is_found_where_it_is()
    {
        var conversation = silo.Grains.GetGrain<IAgentSessionGrain>($"session:default/{name}");
        await conversation.Ran("studio");
        await silo.Change<AgentSessionRecord>("session", conversation, _ => new AgentSessionRecord { Worker = "attic" });
        Assert.Equal("attic", await conversation.Worker());

        await silo.Change<AgentSessionRecord>("session", conversation, _ => new AgentSessionRecord { Worker = "cellar" });
        await conversation.Ran("attic");
        await silo.Change<AgentSessionRecord>("session", conversation, record => Same(record, "attic"));
    }

    [Fact]
    public async Task A_token_made_or_revoked_elsewhere_is_known_at_the_next_question()
    {
        var grain = silo.Grains.GetGrain<ITokenGrain>("token:" + name);
        Assert.Null(await grain.Get());
        var token = new TokenRecord { TokenId = name, SecretHash = [1], Role = "client" };
        await silo.Change<StoredToken>("token", grain, _ => new StoredToken { Token = token });
        Assert.False((await grain.Get())!.Revoked);

        await silo.Change<StoredToken>("token", grain, _ => new StoredToken { Token = token with { Revoked = true } });
        Assert.True((await grain.Get())!.Revoked);
    }

    [Fact]
    public async Task A_use_of_a_token_is_stored_once_an_hour_and_is_kept_by_whoever_changes_it()
    {
        var grain = silo.Grains.GetGrain<ITokenGrain>("token:" + name);
        Assert.Null(await grain.NoteUse(silo.Clock.GetUtcNow()));
        var token = new TokenRecord { TokenId = name, SecretHash = [1], Role = "client" };
        await grain.Save(token);
        var first = silo.Clock.GetUtcNow();
        Assert.Equal(first, await grain.NoteUse(first));

        silo.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(first, await grain.NoteUse(silo.Clock.GetUtcNow()));
        Assert.Equal(TokenReply.Saved, await grain.Save(token with { Version = 1, Revoked = true }));
        Assert.Equal((first, true, 1), ((await grain.Get())!.LastUsedAt, (await grain.Get())!.Revoked, (await grain.Get())!.Version));

        silo.Clock.Advance(TimeSpan.FromMinutes(1));
        // A gateway whose clock is a day ahead.
        Assert.Equal(silo.Clock.GetUtcNow(), await grain.NoteUse(silo.Clock.GetUtcNow().AddDays(1)));
        // Another gateway's, which is not the latest.
        silo.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(silo.Clock.GetUtcNow().AddHours(-2), await grain.NoteUse(first.AddMinutes(30)));
    }

    private static AgentSessionRecord Same(AgentSessionRecord record, string worker)
    {
        Assert.Equal(worker, record.Worker);
        return record;
    }

    private async Task<string> Open(string instance) => (await Worker.OpenSession(Request(instance), TestSilo.Client)).Session!.Session;

    private async Task<string> OpenElsewhere(long epoch, string instance)
    {
        var session = $"{name}.{epoch}.0123456789abcdef";
        await Change(worker => worker with
        {
            Epoch = epoch,
            Session = session,
            Instance = instance,
            Offers = Offers,
            LastSeen = silo.Clock.GetUtcNow(),
        });
        return session;
    }

    private Task Change(Func<WorkerRecord, WorkerRecord> change) => silo.Change("worker", Worker, change);

    private string Offers => $"kind:command,worker:{name}";

    private SessionRequest Request(string instance) => new() { Instance = instance, Offers = Offers };
}
