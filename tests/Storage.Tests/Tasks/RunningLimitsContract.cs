using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Storage.Tests.Tasks;

public abstract class RunningLimitsContract : StoreContract
{
    [Fact]
    public async Task A_limit_is_set_changed_and_taken_away()
    {
        Assert.Empty(await Store.Limits.ReadTokens(default));
        await Store.Limits.SetLimit(new("default", "tok1"), 3, default);
        await Store.Limits.SetLimit(new("acme", "tok1"), 4, default);
        await Store.Limits.SetLimit(new("default", "tok1"), 2, default);
        await Store.Reopen();

        var tokens = await Store.Limits.ReadTokens(default);
        Assert.Equal([new("acme", "tok1"), new("default", "tok1")], tokens.OrderBy(token => token.Tenant));
        var load = Assert.Single(await Store.Limits.ReadLoads("default", default));
        Assert.Equal(("tok1", 2), (load.TokenId, load.MaxRunning));
        await Store.Limits.SetLimit(new("default", "tok1"), null, default);
        await Store.Limits.SetLimit(new("default", "nobody"), null, default);

        Assert.Equal([new("acme", "tok1")], await Store.Limits.ReadTokens(default));
        Assert.Empty(await Store.Limits.ReadLoads("default", default));
    }

    [Fact]
    public async Task What_runs_of_limited_tokens_is_read_and_what_waits_for_an_approval_with_its_worker()
    {
        TaskRecord Waiting(string token, string tenant = "default") => Sample.Queued(Sample.Spec(tenant) with { TokenId = token });
        await Store.Limits.SetLimit(new("default", "tok1"), 3, default);
        await Store.Limits.SetLimit(new("default", "tok2"), 1, default);
        await Store.Limits.SetLimit(new("acme", "tok3"), 1, default);
        var queued = Waiting("tok1");
        var running = Waiting("tok1").Started();
        var elsewhere = (Waiting("tok1") with { Spec = Waiting("tok1").Spec with { Pool = "night" } }).Started();
        var asked = Waiting("tok1");
        TaskRecord[] others = [queued, running, elsewhere, Waiting("free").Started(), Waiting("tok1", "acme").Started(),
            Waiting("tok1").Started().Ended(TaskState.Failed)];
        foreach (var record in others) await Store.Tasks.Write(record);
        var etag = await Store.Tasks.Write(asked);
        var waiting = asked.Next(TaskState.AwaitingApproval, "ask-approval");
        await Store.Tasks.Write(waiting with { Approval = Sample.Wait(1), NotBefore = Sample.Noon.AddMinutes(10) }, etag);

        var loads = (await Store.Limits.ReadLoads("default", default)).ToDictionary(load => load.TokenId);

        Assert.Equal(["tok1", "tok2"], loads.Keys.Order());
        Assert.Equal(new[] { running.Id, elsewhere.Id, asked.Id }.Order(), loads["tok1"].Running.Order());
        Assert.Empty(loads["tok2"].Running);
        Assert.Equal(1, loads["tok2"].MaxRunning);
    }
}
