using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Tests.Cli;
using OpenClaw.Worker.Tests.Transport;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>
/// A person's home, a gateway, and a service manager that starts a daemon when it is told to, unless a test says it fails.
/// </summary>
internal sealed class InstallBench : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-install-");
    private readonly CancellationTokenSource stop = new();
    private readonly StringWriter log = new();
    private Task<int>? daemon;

    private InstallBench(FakeGateway gateway)
    {
        Gateway = gateway;
        Terminal = new TypedTerminal { UserHome = folder.FullName, Does = Obey };
        Terminal.Variables["WORKER_URL"] = gateway.Url.ToString();
        Terminal.Variables["WORKER_TOKEN"] = FakeGateway.Token;
        Terminal.Variables["WORKER_NAME"] = "studio";
    }

    public FakeGateway Gateway { get; }
    public TypedTerminal Terminal { get; }
    public string Home => PathOf(".openclaw", "worker");
    public string Unit => PathOf(".config", "systemd", "user", "openclaw-worker.service");
    public string Command => PathOf(".local", "bin", "openclaw-worker");

    /// <summary>Command that fails when it is in a line, with what it says.</summary>
    public (string Word, string Says)? Fails { get; set; }

    /// <summary>Token of the daemon that the service manager starts; null: none comes up.</summary>
    public string? StartsWith { get; set; } = FakeGateway.Token;

    /// <summary>Where it waits in vain, it does not for long.</summary>
    public void Hurry() => Terminal.Clock = new HurriedClock(20);

    public static async Task<InstallBench> Make() => new(await FakeGateway.Start());

    public string PathOf(params string[] parts) => Path.Combine([folder.FullName, .. parts]);

    /// <summary>Everything below the person's home.</summary>
    public string[] Files() => [.. Directory.GetFileSystemEntries(folder.FullName, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder.FullName, path)).Order(StringComparer.Ordinal)];

    /// <summary>A published program with this content, in a download folder.</summary>
    public async Task Download(string content)
    {
        var file = Path.Combine(Directory.CreateDirectory(PathOf("downloads")).FullName, "openclaw-worker");
        File.Delete(file);
        await File.WriteAllTextAsync(file, content);
        Terminal.OwnProgram = [file];
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (daemon is not null) await daemon.WaitAsync(TimeSpan.FromSeconds(60));
        await Gateway.DisposeAsync();
        stop.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task<ProbeAnswer?> Obey(string line)
    {
        if (Fails is { } fails && line.Contains(fails.Word, StringComparison.Ordinal))
            return new ProbeAnswer(1, fails.Says);
        if ((line.Contains(" restart ", StringComparison.Ordinal) || line.Contains("nohup", StringComparison.Ordinal))
            && StartsWith is { } token && daemon is null)
        {
            var options = new WorkerOptions { Url = Gateway.Url, Token = token, Name = "studio", Home = Home };
            daemon = WorkerDaemon.RunUntilStopped(options, TextWriter.Synchronized(log), stop.Token);
            // However long it takes to come up here: with the hurried clock it is waited for a second.
            while (await ControlClient.FindStatus(Home, stop.Token) is null)
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
        return new ProbeAnswer(0, "");
    }
}
