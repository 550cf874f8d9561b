using System.Globalization;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Processes.Records;
using OpenClaw.Worker.Processes.Supervision.Logs;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>The built worker as a process of its own, which can be killed, against the fake gateway.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private ServerProcess? process;

    private WorkerProcess(FakeGateway gateway) => Gateway = gateway;

    public FakeGateway Gateway { get; }
    public string Home => folder.File("home");

    public string Program { get; set; } = Repository.Program("Worker", "openclaw-worker");

    public string Log => process?.Output ?? "";
    public string PathOf(string name) => folder.File(name);

    public static async Task<WorkerProcess> Start(Action<FakeGateway>? prepare = null)
    {
        var worker = await Prepare(prepare);
        worker.Go();
        return worker;
    }

    public static async Task<WorkerProcess> Prepare(Action<FakeGateway>? prepare = null)
    {
        var gateway = await FakeGateway.Start();
        prepare?.Invoke(gateway);
        return new WorkerProcess(gateway);
    }

    /// <summary>Starts it with the owner's settings.</summary>
    public void Go(string settings)
    {
        Directory.CreateDirectory(Home);
        File.WriteAllText(Path.Combine(Home, "settings.json"), settings);
        Go();
    }

    public void Go(params (string Name, string Value)[] more) => process = ServerProcess.Launch(
        Program, [],
        [
            ("WORKER_URL", Gateway.Url.ToString()), ("WORKER_TOKEN", FakeGateway.Token), ("WORKER_NAME", "pc"),
            ("OPENCLAW_WORKER_HOME", Home),
            .. more,
        ]);

    /// <summary>kill -9, of the daemon alone.</summary>
    public async Task Kill()
    {
        await process!.Kill();
        await process.DisposeAsync();
        process = null;
    }

    /// <summary>kill -STOP, of the daemon alone.</summary>
    public Task Stop() => process!.Send("STOP");

    /// <summary>While no daemon is there: the attempt began so much earlier, by the log of its first program.</summary>
    public void Age(string attemptId, TimeSpan by) => Rewrite(attemptId, by, RunLog.Began, RunLog.BeganUptime);

    /// <summary>While no daemon is there: the PC's clock is set forward, so by it the attempt began so much earlier.</summary>
    public void SetClockForward(string attemptId, TimeSpan by) => Rewrite(attemptId, by, RunLog.Began);

    private void Rewrite(string attemptId, TimeSpan by, params byte[] types)
    {
        var left = types.Length;
        var path = Path.Combine(Home, "attempts", attemptId, "run-0");
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var reader = new RunLogReader(file);
        while (reader.ReadNext(RandomAccess.GetLength(file)) is { } record)
        {
            if (!types.Contains(record.Type)) continue;
            byte[] began = [.. BitConverter.GetBytes(record.At - (long)by.TotalMilliseconds), .. record.Bytes.Span];
            RandomAccess.Write(file, RecordCodec.Encode(record.Type, began), reader.Position - RecordCodec.HeadSize - began.Length);
            if (--left == 0) return;
        }
        Assert.Fail("the log does not say when the attempt began");
    }

    /// <summary>Starts a command that says that it runs, and waits for that; its id.</summary>
    public async Task<string> Running(string text, long timeout = 60_000, bool endsWithLease = false)
    {
        var id = Gateway.Command($"echo $$ >> {PathOf("witness")}; {text}", timeout, 1000, endsWithLease: endsWithLease);
        await Until.True(() => Starts() > 0, "it runs");
        return id;
    }

    public int Starts() => File.Exists(PathOf("witness")) ? File.ReadAllLines(PathOf("witness")).Length : 0;

    public int ProgramId() => int.Parse(File.ReadAllLines(PathOf("witness"))[0], CultureInfo.InvariantCulture);

    public bool ProgramLives() => ProcessTable.Read(ProgramId()) is { Zombie: false };

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await process.Signal("TERM");
        await (process?.DisposeAsync() ?? default);
        await Gateway.DisposeAsync();
        folder.Dispose();
    }
}
