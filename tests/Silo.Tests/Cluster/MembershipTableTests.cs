using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OpenClaw.Silo.Tests.Cluster;

/// <summary>Orleans' clustering provider on our tables and texts.</summary>
public sealed class MembershipTableTests : IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly List<IHost> hosts = [];
    private string connection = "";
    private IMembershipTable table = null!;

    public async Task InitializeAsync()
    {
        connection = await PreparedDatabase.Create();
        this.table = await Open("openclaw");
    }

    public Task DisposeAsync()
    {
        hosts.ForEach(host => host.Dispose());
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_member_comes_back_as_it_was_inserted()
    {
        var entry = Entry(1);
        var before = (await this.table.ReadAllAsync()).Version;
        Assert.True(await this.table.InsertRowAsync(entry, before.Next()));

        var all = await this.table.ReadAllAsync();
        var (read, _) = Assert.Single(all.Members);

        Assert.Equal(before.Version + 1, all.Version.Version);
        Assert.Equal(
            (entry.SiloAddress, entry.SiloName, entry.HostName, entry.Status, entry.ProxyPort, entry.StartTime, entry.IAmAliveTime),
            (read.SiloAddress, read.SiloName, read.HostName, read.Status, read.ProxyPort, read.StartTime, read.IAmAliveTime));
        Assert.Equal(entry.SiloAddress, Assert.Single((await this.table.ReadRowAsync(entry.SiloAddress)).Members).Item1.SiloAddress);
        Assert.Empty((await this.table.ReadRowAsync(Entry(2).SiloAddress)).Members);
    }

    [Fact]
    public async Task A_change_of_an_old_version_or_of_an_unknown_member_changes_nothing()
    {
        var start = (await this.table.ReadAllAsync()).Version;
        Assert.True(await this.table.InsertRowAsync(Entry(1), start.Next()));
        var now = await this.table.ReadAllAsync();

        Assert.False(await this.table.InsertRowAsync(Entry(2), start.Next()));
        Assert.False(await this.table.InsertRowAsync(Entry(1), now.Version.Next()));
        Assert.False(await this.table.UpdateRowAsync(Dead(1), start.VersionEtag, start.Next()));
        Assert.False(await this.table.UpdateRowAsync(Dead(2), now.Version.VersionEtag, now.Version.Next()));

        var after = await this.table.ReadAllAsync();
        Assert.Equal(now.Version.Version, after.Version.Version);
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
    }

    [Fact]
    public async Task Of_many_that_join_at_once_each_gets_in_in_the_end_and_no_version_is_used_twice()
    {
        var tables = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Open("openclaw")));
        var attempts = await Task.WhenAll(Enumerable.Range(1, 24).Select(i => Task.Run(() => Join(tables[i % 4], Entry(i)))));

        var all = await this.table.ReadAllAsync();
        Assert.Equal(24, all.Members.Count);
        Assert.Equal(24, all.Version.Version);
        Assert.True(attempts.Sum() >= 24);
    }

    [Fact]
    public async Task A_declaration_of_death_takes_back_no_later_sign_of_life()
    {
        await this.table.InsertRowAsync(Entry(1), (await this.table.ReadAllAsync()).Version.Next());
        await this.table.UpdateIAmAliveAsync(Entry(1));
        var before = await this.table.ReadAllAsync();
        var (now, sign) = (before.Version, Assert.Single(before.Members).Item1.IAmAliveTime);
        Assert.NotEqual(Noon, sign);
        var dead = Dead(1);
        dead.SuspectTimes = [Tuple.Create(Entry(2).SiloAddress, Noon)];

        Assert.True(await this.table.UpdateRowAsync(dead, now.VersionEtag, now.Next()));

        var read = Assert.Single((await this.table.ReadAllAsync()).Members).Item1;
        Assert.Equal((SiloStatus.Dead, sign), (read.Status, read.IAmAliveTime));
        Assert.Equal(dead.SuspectTimes, read.SuspectTimes);
    }

    /// <summary>One that was ahead counted as alive long after it was killed.</summary>
    [Theory]
    [InlineData(120)]
    [InlineData(-120)]
    public async Task A_sign_of_life_is_of_the_databases_time_whatever_clock_the_silo_has(int minutes)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var silo = Entry(1);
        silo.IAmAliveTime = now.AddMinutes(minutes);
        await this.table.InsertRowAsync(silo, (await this.table.ReadAllAsync()).Version.Next());
        Assert.True(await Sign() < now.AddMinutes(5), "none is of the future");
        await this.table.UpdateIAmAliveAsync(silo);
        Assert.InRange(await Sign(), now.AddMinutes(-1), now.AddMinutes(5));
        var version = (await this.table.ReadAllAsync()).Version;
        Assert.True(await this.table.UpdateRowAsync(silo, version.VersionEtag, version.Next()));
        Assert.InRange(await Sign(), now.AddMinutes(-1), now.AddMinutes(5));

        async Task<DateTime> Sign() => Assert.Single((await this.table.ReadAllAsync()).Members).Item1.IAmAliveTime;
    }

    [Fact]
    public async Task Only_long_dead_members_are_cleaned_away()
    {
        foreach (var entry in (MembershipEntry[])[Entry(1), Dead(2), Dead(3, late: true)])
            await this.table.InsertRowAsync(entry, (await this.table.ReadAllAsync()).Version.Next());

        await this.table.CleanupDefunctSiloEntriesAsync(Noon.AddHours(1));

        Assert.Equal([1, 3], (await this.table.ReadAllAsync()).Members.Select(member => member.Item1.SiloAddress.Generation).Order());
    }

    [Fact]
    public async Task Two_clusters_share_a_database_and_see_nothing_of_each_other()
    {
        var other = await Open("another");
        await this.table.InsertRowAsync(Entry(1), (await this.table.ReadAllAsync()).Version.Next());

        Assert.Empty((await other.ReadAllAsync()).Members);
        await other.DeleteMembershipTableEntriesAsync("another");
        Assert.Single((await this.table.ReadAllAsync()).Members);
    }

    private static async Task<int> Join(IMembershipTable table, MembershipEntry entry)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await table.InsertRowAsync(entry, (await table.ReadAllAsync()).Version.Next())) return attempt;
        }
    }

    private async Task<IMembershipTable> Open(string cluster)
    {
        var host = SiloHost.Build(SiloHost.Options(connection) with { ClusterId = cluster });
        hosts.Add(host);
        var table = host.Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(true);
        return table;
    }

    private static MembershipEntry Dead(int number, bool late = false)
    {
        var entry = Entry(number);
        entry.Status = SiloStatus.Dead;
        if (late) entry.IAmAliveTime = Noon.AddHours(2);
        return entry;
    }

    private static MembershipEntry Entry(int number) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11111, number),
        SiloName = $"Silo_{number}",
        HostName = "here",
        Status = SiloStatus.Active,
        ProxyPort = 30000,
        StartTime = Noon,
        IAmAliveTime = Noon.AddTicks(70),
        SuspectTimes = [],
    };
}
