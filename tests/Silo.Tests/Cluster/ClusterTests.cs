using Microsoft.Extensions.DependencyInjection;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Silo.Tests.Cluster;

public sealed class ClusterTests : IAsyncLifetime
{
    private TwoSilos cluster = null!;

    public async Task InitializeAsync() => cluster = await TwoSilos.Start();

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task What_is_submitted_through_one_silo_is_read_and_listed_through_the_other()
    {
        var id = await TwoSilos.Submit(cluster.Through(0));

        Assert.Equal(TaskState.Queued, (await cluster.Through(1).GetTaskGrain(id).Get())!.State);
        Assert.Equal(id, (await cluster.Grains.GetTaskGrain(id).Get())!.Id);
        var list = cluster.Silos[1].ServiceProvider.GetRequiredService<ITaskList>();
        Assert.Equal(id, Assert.Single((await list.ReadPage(new TaskQuery { Tenant = "default" }, CancellationToken.None)).Tasks).Id);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_tasks_of_a_silo_that_goes_live_on_elsewhere_and_a_new_silo_takes_its_share(bool inGoodOrder)
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++) ids.Add(await TwoSilos.Submit(cluster.Grains));

        await cluster.Stop(1, inGoodOrder);

        foreach (var id in ids) await Eventually.Is(() => IsQueued(id), $"{id} is queued");
        await cluster.StartAnother();
        Assert.Equal(2, cluster.Silos.Count);
        foreach (var id in ids) await Eventually.Is(() => IsQueued(id), $"{id} is queued");
    }

    [Fact]
    public async Task Queues_are_spread_over_the_silos()
    {
        var round = 0;
        // A silo takes nothing while another does not know yet which grains it can run. All 32 on one: once in two thousand million runs.
        await Eventually.Is(async () => await SilosOfQueues($"round{round++}") == 2, "queues are on both silos");
    }

    [Fact]
    public async Task A_reminder_comes_also_when_the_silo_that_registered_it_has_gone()
    {
        var bell = cluster.Grains.GetGrain<IBellGrain>("bell:1");
        await bell.RingIn(TimeSpan.FromSeconds(2));
        await cluster.Stop(1, inGoodOrder: false);

        // A ring that the silo heard which has gone is followed by another after a minute.
        await Eventually.Is(() => IsSo(async () => await cluster.Grains.GetGrain<IBellGrain>("bell:1").Rang() > 0), "the bell rang",
            seconds: 180);
    }

    [Fact]
    public async Task Each_deadline_shard_has_its_reminder()
    {
        var reminders = cluster.Silos[0].ServiceProvider.GetRequiredService<IReminderTable>();

        await Eventually.Is(async () => (await reminders.ReadRows(0, 0)).Reminders.Count == 64, "64 reminders");
    }

    private async Task<int> SilosOfQueues(string tenant)
    {
        for (var i = 0; i < 32; i++) await cluster.Through(0).GetGrain<IQueueGrain>($"{tenant}/pool{i}").Return([]);
        var grains = await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        return grains.Where(grain => grain.GrainId.Key.ToString()!.StartsWith($"{tenant}/pool", StringComparison.Ordinal))
            .Select(grain => grain.SiloAddress).Distinct().Count();
    }

    private Task<bool> IsQueued(Guid id) => IsSo(async () => (await cluster.Grains.GetTaskGrain(id).Get())?.State == TaskState.Queued);

    private static async Task<bool> IsSo(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            // A silo that goes takes the calls it had with it; the gateway repeats them.
            return false;
        }
    }
}
