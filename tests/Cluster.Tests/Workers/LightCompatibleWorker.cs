using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>
/// A worker of the compatible protocol that runs the witness command without a process: it writes the same lines, and reports until it is
/// answered.
/// </summary>
internal sealed class LightCompatibleWorker(
    Gateways gateways, History history, Witness witness, ConcurrentQueue<Acknowledged> acknowledged, int seed) : IAsyncDisposable
{
    private static readonly TimeSpan PollWait = TimeSpan.FromSeconds(8);
    private static readonly TimeProvider Clock = TimeProvider.System;
    private readonly CancellationTokenSource noMore = new();
    private readonly CancellationTokenSource die = new();
    private readonly Random random = new(seed);
    private Task loop = Task.CompletedTask;

    /// <summary>Takes one more task and dies with it in hand.</summary>
    public bool DiesAtNextTask { get; set; }

    /// <summary>It died as it was ordered to.</summary>
    public bool Died { get; private set; }

    public void Start() => loop = Run();

    /// <summary>Takes no new task; returns once its results are delivered.</summary>
    public async Task Finish()
    {
        await noMore.CancelAsync();
        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await die.CancelAsync();
        await Finish();
        noMore.Dispose();
        die.Dispose();
    }

    private async Task Run()
    {
        while (!noMore.IsCancellationRequested && !Died)
        {
            var gateway = gateways.Pick(random);
            var reply = await history.Make(
                gateway, "poll", "compat", PollWait,
                () => gateway.CompatibleWorker.Get($"/worker/poll?wait={History.Milliseconds(PollWait)}", noMore.Token), noMore.Token);
            if (reply is { IsSuccess: true, Json: { } task }) await Work(task);
            else if (reply is not { IsSuccess: true }) await Pause();
        }
    }

    private async Task Work(JsonNode task)
    {
        var id = task["id"]!.GetValue<string>();
        var (key, seconds, exitCode) = Witness.Meaning(task["command"]!.GetValue<string>());
        var run = witness.NewRun();
        await witness.Append(new WitnessLine(true, key, 0, run, History.Now, -1));
        if (DiesAtNextTask)
        {
            Died = true;
            return;
        }
        await Task.Delay(TimeSpan.FromSeconds(seconds), Clock);
        var output = Witness.Output(key);
        await witness.Append(new WitnessLine(false, key, 0, run, History.Now, exitCode, Witness.Digest(output)));
        await Report(id, exitCode, output);
    }

    private async Task Report(string id, int exitCode, string output)
    {
        var result = new JsonObject
        {
            ["taskId"] = id,
            ["stdout"] = output,
            ["stderr"] = "",
            ["exitCode"] = exitCode,
            ["error"] = exitCode == 0 ? null : "it failed",
            ["duration"] = 1,
        };
        while (!die.IsCancellationRequested)
        {
            var gateway = gateways.Pick(random);
            var reply = await history.Make(
                gateway, "result", id, TimeSpan.Zero, () => gateway.CompatibleWorker.Post("/worker/result", result));
            if (reply is { IsTaken: true }) acknowledged.Enqueue(new Acknowledged(id, exitCode, History.Now));
            if (reply is not null && (int)reply.Status < 500) return;
            await Pause();
        }
    }

    private Task Pause() => Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 300)), Clock);
}
