#!/usr/bin/env bash
# Microsoft.Orleans.Server 10.4.2: a silo takes the TimeProvider of its host, and the one keyed for membership, but stamps its row of the
# membership table (StartTime, IAmAliveTime) with the machine's clock all the same. So a host that gives Orleans a clock of its own has
# grains that go by it and signs of life that do not. Needs the .NET 10 SDK. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >silo.cs <<'CS'
#:package Microsoft.Orleans.Server@10.4.2
#:property ManagePackageVersionsCentrally=false
#:property NoWarn=$(NoWarn);ORLEANSEXP003
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;

var clock = new Ahead();
var rows = new Rows();
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Services.AddSingleton<TimeProvider>(clock);
builder.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Membership, clock);
builder.UseOrleans(silo =>
{
    silo.UseLocalhostClustering(FreePort(), gatewayPort: 0);
    silo.Configure<ClusterMembershipOptions>(options => options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(1));
    silo.Services.AddSingleton<IMembershipTable>(rows);
});
using var host = builder.Build();
await host.StartAsync();
var used = ReferenceEquals(host.Services.GetRequiredService<TimeProvider>(), clock);
var (start, alive) = await rows.Stamped.Task.WaitAsync(TimeSpan.FromMinutes(1));
Console.WriteLine($"Orleans {typeof(IMembershipTable).Assembly.GetName().Version}, the host's clock is ours: {used}, 30 min ahead");
Console.WriteLine($"StartTime is ahead of the machine by {Minutes(start)} min, IAmAliveTime by {Minutes(alive)} min");
await host.StopAsync();
return;

static int FreePort()
{
    using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
    socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
    return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
}

static double Minutes(DateTime time) => Math.Round((time - DateTime.UtcNow).TotalMinutes) + 0.0;

sealed class Ahead : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddMinutes(30);
}

sealed class Rows : IMembershipTable
{
    private readonly Lock gate = new();
    private MembershipTableData table = new(new TableVersion(0, "0"));
    private DateTime start;

    public TaskCompletionSource<(DateTime Start, DateTime Alive)> Stamped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.CompletedTask;
    public Task DeleteMembershipTableEntries(string clusterId) => Task.CompletedTask;
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Task.CompletedTask;
    public Task<MembershipTableData> ReadAll() => Task.FromResult(table);
    public Task<MembershipTableData> ReadRow(SiloAddress key) => Task.FromResult(table);
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion version) => Put(entry, version);
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion version) => Put(entry, version);

    public Task UpdateIAmAlive(MembershipEntry entry)
    {
        Stamped.TrySetResult((start, entry.IAmAliveTime));
        return Task.CompletedTask;
    }

    private Task<bool> Put(MembershipEntry entry, TableVersion version)
    {
        lock (gate)
        {
            start = entry.StartTime;
            table = new MembershipTableData(Tuple.Create(entry, "0"), version);
        }
        return Task.FromResult(true);
    }
}
CS
dotnet run silo.cs | tee said
grep -qx 'StartTime is ahead of the machine by 0 min, IAmAliveTime by 0 min' said
