using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Clients;

namespace OpenClaw.EndToEnd.Tests.Crash;

/// <summary>Clients that submit, cancel and read while the server comes and goes, and remember every answer.</summary>
internal sealed class CrashLoad(Witness witness, Func<Api> server, int seed) : IDisposable
{
    private const int Timeout = 8000;
    private const int KillGrace = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<Accepted> accepted = new();
    private readonly ConcurrentQueue<string> unknown = new();
    private readonly List<Seen> seen = [];
    private Task[] loops = [];
    private int next;

    public IReadOnlyList<Accepted> Accepted => [.. accepted];
    public IReadOnlySet<string> Unknown => unknown.ToHashSet();
    public IReadOnlyList<Seen> Seen => this.seen;
    /// <summary>Tasks go to workers of the compatible protocol too.</summary>
    public bool CompatibleWorkersToo { get; set; } = true;

    public void Start(int submitters) =>
        loops = [.. Enumerable.Range(0, submitters).Select(n => Submit(new Random(seed + n))), KeepReading(new Random(seed - 1))];

    public async Task Stop()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops);
    }

    /// <summary>Reads every accepted task once; the ids of those that have not ended.</summary>
    public Task<List<string>> ReadAll() => Read([.. Accepted.Select(a => a.Task).Distinct()]);

    /// <summary>Reads these tasks once; those of them that have not ended.</summary>
    public async Task<List<string>> Read(List<string> tasks)
    {
        var open = new List<string>();
        foreach (var task in tasks)
            if (await Look(task) is not { ExitCode: not null }) open.Add(task);
        return open;
    }

    public void Dispose() => stop.Dispose();

    private async Task Submit(Random random)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"k{Interlocked.Increment(ref next)}");
            var body = Body(key, random);
            var id = await Accept(key, body);
            if (id is null) return;
            // The answer counts as lost now and then: the client sends again, and must be told of the same task.
            if (random.Next(5) == 0) await Accept(key, body);
            if (random.Next(10) == 0) await Try(api => api.Post($"/tasks/{id}/cancel", null));
            await Try(api => api.Get($"/tasks/{id}?wait={random.Next(50, 1500)}"));
        }
    }

    private async Task<string?> Accept(string key, JsonObject body)
    {
        while (!stop.IsCancellationRequested)
        {
            var reply = await Try(api => api.Post("/tasks", body, key));
            if (reply is { IsSuccess: true })
            {
                var id = reply.Json!["taskId"]!.GetValue<string>();
                accepted.Enqueue(
                    new Accepted(key, id, body["maxAttempts"]?.GetValue<int>() ?? 1) { Timeout = Timeout, KillGrace = KillGrace });
                return id;
            }
            Assert.True(reply is null || reply.Status >= HttpStatusCode.InternalServerError || reply.Status == HttpStatusCode.Conflict,
                reply?.Text);
            await Task.Delay(Pause, TimeProvider.System);
        }
        unknown.Enqueue(key);
        return null;
    }

    private JsonObject Body(string key, Random random)
    {
        var seconds = random.Next(4) switch { 0 => 0, 1 => 0.05, 2 => random.NextDouble() / 2, _ => 0.5 + random.NextDouble() };
        var body = new JsonObject
        {
            ["command"] = witness.Command(key, Math.Round(seconds, 3), random.Next(8) == 0 ? 3 : 0),
            ["timeout"] = Timeout,
            ["killGrace"] = KillGrace,
        };
        var forSession = !CompatibleWorkersToo || random.Next(3) == 0;
        if (forSession) body["env"] = new JsonObject { ["WITNESS_FOR"] = "session" };
        else if (random.Next(2) == 0) body["worker"] = "compat";
        if (forSession && random.Next(6) == 0) body["maxAttempts"] = 3;
        return body;
    }

    private async Task KeepReading(Random random)
    {
        while (!stop.IsCancellationRequested)
        {
            var tasks = Accepted;
            if (tasks.Count > 0) await Look(tasks[Math.Max(0, tasks.Count - 1 - random.Next(40))].Task);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private async Task<Seen?> Look(string id)
    {
        if (await Try(api => api.Get($"/tasks/{id}")) is not { } reply || reply.Status >= HttpStatusCode.InternalServerError) return null;
        var task = reply.Ok();
        var seen = new Seen(
            id, task["version"]!.GetValue<long>(), task["state"]!.GetValue<string>(), task["exitCode"]?.GetValue<int>(),
            task["stdout"]?.GetValue<string>(), task["lateResult"]?["exitCode"]?.GetValue<int>())
        {
            LateStdout = task["lateResult"]?["stdout"]?.GetValue<string>(),
        };
        this.seen.Add(seen);
        return seen;
    }

    /// <summary>The answer, or null when the server is away.</summary>
    private async Task<Reply?> Try(Func<Api, Task<Reply>> call)
    {
        try
        {
            return await call(server());
        }
        catch (Exception away) when (away is HttpRequestException or IOException or SocketException or TaskCanceledException)
        {
            await Task.Delay(Pause, TimeProvider.System);
            return null;
        }
    }
}
