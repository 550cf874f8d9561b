using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Workers;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>
/// A worker of the session protocol, written from semantics.md section 4: journal, ask to start, run, spool, report. It runs the witness
/// command without a process.
/// </summary>
internal sealed class LightWorker : IAsyncDisposable
{
    private const int Slots = 12;
    private static readonly TimeSpan PollWait = TimeSpan.FromSeconds(10);
    /// <summary>With every slot taken a poll asks for nothing, and the next one comes soon: a slot is free again in a moment.</summary>
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(200);

    private static readonly TimeProvider Clock = TimeProvider.System;
    private readonly CancellationTokenSource noMore = new();
    private readonly CancellationTokenSource die = new();
    private readonly ConcurrentDictionary<string, HeldAttempt> held = new();
    private readonly ConcurrentDictionary<string, Task> work = new();
    private readonly ConcurrentQueue<Acknowledged> acknowledged = new();
    private readonly ConcurrentQueue<StaleReport> stale = new();
    private readonly ConcurrentQueue<Renewal> renewals = new();
    private readonly SemaphoreSlim beatNow = new(0);
    private readonly LightSession session;
    private readonly Witness witness;
    private readonly LightWorkerFolder folder;
    private Task loops = Task.CompletedTask;

    public LightWorker(Gateways gateways, History history, Witness witness, string name, string folder, int seed)
    {
        Name = name;
        this.witness = witness;
        this.folder = new LightWorkerFolder(Path.Combine(folder, name));
        var self = new OpenSession
        {
            Name = name,
            Instance = Guid.NewGuid().ToString("N"),
            Labels = [TaskMix.Light],
            Kinds = [Kinds.Command],
            Os = "linux",
            Arch = "x64",
            MaxConcurrent = Slots,
        };
        this.session = new LightSession(gateways, history, self, () => [.. held.Keys], seed);
    }

    public string Name { get; }
    public int Spooled => this.folder.Spooled;
    public IEnumerable<Acknowledged> Acknowledged => acknowledged;
    public IEnumerable<StaleReport> Stale => this.stale;
    public IEnumerable<Renewal> Renewals => renewals;
    /// <summary>Attempts whose command runs now.</summary>
    public int Running => held.Values.Count(attempt => attempt.Running);

    public void Start() => loops = Task.WhenAll(Poll(), Beat(), EndUnrenewed());

    /// <summary>Takes no new task; returns once its results are delivered.</summary>
    public async Task Finish()
    {
        await noMore.CancelAsync();
        while (!work.IsEmpty) await Task.WhenAll(work.Values);
        await die.CancelAsync();
        await loops;
    }

    /// <summary>Dies with whatever it runs, without a word.</summary>
    public Task Die()
    {
        noMore.Cancel();
        die.Cancel();
        foreach (var attempt in held.Values) attempt.Stop("death");
        return loops;
    }

    public async ValueTask DisposeAsync()
    {
        await Die();
        await Task.WhenAll(work.Values);
        this.session.Dispose();
        beatNow.Dispose();
        noMore.Dispose();
        die.Dispose();
    }

    private async Task Poll()
    {
        while (!noMore.IsCancellationRequested)
        {
            var free = Math.Max(0, Slots - held.Count);
            var wait = free > 0 ? PollWait : FullWait;
            var answer = await this.session.Call("poll", Name, wait, (http, session) => new WorkersClient(http).Poll(
                new Poll
                {
                    Session = session,
                    FreeSlots = free,
                    Held = [.. held.Keys],
                    Wait = (long)wait.TotalMilliseconds,
                }, noMore.Token), noMore.Token);
            if (answer?.Value is not { } taken)
            {
                await this.session.Pause(noMore.Token);
                continue;
            }
            foreach (var offer in taken.Offers)
                if (!noMore.IsCancellationRequested && held.TryAdd(offer.AttemptId, new HeldAttempt(offer)))
                    work[offer.AttemptId] = Take(offer.AttemptId);
            if (taken.Cancels is { Length: > 0 }) beatNow.Release();
        }
    }

    private async Task Beat()
    {
        while (!die.IsCancellationRequested)
        {
            var (sent, sentAt) = (Stopwatch.GetTimestamp(), History.Now);
            var running = held.Values.Where(a => a.Running).ToDictionary(a => a.Offer.AttemptId);
            var answer = await this.session.Call("heartbeat", Name, TimeSpan.Zero, (http, session) => new WorkersClient(http).Heartbeat(
                new Heartbeat { Session = session, Attempts = [.. running.Keys] }, die.Token), die.Token);
            foreach (var (id, directive) in answer?.Value?.Attempts ?? [])
            {
                if (!running.TryGetValue(id, out var attempt)) continue;
                if (directive != "superseded")
                    renewals.Enqueue(new Renewal(attempt.Offer.TaskId, attempt.Offer.Attempt, sentAt, History.Now));
                if (directive == "continue") attempt.Renew(sent);
                else attempt.Stop(directive);
            }
            if (answer is null) await this.session.Pause(die.Token);
            else
            {
                var pause = Ms(this.session.Known?.HeartbeatEvery ?? 15_000);
                await Task.WhenAny(beatNow.WaitAsync(die.Token), Task.Delay(pause, Clock, die.Token));
            }
        }
    }

