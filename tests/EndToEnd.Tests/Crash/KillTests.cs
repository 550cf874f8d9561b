using System.Collections.Concurrent;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;
using Xunit.Abstractions;

namespace OpenClaw.EndToEnd.Tests.Crash;

/// <summary>kill -9 under load, again and again, on one data folder.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 20;

    /// <summary>
    /// From this kill on only the session protocol gets tasks: what a compatible worker was started on with an answer that died is
    /// known as lost two minutes after its timeout, and those minutes run beside the other half of the kills.
    /// </summary>
    private const int CompatibleWorkersUntil = 8;

    [Fact]
    public async Task Twenty_kills_under_load_lose_nothing_start_nothing_twice_and_everything_ends()
    {
        var seed = Environment.TickCount;
        using var folder = new TemporaryFolder();
        using var witness = new Witness(folder.Path);
        var data = folder.File("data");
        var server = await StandaloneProcess.Start(data);
        var client = new Api(server.Url, server.TokenOf("client"));
        var worker = new Api(server.Url, server.TokenOf("worker"));
        using var load = new CrashLoad(witness, () => Volatile.Read(ref client), seed);
        var acknowledged = new ConcurrentQueue<Acknowledged>();
        var compatibleWorkers = Enumerable.Range(0, 3).Select(_ => new CompatibleWorker(() => Volatile.Read(ref worker))
        {
            Acknowledged = (task, exitCode) => acknowledged.Enqueue(new Acknowledged(task, exitCode)),
        }).ToList();
        var kills = new List<(long Begin, long End)>();
        load.Start(submitters: 6);

        var random = new Random(seed);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await RunsSomething(client);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 900)), TimeProvider.System);
            var begin = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await Restart();
            kills.Add((begin, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
            load.CompatibleWorkersToo = kill < CompatibleWorkersUntil;
        }
        await load.Stop();
        var open = await load.ReadAll();
        await Eventually.Is(async () => (open = await load.Read(open)).Count == 0, $"every accepted task has ended (seed {seed})",
            seconds: 200);
        foreach (var one in compatibleWorkers) await one.Finish();

        await Restart();
        await load.ReadAll();
        var (exitCode, _) = await server.Signal("TERM");
        var database = new Database(data);
        var audit = database.Audit();
        var local = audit.Where(t => t.What == "start").Select(t => t.Worker!).Distinct().ToList();
        var evidence = new Evidence
        {
            Accepted = load.Accepted,
            Unknown = load.Unknown,
            Seen = load.Seen,
            Acknowledged = [.. acknowledged],
            Witness = witness.Read(),
            Rows = database.Rows(),
            Audit = audit,
            // The server's process is all there is: whatever is under way is hit, and so is the worker within it.
            Faults = [.. kills.Select(
                kill => new Fault("kill -9", kill.Begin, kill.End, Checker.InState(audit, kill.Begin, "queued", "running")))],
            Restarts = [.. from kill in kills from name in local select new Restart(name, kill.Begin, kill.End)],
        };
        Report(evidence);
        Assert.Equal([], Checker.Violations(evidence).Select(v => $"seed {seed}: {v}"));
        Assert.Equal("ok", database.Integrity());
        Assert.True(Checker.FaultsThatHit(evidence, "running") > 0, "No kill hit a running task: nothing is proved.");
        Assert.True(Checker.FaultsThatHit(evidence, "queued") > 0, "No kill hit a queued task: nothing is proved.");
        Assert.Equal(0, exitCode);
        foreach (var one in compatibleWorkers) await one.DisposeAsync();
        await server.DisposeAsync();

        async Task Restart()
        {
            await server.Kill();
            await server.DisposeAsync();
            server = await StandaloneProcess.Start(data);
            Volatile.Write(ref client, new Api(server.Url, server.TokenOf("client")));
            Volatile.Write(ref worker, new Api(server.Url, server.TokenOf("worker")));
        }
    }

    private static Task RunsSomething(Api client) => Eventually.Is(
        async () => (await client.Get("/tasks?status=running&limit=1")).Ok()["tasks"]!.AsArray().Count > 0, "a task runs");

    private void Report(Evidence evidence)
    {
        output.WriteLine($"{evidence.Faults.Count} kills, {evidence.Accepted.DistinctBy(a => a.Key).Count()} accepted tasks, "
            + $"{evidence.Accepted.Count} accepted submits, {evidence.Seen.Count} reads, {evidence.Witness.Count(w => w.IsStart)} spawns, "
            + $"{evidence.Acknowledged.Count} results of compatible workers");
        output.WriteLine($"Kills while something was running: {Checker.FaultsThatHit(evidence, "running")}, "
            + $"queued: {Checker.FaultsThatHit(evidence, "queued")}");
        foreach (var group in evidence.Rows.CountBy(r => r.State)) output.WriteLine($"  {group.Key}: {group.Value}");
    }
}
