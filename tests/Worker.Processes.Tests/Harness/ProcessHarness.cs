using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Processes.Tests.Harness;

/// <summary>Runs real programs for the tests of this folder.</summary>
internal sealed class ProcessHarness : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-process-");
    private readonly string task = Guid.NewGuid().ToString("n");

    public ProcessHarness() => ChildReaper.BecomeSubreaper();

    public RecordingSink Output { get; } = new();
    public AttemptStop Stop { get; } = new();
    public string Folder => folder.FullName;
    public string PathOf(string name) => Path.Combine(Folder, name);

    public Dictionary<string, string> Environment => new()
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
        [ProcessMarker.TaskVariable] = task,
        [ProcessMarker.AttemptVariable] = "1",
    };

    public ProcessSpec Spec(params string[] argv) => new() { Argv = argv, Environment = Environment, WorkingDirectory = Folder };

    public ProcessSpec Shell(string text) => Spec("/bin/sh", "-c", text);

    public Task<ProcessEnd> Run(ProcessSpec spec, double grace = 10) =>
        new ProcessRunner(TimeProvider.System).RunProgram(spec, Output, Stop, TimeSpan.FromSeconds(grace));

    /// <summary>Live processes that carry this harness's marker.</summary>
    public int Alive() => ProcessTable.Read()
        .Count(entry => !entry.Zombie && ProcessTable.HasMarker(entry.Pid, new ProcessMarker(task, "1")));

    /// <summary>Waits until the file is there and has a full line.</summary>
    public async Task<string> LineOf(string name)
    {
        await Until.True(() => File.Exists(PathOf(name)) && File.ReadAllText(PathOf(name)).EndsWith('\n'), $"{name} is written");
        return (await File.ReadAllTextAsync(PathOf(name))).Trim();
    }

    public void Dispose()
    {
        Stop.Dispose();
        folder.Delete(recursive: true);
    }
}

/// <summary>Lets every program start, and remembers them.</summary>
internal sealed class StartedPrograms : IProgramStart
{
    private readonly Lock gate = new();
    private readonly List<int> pids = [];

    public IReadOnlyList<int> Pids { get { lock (gate) return [.. pids]; } }

    public bool MayStart() => true;

    public void MarkStarted(int pid)
    {
        lock (gate) pids.Add(pid);
    }
}

/// <summary>Waits for what happens outside, with a bound that a busy machine stays below.</summary>
internal static class Until
{
    public static async Task True(Func<bool> condition, string what, double seconds = 60)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began).TotalSeconds < seconds, $"waited {seconds} s until {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
