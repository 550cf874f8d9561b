using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;

namespace OpenClaw.Grains.Workers;

/// <summary>
/// The names of a tenant's workers. Everything else about them their own grains know. Those that were silent for long are asked once and
/// then remembered: to ask them would wake each from the store. They say when they are back.
/// </summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class WorkerDirectoryGrain(
    [PersistentState("workers", "Default")] IPersistentState<WorkerNames> state, ITaskIndex index, TimeProvider clock,
    IOptions<WorkerNameOptions> options)
    : Grain, IWorkerDirectoryGrain
{
    /// <summary>A worker that was silent for so long is not asked any more until it says that it is back.</summary>
    internal static readonly TimeSpan RestAfter = TimeSpan.FromMinutes(15);

    /// <summary>A name that only ever polled without a session is forgotten after so long a silence.</summary>
    internal static readonly TimeSpan ForgetPollsAfter = TimeSpan.FromDays(30);

    /// <summary>Grains asked at once: each that is not in memory is a read of the store.</summary>
    private const int AskedAtOnce = 16;

    /// <summary>Whoever reads in a loop gets what is known, not a question to every worker each time.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private WorkerSnapshot[]? known;
    private DateTimeOffset knownAt;
    private long knownNews;

    private readonly Dictionary<string, WorkerSnapshot?> resting = new(StringComparer.Ordinal);
    private long news;
    private bool tidying;

    public async Task Add(string name)
    {
        news++;
        resting.Remove(name);
        if (!state.State.Names.Contains(name)) await StoreNames(state.State with { Names = [.. state.State.Names, name] });
    }

    public async Task<string> Identify()
    {
        if (state.State.Id is null) await StoreNames(state.State with { Id = Guid.NewGuid().ToString("N") });
        return state.State.Id!;
    }

    public async Task<WorkerSnapshot[]> List() => await AddRunning(await Describe());

    public async Task<WorkerSnapshot[]> Describe()
    {
        if (known is { } fresh && knownNews == news && clock.GetUtcNow() - knownAt < FreshFor) return fresh;
        var (at, before) = (clock.GetUtcNow(), news);
        var workers = await AskWorkers([.. state.State.Names.Order(StringComparer.Ordinal)]);
        (known, knownAt, knownNews) = (workers, at, before);
        await TidyWhenDue();
        return workers;
    }

    public async Task<WorkerPage> Page(string? after, int limit)
    {
        var names = state.State.Names.Where(name => string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal)
            .Take(limit + 1).ToArray();
        var page = names.Length > limit ? names[..limit] : names;
        var workers = await AskWorkers(page);
        await TidyWhenDue();
        return new WorkerPage(await AddRunning(workers), names.Length > limit ? page[^1] : null);
    }

    public async Task Tidy()
    {
        try
        {
            var gone = new HashSet<string>(StringComparer.Ordinal);
            // A name that is heard of again meanwhile is added again after this.
            foreach (var (name, worker) in resting.Where(IsForgettable).Take(AskedAtOnce).ToList())
            {
                if (await GetWorker(name).Forget(clock.GetUtcNow() - GetForgetAfter(worker))) gone.Add(name);
                // Asked anew before it is tried again.
                else resting.Remove(name);
            }
            if (gone.Count > 0) await StoreNames(state.State with { Names = [.. state.State.Names.Where(name => !gone.Contains(name))] });
            foreach (var name in gone) resting.Remove(name);
            if (gone.Count > 0) news++;
        }
        finally
        {
            tidying = false;
        }
    }

    /// <summary>Whichever way workers are listed, those that were silent too long are forgotten by it.</summary>
    private async Task TidyWhenDue()
    {
        if (tidying || !resting.Any(IsForgettable)) return;
        tidying = true;
        // Another call, because this one runs beside those that add names.
        await this.AsReference<IWorkerDirectoryGrain>().Tidy();
    }

    private async Task<WorkerSnapshot[]> AddRunning(WorkerSnapshot[] workers)
    {
        if (workers.Length == 0) return workers;
        var tenant = GrainKeys.ParseWorkerDirectory(this.GetPrimaryKeyString());
        var running = await index.ReadRunningAttempts(tenant, Array.ConvertAll(workers, worker => worker.Name), CancellationToken.None);
        return Array.ConvertAll(workers, worker => worker with { Running = [.. running[worker.Name]] });
    }

    private async Task<WorkerSnapshot[]> AskWorkers(string[] names)
    {
        var workers = new List<WorkerSnapshot>(names.Length);
        foreach (var some in names.Chunk(AskedAtOnce))
        {
            workers.AddRange((await Task.WhenAll(some.Select(AskWorkers))).OfType<WorkerSnapshot>());
            // Off the processor: what comes from outside, heartbeats first, waits behind a chain of calls that never pauses.
            if (names.Length > AskedAtOnce) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
        return [.. workers];
    }

    private async Task<WorkerSnapshot?> AskWorkers(string name)
    {
        if (resting.TryGetValue(name, out var known)) return known;
        var before = news;
        var worker = await GetWorker(name).Describe();
        var rests = worker is null || (!worker.Online && !(clock.GetUtcNow() - worker.LastSeen < RestAfter));
        // What was said while this one was asked may be of this one.
        if (rests && news == before) resting[name] = worker;
        return worker;
    }

    private bool IsForgettable(KeyValuePair<string, WorkerSnapshot?> known) => known.Value is not { } worker
        || (!worker.Draining && !(clock.GetUtcNow() - worker.LastSeen < GetForgetAfter(worker)));

    private TimeSpan GetForgetAfter(WorkerSnapshot? worker) =>
        worker is { Compatible: false } ? options.Value.ForgetAfter : ForgetPollsAfter;

    private IWorkerGrain GetWorker(string name) =>
        GrainFactory.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(GrainKeys.ParseWorkerDirectory(this.GetPrimaryKeyString()), name));

    private Task StoreNames(WorkerNames next) => state.StoreOrForget(next, DeactivateOnIdle);
}

/// <summary>What is stored of a directory.</summary>
[GenerateSerializer, Alias("WorkerNames")]
internal sealed record WorkerNames
{
    /// <summary>Every name a worker has.</summary>
    [Id(0)] public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal);
    /// <summary>Which tasks these are; null until somebody asked.</summary>
    [Id(1)] public string? Id { get; set; }
}
