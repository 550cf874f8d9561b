using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.TestKit.FakeGateway;

/// <summary>
/// The worker's side of a gateway over real HTTP on 127.0.0.1, in memory, with a script for what goes wrong: <see cref="Fault"/> is asked
/// for every call.
/// </summary>
public sealed partial class FakeGateway : IAsyncDisposable
{
    public const string Token = "ocl_wrk_testtesttt_TestTokenOfTheFakeGateway00000000000000000039151e2a";
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly Dictionary<string, FakeAttempt> attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly List<SeenCall> calls = [];
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    /// <summary>Its own: processes are found by the id of their task, and other tests run beside this one.</summary>
    private readonly string ids = Guid.NewGuid().ToString()[..24];
    private int submitted;

    private FakeGateway(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>What goes wrong with a call; nothing by default. Called on any thread.</summary>
    public Func<SeenCall, CallFault> Fault { get; set; } = _ => CallFault.None;

    /// <summary>What something in between answers to a call; null, the default: nothing does. Called on any thread.</summary>
    public Func<SeenCall, FalseAnswer?> InBetween { get; set; } = _ => null;

    /// <summary>Intervals it gives to workers, ms.</summary>
    public long HeartbeatEvery { get; set; } = 15_000;
    public long Lease { get; set; } = (long)AttemptTiming.Lease.TotalMilliseconds;
    public long PollWait { get; set; } = 50_000;

    /// <summary>False: a cancel travels only by heartbeats, as when the parked poll's answer was lost.</summary>
    public bool CancelsTravelByPoll { get; set; } = true;

    /// <summary>Every call, in order.</summary>
    public IReadOnlyList<SeenCall> Calls { get { lock (gate) return [.. calls]; } }

    /// <summary>
    /// Calls of one name: session, close, poll, start, heartbeat, output, result. Of each that is counted it is decided what goes wrong
    /// with it.
    /// </summary>
    public int Count(string name) { lock (gate) return counts.GetValueOrDefault(name); }

    /// <summary>With a certificate it speaks TLS; with a base path it knows nothing outside of it.</summary>
    public static async Task<FakeGateway> Start(int port = 0, X509Certificate2? certificate = null, string basePath = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var gateway = new FakeGateway(app);
        if (basePath.Length > 0)
            app.Map(basePath, inside => inside.Run(gateway.Handle));
        else
            app.Run(gateway.Handle);
        await app.StartAsync();
        gateway.Url = new Uri(app.Urls.First() + basePath);
        return gateway;
    }

    /// <summary>Queues a task; the id of its first attempt.</summary>
    public string Submit(
        string kind, string payload, long timeout = 120_000, long killGrace = 10_000, long? silence = null, bool endsWithLease = false)
    {
        var task = $"{ids}{Interlocked.Increment(ref submitted):d12}";
        var offer = new Offer
        {
            AttemptId = task + ".1",
            TaskId = task,
            Attempt = 1,
            Kind = kind,
            Payload = JsonElement.Parse(payload),
            Timeout = timeout,
            KillGrace = killGrace,
            Silence = silence,
            EndsWithLease = endsWithLease,
            Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
        return Submit(offer);
    }

    /// <summary>Queues an attempt as it is; what it had of that id it forgets.</summary>
    public string Submit(Offer offer)
    {
        Change(() => attempts[offer.AttemptId] = new FakeAttempt(offer));
        return offer.AttemptId;
    }

    /// <summary>Queues a shell command.</summary>
    public string Command(string text, long timeout = 120_000, long killGrace = 10_000, long? silence = null, bool endsWithLease = false) =>
        Submit("command", JsonSerializer.Serialize(new Dictionary<string, string> { ["command"] = text }),
            timeout, killGrace, silence, endsWithLease);

    public FakeAttempt Attempt(string id) { lock (gate) return attempts[id]; }

    public void Cancel(string id) => Change(() => attempts[id].Cancelled = true);

    public void LeaveOut(string id) => Change(() => attempts[id].LeftOut = true);

    public void Supersede(string id) => Change(() => attempts[id].Superseded = true);

    /// <summary>Lets every hanging call go on.</summary>
    public void Release() => released.TrySetResult();

    /// <summary>Waits, bounded, until something is so: for long, for a machine that is busy with other things.</summary>
    public async Task Until(Func<FakeGateway, bool> condition, string what, double seconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (condition(this)) return;
                next = changed.Task;
            }
            try
            {
                await next.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                var seen = string.Join(' ', numbers.Select(c => $"{c.Key}={c.Value}"));
                throw new TimeoutException($"waited {seconds} s until {what}; calls: {seen}");
            }
        }
    }

    public async Task<FakeAttempt> Ended(string id, double seconds = 60)
    {
        await Until(g => g.Attempt(id).Results.Count > 0, $"{id} is reported", seconds);
        return Attempt(id);
    }

    public Task Running(string id) => Until(g => g.Attempt(id).Started, $"{id} is started");

    public async ValueTask DisposeAsync()
    {
        Release();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }

    private void Change(Action action)
    {
        lock (gate)
        {
            action();
            changed.TrySetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
