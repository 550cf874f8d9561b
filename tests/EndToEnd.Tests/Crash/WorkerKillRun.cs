using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Crash;

/// <summary>The real worker, killed every 5 to 15 s while tasks of 1 to 30 s run on it; the server stays up.</summary>
internal sealed class WorkerKillRun(string folder, int seed, TimeSpan length)
{
    private const string Name = "killed";
    private const int Timeout = 90_000;
    private const int KillGrace = 1000;
    private const int AtOnce = 8;
    private readonly Random random = new(seed);
    private readonly List<Accepted> accepted = [];
    private readonly List<(long Begin, long End)> kills = [];
    private readonly List<Seen> seen = [];
    private readonly List<string> said = [];

    /// <summary>What the workers wrote to their logs.</summary>
    public IReadOnlyList<string> Said => said;

    public Evidence Evidence { get; private set; } = new();

    /// <summary>The tasks whose command ran, by its own account, when a kill came; once for each kill.</summary>
    public IReadOnlyList<(long Kill, string Key)> Hit { get; private set; } = [];

    public async Task Run()
    {
        using var witness = new Witness(folder);
        var data = Path.Combine(folder, "data");
        await using var server = await StandaloneProcess.Start(data, "--no-worker");
        using var client = new Api(server.Url, server.TokenOf("client"));
        var worker = Start(server);
        try
        {
            var clock = TimeProvider.System;
            for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < length;)
            {
                await Fill(client, witness);
                await Wait(random.Next(5000, 15_000));
                // A kill that hits nothing proves nothing, and a busy machine may not have come to a first task by now.
                await Eventually.Is(() => RunsSomething(client, witness), $"a task runs (seed {seed})");
                var at = Now();
                await worker.Kill();
                said.AddRange(worker.Lines);
                await worker.DisposeAsync();
                await Wait(random.Next(0, 2000));
                worker = Start(server);
                kills.Add((at, Now()));
            }
            var open = accepted.Select(task => task.Task).ToList();
            await Eventually.Is(async () => (open = await Read(client, open)).Count == 0, $"every task has ended (seed {seed})",
                seconds: 120);
        }
        finally
        {
            await worker.Signal("TERM");
            said.AddRange(worker.Lines);
            await worker.DisposeAsync();
        }
        await server.Signal("TERM");
        Collect(witness, new Database(data));
    }

    /// <summary>By the server's account, and by the command's own.</summary>
    private async Task<bool> RunsSomething(Api client, Witness witness)
    {
        var lines = witness.Read();
        var begun = lines.Where(line => line.IsStart).Select(line => line.Key)
            .Except(lines.Where(line => !line.IsStart).Select(line => line.Key)).ToHashSet();
        var running = (await client.Get("/tasks?status=running&limit=100")).Ok()["tasks"]!.AsArray()
            .Select(task => task!["taskId"]!.GetValue<string>()).ToHashSet();
        return accepted.Exists(task => begun.Contains(task.Key) && running.Contains(task.Task));
    }

    private void Collect(Witness witness, Database database)
    {
        var lines = witness.Read();
        var ids = accepted.ToDictionary(task => task.Key, task => task.Task);
        var lost = database.Audit().Where(entry => entry.State == "lost").ToList();
        Hit = [.. from kill in kills
                  from key in lines.Where(line => line.IsStart && line.At < kill.Begin).Select(line => line.Key)
                  where !lines.Any(line => !line.IsStart && line.Key == key && line.At < kill.Begin)
                  where !lost.Any(end => end.Task == ids[key] && end.At < kill.Begin)
                  select (kill.Begin, key)];
        Evidence = new Evidence
        {
            Accepted = accepted, Seen = seen, Witness = lines, Rows = database.Rows(), Audit = database.Audit(),
            Faults = [.. kills.Select(
                kill => new Fault("kill -9 of the worker", kill.Begin, kill.End, Hit.Count(hit => hit.Kill == kill.Begin)))],
            Restarts = [.. kills.Select(kill => new Restart(Name, kill.Begin, kill.End))],
        };
    }

    private ServerProcess Start(StandaloneProcess server) => ServerProcess.Launch(
        Repository.Program("Worker", "openclaw-worker"), [],
        ("WORKER_URL", server.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")), ("WORKER_NAME", Name),
        ("MAX_CONCURRENT", AtOnce.ToString(CultureInfo.InvariantCulture)), ("OPENCLAW_WORKER_HOME", Path.Combine(folder, "home")));

    /// <summary>As many open tasks as run at once, and two more.</summary>
    private async Task Fill(Api client, Witness witness)
    {
        var ended = seen.Where(s => s.ExitCode is not null).Select(s => s.Task);
        var open = await Read(client, [.. accepted.Select(task => task.Task).Except(ended)]);
        for (var i = open.Count; i < AtOnce + 2; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"w{accepted.Count}");
            var seconds = Math.Round(1 + random.NextDouble() * 29, 2);
            var body = new JsonObject
            {
                ["command"] = witness.Command(key, seconds, random.Next(8) == 0 ? 3 : 0), ["timeout"] = Timeout, ["killGrace"] = KillGrace,
            };
            var reply = await client.Post("/tasks", body, key);
            accepted.Add(new Accepted(key, reply.Ok()["taskId"]!.GetValue<string>(), 1) { Timeout = Timeout, KillGrace = KillGrace });
        }
    }

    /// <summary>Reads tasks once; those that have not ended.</summary>
    private async Task<List<string>> Read(Api client, List<string> tasks)
    {
        var open = new List<string>();
        foreach (var id in tasks)
        {
            var task = (await client.Get($"/tasks/{id}")).Ok();
            seen.Add(new Seen(
                id, task["version"]!.GetValue<long>(), task["state"]!.GetValue<string>(), task["exitCode"]?.GetValue<int>(),
                task["stdout"]?.GetValue<string>(), task["lateResult"]?["exitCode"]?.GetValue<int>())
            {
                LateStdout = task["lateResult"]?["stdout"]?.GetValue<string>(),
            });
            if (task["exitCode"] is null) open.Add(id);
        }
        return open;
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task Wait(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);
}
