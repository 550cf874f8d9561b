using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Gateway.Calls;
using OpenClaw.GrainInterfaces.Upgrades;
using OpenClaw.Grains;
using OpenClaw.Storage.Sqlite;
using OpenClaw.TestKit.Processes;
using Orleans.Configuration;
using Orleans.Storage;

namespace OpenClaw.Gateway.Tests.Calls;

/// <summary>
/// A silo whose stores fail when a test says so, and a client of it beyond a TCP connection, with the calls repeated as a gateway
/// repeats them.
/// </summary>
public sealed class FaultySilo : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-calls-").FullName;
    private IHost? silo;
    private IHost? client;

    /// <summary>What the next storage calls do: thrown before (Before) or after (After) the real one.</summary>
    internal FaultScript Faults { get; } = new();

    internal ShiftedClock Clock { get; } = new();

    internal DefaultHttpContext Request { get; } = new();

    public IGrainFactory Grains => client!.Services.GetRequiredService<IGrainFactory>();

    public async Task InitializeAsync()
    {
        var (siloPort, gatewayPort) = (FreePort.Find(), FreePort.Find());
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSqliteStorage(Path.Combine(folder, "openclaw.db"));
        Decorate(builder.Services, "tasks");
        Decorate(builder.Services, "Default");
        builder.Services.AddOpenClawGrains();
        builder.UseOrleans(orleans => orleans.UseLocalhostClustering(siloPort, gatewayPort).AddReminders());
        silo = builder.Build();
        await silo.StartAsync();

        var outside = Host.CreateApplicationBuilder();
        outside.Logging.ClearProviders();
        outside.Services.AddSingleton(TimeProvider.System);
        outside.Services.AddCallRetries().AddSingleton<IClusterMembers>(new Unlisted());
        outside.Services.AddSingleton<IHttpContextAccessor>(new Accessor(Request));
        outside.UseOrleansClient(orleans => orleans.UseLocalhostClustering(gatewayPort)
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(4)));
        client = outside.Build();
        await client.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await client!.StopAsync();
        client.Dispose();
        await silo!.StopAsync();
        silo.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Decorate(IServiceCollection services, string name)
    {
        var inner = services.Last(service => service.ServiceType == typeof(IGrainStorage) && Equals(service.ServiceKey, name));
        services.AddKeyedSingleton<IGrainStorage>(name, (provider, _) => new Storage(
            (IGrainStorage)ActivatorUtilities.CreateInstance(provider, inner.KeyedImplementationType!), Faults));
    }

    private sealed class Accessor(HttpContext request) : IHttpContextAccessor
    {
        public HttpContext? HttpContext { get; set; } = request;
    }

    /// <summary>A list in the configuration says nothing of who is active.</summary>
    private sealed class Unlisted : IClusterMembers
    {
        public IReadOnlyList<SiloAddress> Active => [];
    }

    private sealed class Storage(IGrainStorage inner, FaultScript faults) : IGrainStorage
    {
        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            faults.Before("read", grainId);
            await inner.ReadStateAsync(stateName, grainId, grainState);
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            faults.Before("write", grainId);
            await inner.WriteStateAsync(stateName, grainId, grainState);
            faults.After("write", grainId);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            inner.ClearStateAsync(stateName, grainId, grainState);
    }
}

/// <summary>The real time and somewhat more.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}

/// <summary>Faults of one kind of storage call, so many times; counts the calls it failed.</summary>
internal sealed class FaultScript
{
    private readonly Lock gate = new();
    private (string Call, bool After, string Grain, Func<Exception> Make, int Times)? script;

    public int Failed { get; private set; }

    /// <summary>The next calls for one grain fail, before or after the real store took them.</summary>
    public void Fail(string call, string grain, Func<Exception> make, int times, bool after = false)
    {
        lock (gate) (script, Failed) = ((call, after, grain, make, times), 0);
    }

    public void Before(string call, GrainId grain) => Maybe(call, grain, after: false);

    public void After(string call, GrainId grain) => Maybe(call, grain, after: true);

    private void Maybe(string call, GrainId grain, bool after)
    {
        lock (gate)
        {
            if (script is not { } fault || fault.Call != call || fault.After != after || Failed >= fault.Times) return;
            if (!grain.Key.ToString()!.Contains(fault.Grain, StringComparison.OrdinalIgnoreCase)) return;
            Failed++;
            throw fault.Make();
        }
    }
}
