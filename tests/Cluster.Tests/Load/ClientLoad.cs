using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Load;

/// <summary>
/// Clients at a steady rate, whatever the servers do: each submits with a key until it is answered, and reads, waits or cancels. All
/// answers are kept.
/// </summary>
internal sealed class ClientLoad(Gateways gateways, History history, TaskMix mix, double perSecond, int seed) : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);
    private const int AtOnce = 16;
    private const int ReadTries = 50;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource giveUp = new();
    private readonly ConcurrentQueue<Accepted> accepted = new();
    private readonly ConcurrentQueue<Seen> seen = new();
    private readonly ConcurrentQueue<CancelAsked> cancels = new();
    private readonly ConcurrentDictionary<string, bool> ended = new();
    private readonly ConcurrentDictionary<string, bool> unknown = new();
    private readonly ConcurrentQueue<string> violations = new();
    private Task pace = Task.CompletedTask;

    public IReadOnlyList<Accepted> Accepted => [.. accepted];
    public IReadOnlyList<Seen> Seen => [.. seen];
    public IReadOnlyList<CancelAsked> Cancels => [.. cancels];
    /// <summary>Keys never answered, although everything was well for minutes.</summary>
    public IReadOnlySet<string> Unknown => unknown.Keys.ToHashSet();

    /// <summary>Answers that no client should get.</summary>
    public IReadOnlyList<string> Violations => [.. violations];

    public void Start() => pace = Pace();

    /// <summary>No new tasks; returns when every submit has an answer.</summary>
    public async Task Stop()
    {
        await stop.CancelAsync();
        giveUp.CancelAfter(CallTimeout);
        await pace;
    }

    /// <summary>Reads until every accepted task has ended; how many have not.</summary>
    public async Task<int> UntilEnded(TimeSpan limit)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var open = Ids().Where(id => !ended.ContainsKey(id)).ToList();
            if (open.Count == 0 || TimeProvider.System.GetElapsedTime(begin) > limit) return open.Count;
            await ReadThese(open);
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        }
    }

    /// <summary>Reads every accepted task once more.</summary>
    public Task ReadAll() => ReadThese(Ids());

    public void Dispose()
    {
        stop.Dispose();
        giveUp.Dispose();
    }

    private List<string> Ids() => [.. accepted.Select(a => a.Task).Distinct()];

    private Task ReadThese(IEnumerable<string> ids) => Parallel.ForEachAsync(
        ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, _) => await ReadSurely(id, new Random(seed)));

    private async Task Pace()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond));
        var lives = new List<Task>();
        try
        {
            for (var number = 1; await timer.WaitForNextTickAsync(stop.Token); number++) lives.Add(Life(number));
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
        await Task.WhenAll(lives);
    }

    private async Task Life(int number)
    {
        var random = new Random(seed + number);
        var key = string.Create(CultureInfo.InvariantCulture, $"k{number}");
        var (body, promise) = mix.Next(key, random);
        if (await Submit(key, body, promise, random) is not { } id) return;
        // The answer counts as lost now and then: the client sends again, and must be told of the same task.
        if (random.Next(5) == 0) await Submit(key, body, promise, random);
        if (random.Next(10) == 0) await Cancel(id, random);
        if (random.Next(2) == 0) await Read(id, TimeSpan.FromMilliseconds(random.Next(500, 8000)), random);
        for (var reads = random.Next(3); reads > 0; reads--)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1500)), TimeProvider.System);
            await Read(id, TimeSpan.Zero, random);
        }
    }

    private async Task<string?> Submit(string key, JsonObject body, Func<string, Accepted> promise, Random random)
    {
        var text = body.DeepClone();
        while (!giveUp.IsCancellationRequested)
        {
            var gateway = gateways.Pick(random);
            var reply = await history.Make(gateway, "submit", key, TimeSpan.Zero, () => gateway.Client.Post("/tasks", text, key));
            if (reply is { IsSuccess: true })
            {
                var id = reply.Json!["taskId"]!.GetValue<string>();
                accepted.Enqueue(promise(id));
                return id;
            }
            if (reply is not null && (int)reply.Status is >= 400 and < 500 and not 429)
            {
                violations.Enqueue($"the submit of {key} was refused: {(int)reply.Status} {reply.Text}");
                return null;
            }
            await Pause(random);
        }
        unknown[key] = true;
        return null;
    }

    private async Task Cancel(string id, Random random)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1000)), TimeProvider.System);
        var gateway = gateways.Pick(random);
        var reply = await history.Make(gateway, "cancel", id, TimeSpan.Zero, () => gateway.Client.Post($"/tasks/{id}/cancel", null));
        if (reply is { IsSuccess: true } && reply.Json!["state"]!.GetValue<string>() == "running")
            cancels.Enqueue(new CancelAsked(id, History.Now));
    }

    private async Task ReadSurely(string id, Random random)
    {
        for (var tries = 0; tries < ReadTries && !await Read(id, TimeSpan.Zero, random); tries++) await Pause(random);
    }

    private async Task<bool> Read(string id, TimeSpan wait, Random random)
    {
        var gateway = gateways.Pick(random);
        var begin = History.Now;
        var query = wait > TimeSpan.Zero ? $"?wait={History.Milliseconds(wait)}" : "";
        var what = wait > TimeSpan.Zero ? "wait" : "read";
        var reply = await history.Make(gateway, what, id, wait, () => gateway.Client.Get($"/tasks/{id}{query}"));
        if (reply is null || (int)reply.Status >= 500) return false;
        if (!reply.IsSuccess)
        {
            violations.Enqueue($"I1 a read of {id}, which was accepted, was answered {(int)reply.Status} {reply.Text}");
            return true;
        }
        var task = reply.Json!;
        seen.Enqueue(new Seen(
            id, task["version"]!.GetValue<long>(), task["state"]!.GetValue<string>(), task["exitCode"]?.GetValue<int>(),
            Witness.Folded(task["stdout"]?.GetValue<string>()), task["lateResult"]?["exitCode"]?.GetValue<int>())
        {
            Begin = begin, End = History.Now, LateStdout = Witness.Folded(task["lateResult"]?["stdout"]?.GetValue<string>()),
        });
        if (task["exitCode"] is not null) ended[id] = true;
        return true;
    }

    private static Task Pause(Random random) => Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 300)), TimeProvider.System);
}
