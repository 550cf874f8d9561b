using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Queues;
using OpenClaw.Grains.Tasks;
using OpenClaw.TestKit.Processes;
using Orleans.Configuration;
using Orleans.Reminders;
using Orleans.Storage;

namespace OpenClaw.Grains.Tests.Silo;

/// <summary>
/// One silo in this process on a table in memory. The grains' clock is in the tests' hands; Orleans' own machinery keeps real time.
/// </summary>
public sealed class TestSilo : IAsyncLifetime
{
    private IHost? host;

    private readonly ConcurrentDictionary<string, int> queueMessages = new();

    internal FakeTable Table { get; } = new();

    /// <summary>The way of the task grains to the table.</summary>
    internal LockableStorage Rows { get; }

    /// <summary>The small records of workers, tokens and sessions.</summary>
    internal LockableStorage Values { get; private set; } = null!;

    public TestSilo() => Rows = new(Table);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public IGrainFactory Grains => host!.Services.GetRequiredService<IGrainFactory>();

    internal LimitedTokens LimitedTokens => host!.Services.GetRequiredService<LimitedTokens>();

    public IReminderTable Reminders => host!.Services.GetRequiredService<IReminderTable>();

    public async Task InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        foreach (var area in new[]
        {
            TimeProviderNames.Messaging, TimeProviderNames.SystemTimers, TimeProviderNames.Membership,
            TimeProviderNames.ActivationManagement, TimeProviderNames.GrainDirectory, ReminderTimeProviderNames.Reminders,
        }) builder.Services.AddKeyedSingleton(area, TimeProvider.System);
        builder.Services.AddKeyedSingleton<IGrainStorage>("tasks", Rows);
        builder.Services.AddKeyedSingleton<IGrainStorage>(
            "Default", (services, _) => Values = new(services.GetRequiredKeyedService<IGrainStorage>("memory")));
        builder.Services.AddSingleton<ITaskIndex>(Table);
        builder.Services.AddSingleton<IRunningLimits>(Table);
        builder.Services.AddSingleton<IAuditTrail>(Table);
        builder.Services.AddOpenClawGrains();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Find(), gatewayPort: 0)
            .AddMemoryGrainStorage("memory")
            .UseInMemoryReminderService()
            .AddIncomingGrainCallFilter(CountQueueMessages)
            .Configure<SiloMessagingOptions>(options => options.WaitForCancellationAcknowledgement = true));
        host = builder.Build();
        await host.StartAsync();
    }

    /// <summary>How often tasks have told a pool's queue what it must believe of them.</summary>
    public int QueueMessages(string pool) => queueMessages.GetValueOrDefault($"default/{pool}");

    public Task Stop() => host!.StopAsync();

    /// <summary>As if another silo of the cluster began to go.</summary>
    public void AnotherSiloGoes() => host!.Services.GetRequiredService<ClusterChanges>().SiloStatusChangeNotification(
        SiloAddress.New(IPAddress.Loopback, 1, 1), SiloStatus.ShuttingDown);

    /// <summary>Changes a small record behind the back of its grain, as another activation would.</summary>
    public async Task Change<T>(string state, IAddressable grain, Func<T, T> change) where T : new()
    {
        var storage = host!.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        var record = new GrainState<T>();
        await storage.ReadStateAsync(state, grain.GetGrainId(), record);
        record.State = change(record.State ?? new T());
        await storage.WriteStateAsync(state, grain.GetGrainId(), record);
    }

    public async Task DisposeAsync()
    {
        await host!.StopAsync();
        host.Dispose();
    }

    public ITaskGrain Task(Guid id) => Grains.GetGrain<ITaskGrain>(id);

    public IQueueGrain Queue(string pool) => Grains.GetGrain<IQueueGrain>($"default/{pool}");

    public IWorkerGrain Worker(string name) => Grains.GetGrain<IWorkerGrain>($"worker:default/{name}");

    /// <summary>Submits a task to a pool of the test's own.</summary>
    public async Task<ITaskGrain> Submit(TaskSpec spec)
    {
        var grain = Task(Guid.CreateVersion7(Clock.GetUtcNow()));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var reply = await grain.Submit(spec, Client);
        Assert.Equal(Rejection.None, reply.Rejection);
        return grain;
    }

    /// <summary>Waits, in real time, for something another grain does on its own.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        // A minute at the least: on a busy machine a grain's turn may be long in coming.
        for (var i = 0; i < 6000; i++)
        {
            if (await condition()) return;
            await System.Threading.Tasks.Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
        Assert.Fail($"never: {what}");
    }

    public static Actor Client { get; } = new("client-1", "127.0.0.1");

    public static TaskSpec Spec(string pool) => new()
    {
        Kind = "command", Payload = [1], Requires = "kind:command", Pool = pool, RequestDigest = [1],
    };

    public static Holder Session(string worker, long epoch = 1) =>
        new() { Worker = worker, Epoch = epoch, Offers = $"kind:command,worker:{worker}", TokenId = "worker-1" };

    public static Holder Compatible(string worker = "compat") => Session(worker, 0);

    public static PollRequest Poll(Holder holder, int slots = 1, double wait = 0, params Guid[] held) => new()
    {
        Worker = holder.Worker, Epoch = holder.Epoch, Offers = holder.Offers, Slots = slots, Held = held, Wait = TimeSpan.FromSeconds(wait),
    };

    public static AttemptOutcome Outcome(OutcomeKind kind, int attempt = 1) =>
        new() { Kind = kind, Attempt = attempt, ExitCode = kind == OutcomeKind.Succeeded ? 0 : 1 };

    private Task CountQueueMessages(IIncomingGrainCallContext call)
    {
        if (call.InterfaceName.EndsWith("QueueGrain", StringComparison.Ordinal) && call.MethodName is "Enqueue" or "Remove")
            queueMessages.AddOrUpdate(call.TargetId.Key.ToString()!, 1, (_, count) => count + 1);
        return call.Invoke();
    }
}

[CollectionDefinition(Name)]
public sealed class SiloCollection : ICollectionFixture<TestSilo>
{
    public const string Name = "silo";
}
