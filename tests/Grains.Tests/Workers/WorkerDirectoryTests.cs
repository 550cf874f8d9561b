using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tests.Silo;
using Orleans.Core.Internal;

namespace OpenClaw.Grains.Tests.Workers;

/// <summary>Many workers, and what a list of them costs. Each test has a tenant of its own.</summary>
[Collection(SiloCollection.Name)]
public sealed class WorkerDirectoryTests(TestSilo silo)
{
    private readonly string tenant = "t" + Guid.NewGuid().ToString("N")[..10];

    private IWorkerDirectoryGrain Directory => silo.Grains.GetGrain<IWorkerDirectoryGrain>($"workers:{tenant}");

    [Fact]
    public async Task A_list_costs_the_same_number_of_reads_however_many_workers_there_are()
    {
        for (var i = 0; i < 60; i++) await Poll($"w{i:D2}");
        await Directory.List();
        var (rows, running) = (silo.Values.Reads, silo.Table.RunningReads);

        Assert.Equal(60, (await Directory.List()).Length);
        Assert.Equal(60, (await Directory.Describe()).Length);

        Assert.Equal((0, 1), (silo.Values.Reads - rows, silo.Table.RunningReads - running));
    }

    [Fact]
    public async Task Workers_that_were_silent_for_long_are_not_woken_by_a_list_and_are_back_with_their_first_sign_of_life()
    {
        for (var i = 0; i < 10; i++) await Poll($"w{i}");
        silo.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.All(await Directory.List(), worker => Assert.False(worker.Online));
        for (var i = 0; i < 10; i++) await Leave($"w{i}");
        var rows = silo.Values.Reads;

        Assert.Equal(10, (await Directory.List()).Length);
        Assert.Equal(rows, silo.Values.Reads);

        await Poll("w3");
        var back = await Directory.List();
        Assert.Equal(["w3"], back.Where(worker => worker.Online).Select(worker => worker.Name));
        Assert.Equal(10, back.Length);
    }

    [Fact]
    public async Task A_session_that_was_silent_for_long_is_back_with_its_next_heartbeat()
    {
        var worker = Worker("pc");
        var reply = await worker.OpenSession(
            new SessionRequest { Instance = "home", Offers = "kind:command,worker:pc" }, TestSilo.Client);
        silo.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.False(Assert.Single(await Directory.List()).Online);

        Assert.NotNull(await worker.Touch(reply.Session!.Session, null));

        await TestSilo.Until(async () => Assert.Single(await Directory.List()).Online, "online again");
    }

    [Fact]
    public async Task Pages_hold_every_worker_once_in_the_order_of_their_names()
    {
        for (var i = 0; i < 7; i++) await Poll($"w{i}");
        var found = new List<string>();
        string? after = null;
        do
        {
            var page = await Directory.Page(after, 3);
            Assert.InRange(page.Workers.Length, 1, 3);
            found.AddRange(page.Workers.Select(worker => worker.Name));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"w{i}"), found);
    }

    [Fact]
    public async Task A_name_that_polled_once_is_forgotten_after_a_month_and_one_that_had_a_session_or_is_drained_is_not_yet()
    {
        await Poll("once");
        await Poll("drained");
        await Worker("drained").SetDraining(true, TestSilo.Client);
        await Worker("pc").OpenSession(new SessionRequest { Instance = "home", Offers = "kind:command,worker:pc" }, TestSilo.Client);
        silo.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(["drained", "once", "pc"], await Names());
        silo.Clock.Advance(TimeSpan.FromDays(2));

        await TestSilo.Until(async () => (await Names()).SequenceEqual(["drained", "pc"]), "forgotten");

        await TestSilo.Until(async () => await Worker("once").Get() is null, "its record is gone");
        await Poll("once");
        Assert.Equal(["drained", "once", "pc"], await Names());
    }

    [Fact]
    public async Task A_name_with_a_session_is_forgotten_after_three_months_and_its_daemon_may_come_back()
    {
        var request = new SessionRequest { Instance = "home", Offers = "kind:command,worker:pc" };
        var before = await Worker("pc").OpenSession(request, TestSilo.Client);
        silo.Clock.Advance(TimeSpan.FromDays(89));
        Assert.Equal(["pc"], await Names());
        silo.Clock.Advance(TimeSpan.FromDays(2));

        await TestSilo.Until(async () => !(await Names()).Any(), "forgotten");

        await TestSilo.Until(async () => await Worker("pc").Get() is null, "its record is gone");
        Assert.Null(await Worker("pc").Touch(before.Session!.Session, null));
        var after = await Worker("pc").OpenSession(request, TestSilo.Client);
        Assert.NotEqual(before.Session.Session, after.Session!.Session);
        Assert.NotNull(await Worker("pc").Touch(after.Session.Session, null));
        Assert.Equal(["pc"], await Names());
    }

    /// <summary>Whoever reads pages alone, as the typed client does, has them forgotten as well.</summary>
    [Fact]
    public async Task Names_are_forgotten_by_pages_too()
    {
        await Poll("once");
        Assert.Single((await Directory.Page(null, 50)).Workers);
        silo.Clock.Advance(TimeSpan.FromDays(31));

        await TestSilo.Until(async () => (await Directory.Page(null, 50)).Workers.Length == 0, "forgotten");
    }

    private IWorkerGrain Worker(string name) => silo.Grains.GetGrain<IWorkerGrain>($"worker:{tenant}/{name}");

    private Task Poll(string name) => Worker(name).TouchCompatible($"kind:command,worker:{name}");

    private Task Leave(string name) => Worker(name).AsReference<IGrainManagementExtension>().DeactivateOnIdle().AsTask();

    private async Task<IEnumerable<string>> Names() => (await Directory.List()).Select(worker => worker.Name);
}
