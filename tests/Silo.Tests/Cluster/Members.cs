using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OpenClaw.Silo.Tests.Cluster;

/// <summary>The membership table of a database, seen from outside any silo.</summary>
internal sealed class Members : IDisposable
{
    private readonly IHost reader;

    private Members(IHost reader) => this.reader = reader;

    private IMembershipTable Table => this.reader.Services.GetRequiredService<IMembershipTable>();

    public static async Task<Members> Of(string connection)
    {
        var members = new Members(SiloHost.Build(SiloHost.Options(connection)));
        await members.Table.InitializeMembershipTableAsync(true);
        return members;
    }

    /// <summary>Puts a silo into the table that was killed a moment ago: it says that it is active and alive.</summary>
    public async Task AddKilled(SiloAddress silo, int gatewayPort)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var entry = new MembershipEntry
        {
            SiloAddress = silo, SiloName = $"{silo}", HostName = "here", Status = SiloStatus.Active, ProxyPort = gatewayPort,
            StartTime = now, IAmAliveTime = now, SuspectTimes = [],
        };
        Assert.True(await Table.InsertRowAsync(entry, (await Table.ReadAllAsync()).Version.Next()));
    }

    public async Task<Dictionary<SiloAddress, SiloStatus>> Read() =>
        (await Table.ReadAllAsync()).Members.ToDictionary(member => member.Item1.SiloAddress, member => member.Item1.Status);

    public async Task<int> Count(SiloStatus status) => (await Read()).Values.Count(found => found == status);

    public void Dispose() => this.reader.Dispose();
}
