using Npgsql;
using OpenClaw.Gateway.Calls;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Storage.GroupCommit;
using Orleans.Storage;

namespace OpenClaw.Gateway.Tests.Calls;

/// <summary>Calls over a real connection whose far end fails: what arrives of the failure, and what a repeat makes of it.</summary>
public sealed class RetryCallFilterTests(FaultySilo silo) : IClassFixture<FaultySilo>
{
    private static readonly Actor Client = new("client-1", null);
    private static readonly TaskSpec Spec = new() { Kind = "command", Payload = [1], Requires = "kind:command" };
    private static readonly Holder Studio = new() { Worker = "studio", Epoch = 1, Offers = "kind:command" };

    public static TheoryData<string, Func<Exception>> Passing => new()
    {
        { "store", () => new StoreUnavailableException("gone", new IOException("deep")) },
        { "npgsql", () => new NpgsqlException("gone", new IOException()) },
        { "server", () => new PostgresException("terminating connection", "FATAL", "FATAL", "57P01") },
        { "placement", () => new OperationCanceledException("Message expired before placement could complete") },
        { "io", () => new IOException("gone") },
        { "time", () => new TimeoutException("slow") },
        { "etag", () => new InconsistentStateException("another one wrote") },
    };

    [Theory, MemberData(nameof(Passing))]
    public async Task A_store_that_fails_for_a_moment_is_a_delay(string name, Func<Exception> failure)
    {
        var id = Guid.NewGuid();
        silo.Faults.Fail("read", id.ToString("N"), failure, times: 3);
        Assert.Null(await silo.Grains.GetTaskGrain(id).Get());
        Assert.Equal((name, 3), (name, silo.Faults.Failed));
    }

    [Fact]
    public async Task A_defect_is_told_at_once()
    {
        var id = Guid.NewGuid();
        silo.Faults.Fail("read", id.ToString("N"), () => new InvalidOperationException("a defect"), times: 3);
        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetTaskGrain(id).Get());
        Assert.Equal(1, silo.Faults.Failed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_submit_whose_answer_is_lost_is_one_task_and_no_conflict(bool after)
    {
        var id = Guid.NewGuid();
        silo.Faults.Fail("write", id.ToString("N"), () => new StoreUnavailableException("gone", null), times: 1, after);
        var reply = await silo.Grains.GetTaskGrain(id).Submit(Spec, Client);
        Assert.Equal((Rejection.None, TaskState.Queued, 1L), (reply.Rejection, reply.Task!.State, reply.Task.Version));
        Assert.Equal(1, silo.Faults.Failed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_a_result_and_a_cancel_whose_answers_are_lost_happen_once(bool after)
    {
        var id = Guid.NewGuid();
        var task = silo.Grains.GetTaskGrain(id);
        await task.Submit(Spec, Client);
        Lose();
        Assert.Equal((Rejection.None, 1), ((await task.Start(Studio, 1)).Rejection, (await task.Get())!.Attempt));
        Lose();
        Assert.True((await task.Cancel(Client)).Task!.CancelRequested);
        Lose();
        var outcome = new AttemptOutcome { Kind = OutcomeKind.Succeeded, Attempt = 1, ExitCode = 0 };
        var repeats = RetryMeter.StartWatching();
        var end = await task.Finish(Studio, outcome, Client);
        Assert.Equal((after ? ResultFate.Duplicate : ResultFate.Recorded, true), (end.Fate, repeats.HasRetried));
        Assert.Equal((TaskState.Succeeded, 4L), ((await task.Get())!.State, (await task.Get())!.Version));

        void Lose() => silo.Faults.Fail("write", id.ToString("N"), () => new StoreUnavailableException("gone", null), times: 1, after);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_compatible_start_whose_answer_is_lost_is_found_by_its_ticket(bool after)
    {
        var id = Guid.NewGuid();
        var task = silo.Grains.GetTaskGrain(id);
        await task.Submit(Spec, Client);
        silo.Faults.Fail("write", id.ToString("N"), () => new StoreUnavailableException("gone", null), times: 1, after);
        var offer = await task.OfferAndStart(Studio with { Worker = "compat", Epoch = 0 }, Guid.NewGuid());
        Assert.Equal((Rejection.None, 1, 2L), (offer.Rejection, offer.Attempt, (await task.Get())!.Version));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_whose_answer_is_lost_is_opened_by_the_same_daemon_again(bool after)
    {
        var name = "w" + Guid.NewGuid().ToString("N");
        var worker = silo.Grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker("default", name));
        silo.Faults.Fail("write", name, () => new StoreUnavailableException("gone", null), times: 1, after);
        var reply = await worker.OpenSession(new SessionRequest { Instance = "one", Offers = "kind:command" }, Client);
        Assert.NotNull(reply.Session);
        Assert.NotNull(await worker.Touch(reply.Session.Session, null));
        Assert.Null((await worker.OpenSession(new SessionRequest { Instance = "another", Offers = "kind:command" }, Client)).Session);
        var all = await silo.Grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory("default")).List();
        Assert.Single(all, found => found.Name == name);
    }

    [Fact]
    public async Task A_sign_of_life_counts_though_the_store_is_away()
    {
        var name = "w" + Guid.NewGuid().ToString("N");
        var worker = silo.Grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker("default", name));
        var session = (await worker.OpenSession(new SessionRequest { Instance = "one", Offers = "kind:command" }, Client)).Session!;
        silo.Clock.Shift += TimeSpan.FromMinutes(2);
        silo.Faults.Fail("write", name, () => new StoreUnavailableException("gone", null), times: 1000);
        var repeats = RetryMeter.StartWatching();
        for (var i = 0; i < 3; i++) Assert.NotNull(await worker.Touch(session.Session, null));
        Assert.Equal((1, false, true), (silo.Faults.Failed, repeats.HasRetried, (await worker.Get())!.Online));
    }

    [Fact]
    public async Task A_worker_whose_record_can_not_be_read_when_it_wakes_is_asked_again()
    {
        var name = "w" + Guid.NewGuid().ToString("N");
        silo.Faults.Fail("read", name, () => new NpgsqlException("gone", new IOException()), times: 2);
        Assert.Null(await silo.Grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker("default", name)).Get());
        Assert.Equal(2, silo.Faults.Failed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_whose_answer_is_lost_is_made_once(bool after)
    {
        var id = Guid.NewGuid().ToString("N");
        var token = new TokenRecord { TokenId = id, SecretHash = [1, 2], Role = "client" };
        silo.Faults.Fail("write", id, () => new StoreUnavailableException("gone", null), times: 1, after);
        var grain = silo.Grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(id));
        Assert.True(await grain.Create(token));
        Assert.False(await grain.Create(token with { SecretHash = [3] }));
    }

    [Fact]
    public async Task A_client_that_has_gone_is_not_worked_for()
    {
        var id = Guid.NewGuid();
        silo.Faults.Fail("read", id.ToString("N"), () => new IOException("gone"), times: 1000);
        using var aborted = new CancellationTokenSource();
        silo.Request.RequestAborted = aborted.Token;
        try
        {
            var asked = silo.Grains.GetTaskGrain(id).Get();
            await aborted.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        }
        finally
        {
            silo.Request.RequestAborted = CancellationToken.None;
        }
    }
}
