using System.Text;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Manifests;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Hosting;

/// <summary>A worker of the session protocol, over real HTTP, that does what a test tells it.</summary>
internal sealed class SessionWorker
{
    private readonly WorkersClient workers;
    private readonly AttemptsClient attempts;
    private readonly List<string> held = [];

    private SessionWorker(HttpClient http, string name, string session, string instance) =>
        (workers, attempts, Name, Session, Instance) = (new(http), new(http), name, session, instance);

    public string Name { get; }
    public string Session { get; }

    /// <summary>The id of its home: with it the same daemon opens its next session.</summary>
    public string Instance { get; }

    /// <summary>A name nobody else has.</summary>
    public static string NewName() => "w-" + Guid.NewGuid().ToString("N")[..12];

    public static async Task<SessionWorker> Open(LiveGateway gateway, string? name = null, string[]? labels = null, string[]? kinds = null,
        string? instance = null, KindManifest[]? manifests = null, HttpClient? http = null)
    {
        name ??= NewName();
        instance ??= Guid.NewGuid().ToString("N");
        var open = new OpenSession
        {
            Name = name,
            Instance = instance,
            Kinds = kinds ?? [.. Kinds.BuiltIn],
            Os = "linux",
            Arch = "x64",
            Labels = labels,
            Version = "test",
            Manifests = manifests,
            MaxConcurrent = 4,
        };
        var opened = await new WorkersClient(http ?? gateway.Worker).OpenSession(open);
        Assert.True(opened.IsOk, opened.Problem?.Error);
        return new SessionWorker(http ?? gateway.Worker, name, opened.Value!.Session, instance);
    }

    /// <summary>The next offer; fails when none comes within 20 s.</summary>
    public async Task<Offer> NextOffer()
    {
        var poll = await workers.Poll(new Poll { Session = Session, FreeSlots = 1, Held = [.. held], Wait = 20_000 });
        Assert.True(poll.IsOk, poll.Problem?.Error);
        var offer = Assert.Single(poll.Value!.Offers);
        held.Add(offer.AttemptId);
        return offer;
    }

    /// <summary>Takes the next offer and starts it.</summary>
    public async Task<Offer> Take()
    {
        var offer = await NextOffer();
        var started = await attempts.StartAttempt(offer.AttemptId, new StartAttempt(Session));
        Assert.True(started.IsOk, started.Problem?.Error);
        return offer;
    }

    /// <summary>Says that it is there, and that these attempts are its.</summary>
    public async Task Beat(params string[] attempts)
    {
        var beat = await workers.Heartbeat(new Heartbeat { Session = Session, Attempts = attempts });
        Assert.True(beat.IsOk, beat.Problem?.Error);
    }

    public async Task Print(Offer offer, params OutputChunk[] chunks)
    {
        var appended = await attempts.AppendOutput(offer.AttemptId, new AppendOutput(Session, chunks));
        Assert.True(appended.IsOk, appended.Problem?.Error);
    }

    /// <summary>Sends output in the binary form.</summary>
    public async Task PrintFrames(Offer offer, params OutputChunk[] chunks)
    {
        var appended = await attempts.AppendFrames(offer.AttemptId, new AppendOutput(Session, chunks));
        Assert.True(appended.IsOk, appended.Problem?.Error);
    }

    /// <summary>The same worker and session, calling another gateway.</summary>
    public SessionWorker At(Uri gateway, string token)
    {
        var http = new HttpClient { BaseAddress = gateway };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return new(http, Name, Session, Instance);
    }

    public static OutputChunk Chunk(string stream, long sequence, long offset, string text) =>
        new() { Stream = stream, Sequence = sequence, Offset = offset, Data = Encoding.UTF8.GetBytes(text) };

    /// <summary>Reports the end. Output that was not <paramref name="sent"/> before goes with it.</summary>
    public async Task Finish(Offer offer, string outcome = "succeeded", int? exitCode = 0, string stdout = "", bool sent = false)
    {
        var result = new AttemptResult
        {
            Session = Session,
            Outcome = outcome,
            ExitCode = exitCode,
            Duration = 5,
            StdoutBytes = Encoding.UTF8.GetByteCount(stdout),
            Output = sent || stdout.Length == 0 ? null : [Chunk("stdout", 0, 0, stdout)],
        };
        var taken = await attempts.FinishAttempt(offer.AttemptId, result);
        Assert.True(taken.IsOk, taken.Problem?.Error);
        held.Remove(offer.AttemptId);
    }
}