    /// <summary>Ends by its own clock what another attempt may replace and it could not renew.</summary>
    private async Task EndUnrenewed()
    {
        while (!die.IsCancellationRequested)
        {
            var lease = Ms(this.session.Known?.Lease ?? (long)AttemptTiming.Lease.TotalMilliseconds);
            foreach (var attempt in held.Values.Where(a => a.Running && a.Offer.EndsWithLease && a.SinceRenewal >= lease))
                attempt.Stop("lease");
            await Task.Delay(Ms(500), Clock, die.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task Take(string id)
    {
        await Task.Yield();
        var attempt = held[id];
        this.folder.Begin(id);
        if (await AskToStart(attempt) && await Run(attempt) is { } result)
        {
            this.folder.Spool(id, result.Outcome);
            await Deliver(attempt, result);
            if (!die.IsCancellationRequested) this.folder.Reported(id);
        }
        else if (!die.IsCancellationRequested) this.folder.End(id);
        held.TryRemove(id, out _);
        work.TryRemove(id, out _);
    }

    private async Task<bool> AskToStart(HeldAttempt attempt)
    {
        while (!die.IsCancellationRequested)
        {
            var sent = Stopwatch.GetTimestamp();
            var id = attempt.Offer.AttemptId;
            var answer = await this.session.Call(
                "start", id, TimeSpan.Zero,
                (http, session) => new AttemptsClient(http).StartAttempt(id, new StartAttempt(session), die.Token), die.Token);
            if (answer is { IsOk: false }) return false;
            // An answer that took as long as a lease may be an old yes: ask again.
            if (answer is { IsOk: true } && Stopwatch.GetElapsedTime(sent) < Ms(10_000))
            {
                attempt.Renew(sent);
                attempt.Running = true;
                return true;
            }
            await this.session.Pause(die.Token);
        }
        return false;
    }

    /// <summary>Null when nobody wants to know how it ended.</summary>
    private async Task<AttemptResult?> Run(HeldAttempt attempt)
    {
        var offer = attempt.Offer;
        var (key, seconds, exitCode) = Witness.Meaning(offer.Payload.GetProperty("command").GetString()!);
        var run = this.witness.NewRun();
        await this.witness.Append(new WitnessLine(true, key, offer.Attempt, run, History.Now, -1));
        var timedOut = seconds * 1000 > offer.Timeout;
        await Task.Delay(timedOut ? Ms(offer.Timeout) : TimeSpan.FromSeconds(seconds), Clock, attempt.Stopping)
            .ContinueWith(_ => { }, TaskScheduler.Default);
        attempt.Running = false;
        if (attempt.StopReason is { } why)
        {
            await this.witness.Append(new WitnessLine(false, key, offer.Attempt, run, History.Now, -9));
            return why switch
            {
                "cancel" => new AttemptResult { Session = "", Outcome = "cancelled", Reason = "cancel" },
                "lease" => new AttemptResult { Session = "", Outcome = "lost", Reason = "lease-ran-out" },
                _ => null,
            };
        }
        if (timedOut)
        {
            await this.witness.Append(new WitnessLine(false, key, offer.Attempt, run, History.Now, -9));
            return new AttemptResult { Session = "", Outcome = "timed_out", Reason = "timeout" };
        }
        var output = Witness.Output(key);
        await this.witness.Append(new WitnessLine(false, key, offer.Attempt, run, History.Now, exitCode, Witness.Digest(output)));
        var bytes = Encoding.UTF8.GetBytes(output);
        return new AttemptResult
        {
            Session = "",
            Outcome = exitCode == 0 ? "succeeded" : "failed",
            ExitCode = exitCode,
            StdoutBytes = bytes.Length,
            StdoutSha256 = Witness.Digest(output),
            Output = [new OutputChunk { Stream = "stdout", Sequence = 0, Offset = 0, Data = bytes }],
        };
    }

    private async Task Deliver(HeldAttempt attempt, AttemptResult result)
    {
        var offer = attempt.Offer;
        while (!die.IsCancellationRequested)
        {
            var answer = await Send(offer.AttemptId, result);
            if (answer is { IsOk: true } && result.ExitCode is { } code)
                acknowledged.Enqueue(new Acknowledged(offer.TaskId, code, History.Now));
            if (answer is not null) break;
            await this.session.Pause(die.Token);
        }
        // A report of the attempt before, which must change nothing.
        if (offer.Attempt < 2) return;
        var repeated = result with { Outcome = "succeeded", ExitCode = 0, Output = null };
        if (await Send($"{offer.TaskId}.{offer.Attempt - 1}", repeated) is not { } stale) return;
        this.stale.Enqueue(new StaleReport(offer.TaskId, offer.Attempt - 1, History.Now, stale.Problem?.Status ?? 200));
    }

    private Task<Protocol.Answers.Answer<ResultTaken>?> Send(string attempt, AttemptResult result) => this.session.Call(
        "result", attempt, TimeSpan.Zero,
        (http, session) => new AttemptsClient(http).FinishAttempt(attempt, result with { Session = session }, die.Token), die.Token);

    private static TimeSpan Ms(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
