using System.Collections.Concurrent;
using Npgsql;
using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.Cluster.Tests.Report;
using OpenClaw.Cluster.Tests.Servers;
using OpenClaw.Cluster.Tests.Work;
using OpenClaw.Cluster.Tests.Workers;
using OpenClaw.TestKit.Checking;
using Xunit.Sdk;

namespace OpenClaw.Cluster.Tests.Scenarios;

/// <summary>One run of a scenario: servers, load, faults, then the checker.</summary>
internal sealed class ScenarioRun : IAsyncDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(200);
    private readonly Scenario scenario;
    private readonly string folder;
    private readonly int seed;
    private readonly Action<string> say;
    private readonly ClientLoad load;
    private readonly WorkerFleet workers;
    private readonly Onlooker onlooker;
    private readonly Witness witness;
    private readonly ConcurrentQueue<(Fault Fault, Func<Fault, int> Hits)> faults = new();
    private readonly ConcurrentQueue<string> violations = new();
    private readonly TaskMix mix;
    private KindsWork? kinds;

    private ScenarioRun(Scenario scenario, ClusterServers servers, string folder, int seed, Action<string> say)
    {
        (this.scenario, Servers, this.folder, this.seed, this.say) = (scenario, servers, folder, seed, say);
        Random = new Random(seed);
        witness = new Witness(folder);
        mix = new TaskMix(witness) { CompatibleWorkersToo = scenario.CompatibleWorkers > 0 };
        load = new ClientLoad(servers.Gateways, History, mix, Rate, seed);
        onlooker = new Onlooker(servers.Gateways, History, seed);
        workers = new WorkerFleet(servers, History, witness, folder, seed);
    }

    /// <summary>Tasks that the clients submit in a second.</summary>
    public static double Rate { get; set; } = 15;

    /// <summary>
    /// The machine has other work: how long a call took, and whether a server could answer at all, says nothing of the servers.
    /// </summary>
    public static bool IsMachineBusy { get; set; }

    public ClusterServers Servers { get; }
    public History History { get; } = new();
    public Random Random { get; }
    public DaemonFleet Daemons => workers.Daemons;

    /// <summary>Runs it; what was wrong. The figures are said.</summary>
    public static async Task<IReadOnlyList<string>> Of(Scenario scenario, int seed, Action<string> say)
    {
        var folder = Directory.CreateTempSubdirectory($"openclaw-{scenario.Name}-").FullName;
        say($"--- {scenario.Name}: {scenario.Does} (seed {seed}, {folder})");
        IReadOnlyList<string> violations;
        await using (var servers = await ClusterServers.Start(scenario.Servers, folder))
        {
            await using var run = new ScenarioRun(scenario, servers, folder, seed, say);
            foreach (var member in servers.Silos.Concat(servers.GatewayMembers))
                say($"{member.Name}: pid {member.Process.Id} {member.Address?.Url}");
            say($"{servers.Connection}, client token {servers.ClientToken}");
            try
            {
                violations = await run.Go();
            }
            finally
            {
                servers.KeepLogs();
                run.Daemons.KeepLogs();
            }
        }
        if (violations.Count == 0) Directory.Delete(folder, recursive: true);
        else say($"{violations.Count} things were wrong; what there is to see is in {folder}");
        return [.. violations.Select(w => $"{scenario.Name}, seed {seed}: {w}")];
    }

    /// <summary>One of the silos that hold tasks, and how many: waits for one, as a silo that has just joined holds none yet.</summary>
    /// <returns>After 30 s any silo, with what it holds.</returns>
    public async Task<(Member Silo, int Tasks)> AnySilo()
    {
        for (var tries = 1; ; tries++)
        {
            var silo = Servers.Silos[Random.Next(Servers.Silos.Count)];
            var tasks = await silo.CountTasks();
            if (tasks > 0 || tries == 60) return (silo, tasks);
            await Pause(0.5);
        }
    }

    public Task Pause(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    public void Say(string what) => this.say($"{TimeProvider.System.GetUtcNow():HH:mm:ss.f} {what}");

    /// <summary>Something is not as it must be, whatever the checker says.</summary>
    public void AddViolation(string what) => this.violations.Enqueue(what);

    /// <summary>
    /// Does it, and puts on record when it was. What it hit is asked for twice, when it is done and when the run is over, and the larger
    /// answer counts: some of it is known only when calls have come back.
    /// </summary>
    public async Task Fault(string name, Func<Task> deed, Func<Fault, int> hits, string? worker = null)
    {
        var begin = History.Now;
        Say(name);
        await deed();
        var fault = new Fault(name, begin, History.Now, 0) { Worker = worker };
        faults.Enqueue((fault with { Hits = hits(fault) }, hits));
    }

    /// <summary>Calls, but those that are held anyway, that were made before a fault was over and answered after it.</summary>
    public int CallsThatWaited(Fault fault) =>
        History.Calls.Count(c => c.What is not ("poll" or "wait") && c.Begin < fault.End && c.End >= fault.End);

    public async ValueTask DisposeAsync()
    {
        await onlooker.DisposeAsync();
        load.Dispose();
        if (kinds is not null) await kinds.DisposeAsync();
        await workers.DisposeAsync();
        witness.Dispose();
    }

    private async Task<IReadOnlyList<string>> Go()
    {
        var pinned = this.scenario.Servers.TwoClusters;
        await workers.Start(this.scenario.CompatibleWorkers, this.scenario.LightWorkers, this.scenario.Daemons, pinned);
        if (this.scenario.AllKinds)
        {
            kinds = await KindsWork.Start(Servers, Daemons, witness, this.folder);
            mix.Instead = kinds.Next;
        }
        load.Start();
        if (this.scenario.IsLookedAt) onlooker.Start();
        await Pause(this.scenario.Calm.TotalSeconds);
        if (this.scenario.WorkersDie) await WorkersDie();
        try
        {
            await this.scenario.Inject(this);
        }
        catch (Exception failed) when (failed is XunitException or IOException or TimeoutException or NpgsqlException)
        {
            // What could not be done is told; what was done until then is judged all the same.
            AddViolation($"F0 the faults could not go on: {failed.Message}");
        }
        await Pause(this.scenario.Calm.TotalSeconds);
        Say("no new tasks");
        await onlooker.Stop();
        await load.Stop();
        Say($"{load.Accepted.DistinctBy(a => a.Key).Count()} tasks were accepted");
        var open = await load.UntilEnded(EndsWithin);
        if (open > 0)
        {
            Servers.KeepLogs();
            AddViolation($"{open} tasks have not ended within {EndsWithin.TotalSeconds} s");
        }
        Say($"{open} tasks have not ended");
        if (kinds is not null) await kinds.Finish();
        foreach (var line in await workers.Finish()) AddViolation(line);
        await load.ReadAll();
        var outputs = await new OutputReading(Servers.Gateways, this.seed).ReadAll(load.Accepted, load.Seen);
        foreach (var line in await Servers.Stop()) AddViolation(line);
        var evidence = await Collect() with { Outputs = outputs };
        var figures = Figures.Of(History.Calls, evidence.Faults, this.scenario.Unavailable);
        return Judge(evidence, figures);
    }

    private async Task WorkersDie()
    {
        var running = 0;
        await Fault("death of workers", async () => running = await workers.SomeDie(), _ => running);
        await Task.WhenAll(Enumerable.Range(0, Daemons.All.Count).Select(number => this.KillDaemon(number, 0)));
    }

    private async Task<Evidence> Collect()
    {
        var database = new ClusterDatabase(Servers.Connection);
        return new Evidence
        {
            Accepted = load.Accepted,
            Unknown = load.Unknown,
            Seen = load.Seen,
            Cancels = load.Cancels,
            Acknowledged = workers.Acknowledged,
            Stale = workers.Stale,
            Renewals = workers.Renewals,
            Restarts = Daemons.Restarts,
            Daemons = Daemons.Names,
            DeadWorkers = workers.Dead,
            Witness = witness.Read(),
            Rows = await database.Rows(),
            Audit = await database.Audit(),
            Notes = await database.Notes(),
            Leftovers = [.. await database.Leftovers(), .. workers.Leftovers],
            Faults = [.. faults.Select(f => f.Fault with { Hits = Math.Max(f.Fault.Hits, f.Hits(f.Fault)) })],
            Decisions = kinds?.Decisions ?? [],
            StaleFor = this.scenario.StaleFor,
        };
    }

    private List<string> Judge(Evidence evidence, Figures figures)
    {
        foreach (var line in Summary(evidence).Concat(figures.Lines())) this.say(line);
        List<string> violations = [.. this.violations, .. load.Violations];
        violations.AddRange(Checker.Violations(evidence));
        violations.AddRange(kinds?.Violations(evidence) ?? []);
        var spawns = evidence.Witness.Where(w => w.IsStart).ToList();
        var byDaemons = spawns.Count(IsProcess);
        if (byDaemons * 2 < spawns.Count) violations.Add($"F0 the daemons ran {byDaemons} of {spawns.Count} commands: less than half");
        violations.AddRange(figures.Failed.Where(call => !IsMachineBusy || call.Outcome != CallOutcome.Unavailable)
            .Select(call => $"a call failed: {call}"));
        if (!IsMachineBusy && this.scenario.MayAdd is { } limit && figures.Worst > limit.TotalMilliseconds)
            violations.Add($"a call took {figures.Worst} ms more than it should, {limit.TotalMilliseconds} at most: {figures.WorstCall}");
        foreach (var line in violations.Take(30)) this.say($"WRONG {line}");
        File.WriteAllLines(Path.Combine(this.folder, "wrong"), violations);
        File.WriteAllLines(Path.Combine(this.folder, "calls"), History.Calls.Select(c => c.ToString()));
        File.WriteAllLines(Path.Combine(this.folder, "audit"), evidence.Audit.Select(t => t.ToString()));
        return violations;
    }

    /// <summary>What runs without a process has a number below zero for a pid.</summary>
    private static bool IsProcess(WitnessLine line) => line.Pid > 0;

    private static IEnumerable<string> Summary(Evidence evidence)
    {
        var spawns = evidence.Witness.Where(w => w.IsStart).ToList();
        yield return $"{evidence.Accepted.DistinctBy(a => a.Key).Count()} tasks, {evidence.Seen.Count} reads, "
            + $"{evidence.Cancels.Count} cancels of running tasks, {spawns.Count} spawns ({spawns.Count(IsProcess)} by daemons), "
            + $"{evidence.Acknowledged.Count} results, {evidence.Stale.Count} stale reports";
        var sizes = evidence.Outputs.Select(output => output.Bytes).DefaultIfEmpty().ToList();
        yield return $"{evidence.Outputs.Count} outputs read whole, {sizes.Sum() / 1_000_000.0:0.0} MB, the largest {sizes.Max()} bytes";
        if (evidence.Decisions.Count > 0)
            yield return $"{evidence.Decisions.Count(d => d.Yes)} times yes, {evidence.Decisions.Count(d => !d.Yes)} times no";
        yield return string.Join(", ", evidence.Rows.CountBy(r => r.State).Select(s => $"{s.Value} {s.Key}"));
        foreach (var fault in evidence.Faults) yield return $"fault: {fault.Name}, {fault.End - fault.Begin} ms, hit {fault.Hits}";
    }
}
