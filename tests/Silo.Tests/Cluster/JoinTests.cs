using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.TestKit.Processes;
using Xunit.Abstractions;

namespace OpenClaw.Silo.Tests.Cluster;

/// <summary>A silo that starts while the table is full of silos that are no more.</summary>
public sealed class JoinTests(ITestOutputHelper output)
{
    /// <summary>With Orleans' own settings a killed silo counts as alive for twice as long.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task After_all_silos_were_killed_a_new_one_on_other_ports_takes_over_and_declares_them_dead()
    {
        var connection = await PreparedDatabase.Create();
        using var members = await Members.Of(connection);
        // One that refuses, one that takes connections and says nothing, as a frozen one.
        using var frozen = new TcpListener(IPAddress.Loopback, 0);
        frozen.Start();
        await members.AddKilled(SiloAddress.New(IPAddress.Loopback, FreePorts.ChoosePort(IPAddress.Loopback), 1), 1);
        await members.AddKilled(SiloAddress.New((IPEndPoint)frozen.LocalEndpoint, 1), 2);

        var watch = Stopwatch.StartNew();
        using var silo = await SiloHost.Start(SiloHost.Options(connection)).WaitAsync(Soon);
        output.WriteLine($"Active after {watch.Elapsed.TotalSeconds:0.0} s");

        await Eventually.Is(async () => await members.Count(SiloStatus.Dead) == 2, "both are dead");
        output.WriteLine($"The others dead after {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(1, await members.Count(SiloStatus.Active));
        await silo.StopAsync();
    }

    [Fact]
    public async Task A_silo_on_the_ports_of_a_killed_one_takes_its_place_at_once()
    {
        var connection = await PreparedDatabase.Create();
        using var members = await Members.Of(connection);
        var port = FreePorts.ChoosePort(IPAddress.Loopback);
        await members.AddKilled(SiloAddress.New(IPAddress.Loopback, port, 1), 1);

        var watch = Stopwatch.StartNew();
        using var silo = await SiloHost.Start(SiloHost.Options(connection) with { SiloPort = port }).WaitAsync(Soon);
        output.WriteLine($"Active after {watch.Elapsed.TotalSeconds:0.0} s");

        var own = silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        Assert.Equal(SiloStatus.Active, (await members.Read())[own]);
        Assert.Equal(1, await members.Count(SiloStatus.Dead));
        await silo.StopAsync();
    }

    [Fact]
    public async Task A_silo_that_stopped_in_good_order_leaves_no_live_row()
    {
        var connection = await PreparedDatabase.Create();
        using var members = await Members.Of(connection);
        using (var silo = await SiloHost.Start(SiloHost.Options(connection)).WaitAsync(Soon)) await silo.StopAsync();

        Assert.Equal([SiloStatus.Dead], (await members.Read()).Values);
    }
}
