using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;
using Orleans.Core.Internal;

namespace OpenClaw.Grains.Tests.Workers;

[Collection(SiloCollection.Name)]
public sealed class WorkerGrainTests(TestSilo silo)
{
    private readonly string name = "w" + Guid.NewGuid().ToString("N")[..10];

    private IWorkerGrain Worker => silo.Worker(name);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Each_session_fences_the_one_before()
    {
        var first = await Open("home-1");
        var second = await Open("home-1");
        Assert.Equal((1L, 2L), (first!.Epoch, second!.Epoch));
        Assert.StartsWith($"{name}.2.", second.Session, StringComparison.Ordinal);
        Assert.Null(await Worker.Touch(first.Session, null));
        Assert.Equal(2, (await Worker.Touch(second.Session, null))!.Epoch);
    }

    [Fact]
    public async Task Another_daemon_gets_the_name_only_after_its_silence_whatever_it_asks_for()
    {
        var first = await Open("home-1");
        Assert.Null(await Open("home-2"));
        Assert.Null(await Open("home-2", takeOver: true));
        Assert.NotNull(await Worker.Touch(first!.Session, null));
        silo.Clock.Advance(TimeSpan.FromSeconds(45.1));
        Assert.NotNull(await Open("home-2"));
        Assert.Null(await Worker.Touch(first.Session, null));
        Assert.Null(await Open("home-1"));
    }

