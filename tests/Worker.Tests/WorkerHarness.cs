using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Tests;

/// <summary>A whole daemon in this process against the fake gateway.</summary>
internal sealed class WorkerHarness : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-worker-");
    private readonly StringWriter log = new();
    // Its methods lock itself: who reads the text takes the same lock.
    private readonly TextWriter writer;
    private CancellationTokenSource stop = new();

    static WorkerHarness() => Environment.SetEnvironmentVariable("SHELL", ServerProcess.Shell);

    private WorkerHarness(FakeGateway gateway) => (Gateway, writer) = (gateway, TextWriter.Synchronized(log));

    public FakeGateway Gateway { get; }
    public Task<int> Daemon { get; private set; } = Task.FromResult(0);
    public string Home => Path.Combine(folder.FullName, "home");
    public string PathOf(string name) => Path.Combine(folder.FullName, name);
    public string Log { get { lock (writer) return log.ToString(); } }

    public WorkerOptions Options { get; set; } = null!;
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public static async Task<WorkerHarness> Prepare(Action<FakeGateway>? prepare = null, FakeGateway? before = null)
    {
        var gateway = before ?? await FakeGateway.Start();
        prepare?.Invoke(gateway);
        var harness = new WorkerHarness(gateway);
        harness.Options = new WorkerOptions
        {
            Url = gateway.Url,
            Token = FakeGateway.Token,
            Name = "pc",
            Home = harness.Home,
            DrainTimeout = TimeSpan.FromSeconds(10),
            StopGrace = TimeSpan.FromSeconds(1),
        };
        return harness;
    }

    public static async Task<WorkerHarness> Start(Action<FakeGateway>? prepare = null)
    {
        var harness = await Prepare(prepare);
        harness.Go();
        return harness;
    }

    public void Go()
    {
        stop = new CancellationTokenSource();
        Daemon = WorkerDaemon.RunUntilStopped(Options, new WorkerLog(writer, Clock), Clock, stop.Token);
    }

    /// <summary>
    /// Waits until the daemon has the answer to a heartbeat. On a clock that is about to jump: of one under way the time would be over.
    /// </summary>
    public Task WaitForHeartbeat() => Eventually.Is(
        async () =>
            (await ControlClient.SendCommand(Home, StatusCommand.Name,
                null, ControlJson.Default.WorkerStatus)).Value is { AnsweredAt: not null },
        "a heartbeat was answered");

    public void AskToStop() => stop.Cancel();

    public async Task<int> Stop()
    {
        await stop.CancelAsync();
        return await Daemon.WaitAsync(TimeSpan.FromMinutes(2));
    }

    public async ValueTask DisposeAsync()
    {
        if (!Daemon.IsCompleted)
        {
            Options = Options with { DrainTimeout = TimeSpan.Zero };
            await Stop();
        }
        await Gateway.DisposeAsync();
        stop.Dispose();
        folder.Delete(recursive: true);
    }
}
