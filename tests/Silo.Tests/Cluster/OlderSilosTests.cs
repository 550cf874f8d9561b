using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Upgrades;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Silo.Tests.Cluster;

/// <summary>
/// A silo that says nothing of its calls stands for one of an older build.
/// </summary>
public sealed class OlderSilosTests
{
    private static readonly Actor Someone = new("worker-1", null);
    private readonly ConcurrentQueue<string> made = new();

    [Fact]
    public async Task Beside_an_older_silo_everything_is_answered_by_calls_that_it_knows_and_after_it_by_the_newer_ones()
    {
        await using var cluster = await TwoSilos.Start(ChangeSilo);
        var older = FindOlder(cluster);
        foreach (var grains in new[] { cluster.Grains, cluster.Through(0), cluster.Through(1) }) await AskEverything(grains);
        Assert.Empty(OlderCalls.All.Select(NameOf).Intersect(made));

        await cluster.Stop(older, inGoodOrder: true);

        // The others learn of it within seconds.
        await Eventually.Is(async () =>
        {
            await cluster.Grains.GetGrain<IWorkerDirectoryGrain>("workers:default").Page(null, 1);
            return made.Contains($"{typeof(IWorkerDirectoryGrain).FullName}.{nameof(IWorkerDirectoryGrain.Page)}");
        }, "the newer call is made", seconds: 120);
    }

    /// <summary>The client hears of silos from the one that knows of no other, or from the older one, which knows of both.</summary>
    [Fact]
    public async Task While_the_manifest_of_an_active_silo_has_not_come_it_counts_as_older()
    {
        await using var cluster = await TwoSilos.Start((silo, services) =>
        {
            ChangeSilo(silo, services);
            if (silo == 0) LateManifests.AddTo(services);
        }, knowEachOther: false);

        foreach (var grains in new[] { cluster.Grains, cluster.Through(1 - FindOlder(cluster)) }) await AskEverything(grains);

        Assert.Empty(OlderCalls.All.Select(NameOf).Intersect(made));
    }

    private static int FindOlder(TwoSilos cluster) => cluster.Silos[0].ServiceProvider.GetService<IsOlder>() is null ? 1 : 0;

    /// <summary>The second silo is the older one.</summary>
    private void ChangeSilo(int silo, IServiceCollection services)
    {
        services.AddSingleton<IIncomingGrainCallFilter>(new Recorder(made));
        if (silo == 0) return;
        services.Remove(services.Single(service => service.ImplementationType == typeof(KnownCalls)));
        services.AddSingleton(new IsOlder());
    }

    private static async Task AskEverything(IGrainFactory grains)
    {
        var first = grains.GetGrain<IWorkerGrain>("worker:default/ann");
        var second = grains.GetGrain<IWorkerGrain>("worker:default/ben");
        var opened = await first.OpenSession(
            new SessionRequest { Instance = "home", Offers = "worker:ann", FormerNames = ["ben"] }, Someone);
        await second.OpenSession(new SessionRequest { Instance = "other", Offers = "worker:ben" }, Someone);
        var directory = grains.GetGrain<IWorkerDirectoryGrain>("workers:default");
        var task = grains.GetTaskGrain(await TwoSilos.Submit(grains));

        Assert.Null(opened.Server);
        Assert.Equal(opened.Session!.Session, (await first.FindSession(opened.Session.Session))!.Session);
        Assert.Equal("ann", (await first.Describe())!.Name);
        Assert.Empty((await first.OwnedBy("home")).Spans);
        Assert.False(await first.Forget(DateTimeOffset.MaxValue));
        await first.NoteAuditHead(opened.Session.Session, 1, "hash");
        Assert.Equal(TaskState.Queued, (await task.GetStored())!.State);
        await directory.Tidy();
        Assert.Equal(["ann", "ben"], (await directory.Describe()).Select(worker => worker.Name));
        var page = await directory.Page(null, 1);
        Assert.Equal(("ann", "ann"), (Assert.Single(page.Workers).Name, page.Next));
        page = await directory.Page("ann", 1);
        Assert.Equal(("ben", null), (Assert.Single(page.Workers).Name, page.Next));
    }

    private static string NameOf(OlderCall call) => $"{call.Interface.FullName}.{call.Method}";

    private sealed class IsOlder;

    private sealed class Recorder(ConcurrentQueue<string> made) : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context)
        {
            made.Enqueue($"{context.Request.GetInterfaceType().FullName}.{context.MethodName}");
            return context.Invoke();
        }
    }
}