    [Fact]
    public async Task Another_process_of_the_same_home_gets_the_session_once_the_first_has_given_no_sign_of_life_for_some_seconds()
    {
        var first = await Open("home-1", run: "one");
        Assert.Null(await Open("home-1", run: "two"));
        silo.Clock.Advance(TimeSpan.FromSeconds(2));
        await Worker.Touch(first!.Session, null);
        silo.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await Open("home-1", run: "two"));
        // A poll that is held says nothing: its worker may be gone.
        silo.Clock.Advance(TimeSpan.FromSeconds(3.1));
        Assert.NotNull(await Worker.FindSession(first.Session));
        Assert.NotNull(await Open("home-1", run: "two"));
        Assert.Null(await Worker.FindSession(first.Session));
    }

    [Fact]
    public async Task A_daemon_that_was_started_again_and_knows_its_predecessor_dead_waits_for_nothing()
    {
        await Open("home-1", run: "one");
        Assert.Null(await Open("home-1", run: "two", replaces: "somebody"));
        Assert.NotNull(await Open("home-1", run: "three", replaces: "one"));
        Assert.NotNull(await Open("home-1", run: "three"));
    }

    [Fact]
    public async Task Compatible_polls_under_a_name_that_had_a_session_get_nothing_of_its_own_and_do_not_keep_it_alive()
    {
        await Open("home-1");
        silo.Clock.Advance(TimeSpan.FromSeconds(46));
        var info = await Worker.TouchCompatible($"kind:command,worker:{name}");
        Assert.Equal("kind:command", info.Offers);
        Assert.False((await Worker.Get())!.Online);
        Assert.NotNull(await Open("home-2"));
    }

    [Fact]
    public async Task An_attempt_the_restarted_daemon_does_not_hold_is_over_at_once_and_one_it_holds_goes_on()
    {
        var session = await Open("home-1");
        var holder = TestSilo.Session(name, session!.Epoch);
        var pool = Guid.NewGuid().ToString("N");
        var gone = await silo.Submit(TestSilo.Spec(pool));
        var held = await silo.Submit(TestSilo.Spec(pool));
        var again = await silo.Submit(TestSilo.Spec(pool) with { MaxAttempts = 2 });
        foreach (var task in new[] { gone, held, again }) Assert.Equal(Rejection.None, (await task.Start(holder, 1)).Rejection);
        await Open("home-1", held: [new AttemptRef(held.GetPrimaryKey(), 1)]);
        Assert.Equal((TaskState.Lost, "worker-restarted"), ((await gone.Get())!.State, (await gone.Get())!.Reason));
        Assert.Equal((TaskState.Queued, 1), ((await again.Get())!.State, (await again.Get())!.FailedAttempts));
        Assert.Equal(TaskState.Running, (await held.Get())!.State);
        Assert.Equal(Directive.Continue, await held.Heartbeat(TestSilo.Session(name, session.Epoch + 1), 1));
        Assert.Equal([held.GetPrimaryKey()], (await Worker.Get())!.Running.Select(attempt => attempt.Task));
    }

    [Fact]
    public async Task Online_follows_the_signs_of_life_and_the_goodbye()
    {
        var session = await Open("home-1");
        Assert.True((await Worker.Get())!.Online);
        silo.Clock.Advance(TimeSpan.FromSeconds(46));
        Assert.False((await Worker.Get())!.Online);
        await Worker.Touch(session!.Session, "[{}]");
        Assert.Equal((true, "[{}]"), ((await Worker.Get())!.Online, (await Worker.Get())!.RecentSessionsJson));
        await Worker.CloseSession(session.Session);
        var closed = (await Worker.Get())!;
        Assert.Equal((false, silo.Clock.GetUtcNow()), (closed.Online, closed.LastSeen));
        Assert.NotNull(await Open("home-2"));
    }

    [Fact]
    public async Task A_row_that_is_locked_holds_up_no_heartbeat_and_gets_everything_once_it_is_free()
    {
        var session = (await Open("home-1"))!.Session;
        var row = ((IAddressable)Worker).GetGrainId();
        silo.Values.Lock(row);
        silo.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.NotNull(await Worker.Touch(session, null).WaitAsync(CallTimeout));
        silo.Clock.Advance(TimeSpan.FromSeconds(1));
        await Worker.NoteAuditHead(session, 7, "0a").WaitAsync(CallTimeout);
        Assert.NotNull(await Worker.Touch(session, "[{}]").WaitAsync(CallTimeout));
        var drain = Worker.SetDraining(true, TestSilo.Client);
        Assert.False(drain.IsCompleted);
        silo.Values.LetGo(row);
        Assert.True(await drain);
        await Worker.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        var stored = (await Worker.Get())!;
        Assert.Equal((true, silo.Clock.GetUtcNow(), "[{}]"), (stored.Draining, stored.LastSeen, stored.RecentSessionsJson));
        Assert.Equal(7, (await Worker.OwnedBy("home-1")).Audit!.Rows);
    }

    [Fact]
    public async Task Where_a_log_ends_is_noted_once_an_hour_and_when_it_is_another_log()
    {
        var session = (await Open("home-1"))!.Session;
        foreach (var rows in new[] { 3, 4, 5 }) await Worker.NoteAuditHead(session, rows, "0a");
        Assert.Equal(["row 3 0a"], Noted());
        for (var i = 0; i < 61; i++)
        {
            silo.Clock.Advance(TimeSpan.FromMinutes(1));
            await Worker.Touch(session, null);
        }
        session = (await Open("home-1"))!.Session;
        await Worker.NoteAuditHead(session, 9, "0b");
        await Worker.NoteAuditHead(session, 7, "0c");
        Assert.Equal(["row 3 0a", "row 9 0b", "row 7 0c"], Noted());

        IEnumerable<string?> Noted() => silo.Table.Notes
            .Where(note => note.What == "worker-log" && note.TokenId == $"worker/default/{name}").Select(note => note.Detail);
    }

    [Fact]
    public async Task Draining_survives_the_activation_and_the_session()
    {
        Assert.False(await Worker.SetDraining(true, TestSilo.Client));
        var session = await Open("home-1");
        Assert.True(await Worker.SetDraining(true, TestSilo.Client));
        Assert.True((await Worker.Touch(session!.Session, null))!.Draining);
        await Worker.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.True((await Worker.Get())!.Draining);
        Assert.True((await Open("home-1"))!.Draining);
        Assert.True(await Worker.SetDraining(false, TestSilo.Client));
        Assert.False((await Worker.Get())!.Draining);
    }

    [Fact]
    public async Task A_compatible_worker_is_registered_by_its_first_poll()
    {
        Assert.Null(await Worker.Get());
        var info = await Worker.TouchCompatible("kind:command");
        Assert.Equal((0L, "", "kind:command"), (info.Epoch, info.Session, info.Offers));
        var listed = await silo.Grains.GetGrain<IWorkerDirectoryGrain>("workers:default").List();
        Assert.True(Assert.Single(listed, worker => worker.Name == name).Online);
    }

    [Fact]
    public async Task A_token_is_made_once_and_found_again()
    {
        var token = new TokenRecord { TokenId = name, SecretHash = [1, 2], Role = "client" };
        var grain = silo.Grains.GetGrain<ITokenGrain>("token:" + name);
        Assert.Null(await grain.Get());
        Assert.True(await grain.Create(token));
        Assert.False(await grain.Create(token with { Role = "admin" }));
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.Equal("client", (await grain.Get())!.Role);
    }

    private async Task<SessionInfo?> Open(
        string instance, bool takeOver = false, AttemptRef[]? held = null, string? run = null, string? replaces = null)
    {
        var request = new SessionRequest
        {
            Instance = instance, Offers = $"kind:command,worker:{name}", TakeOver = takeOver, Held = held ?? [], Run = run,
            Replaces = replaces is null ? [] : [replaces],
        };
        var reply = await Worker.OpenSession(request, TestSilo.Client);
        Assert.Equal(reply.Session is null, reply.HeldBySince is not null);
        return reply.Session;
    }
}
