using System.Collections;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Supervision.Channels;

namespace OpenClaw.Worker.Supervision;

/// <summary>Starts supervisors, and takes those up that a daemon before this one started.</summary>
internal sealed class Supervisors : IDisposable
{
    private static readonly string[] Passed = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"];
    private readonly IReadOnlyList<string> program;
    private readonly SafeFileHandle nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    private readonly Dictionary<string, string> environment = Environment();
    private readonly AttemptJournal journal;
    private readonly DaemonDoor door;
    private readonly RestingSupervisors resting;

    public Supervisors(WorkerOptions options, HomeFolder home, AttemptJournal journal, TimeProvider clock, WorkerLog log)
    {
        (program, this.journal, Clock, Log) = (options.Supervisor, journal, clock, log);
        (Folders, OutputKept) = (new AttemptFolders(home.Attempts), options.OutputKept);
        door = new DaemonDoor(home.Door, log);
        resting = new RestingSupervisors(journal.IsOpen, clock);
    }

    public AttemptFolders Folders { get; }
    public long OutputKept { get; }
    public TimeProvider Clock { get; }
    public WorkerLog Log { get; }

    /// <summary>The programs of one attempt.</summary>
    public SupervisedAttempt Of(HeldAttempt held, Func<TimeSpan> lease) => new(this, held, lease, Age(held));

    /// <summary>How long ago the daemon before this one began it; zero for what begins now, or when that is not known.</summary>
    private TimeSpan Age(HeldAttempt held) => held.Adopted is not null && Folders.BeganAt(held.Offer.AttemptId) is { } at
        && Clock.GetUtcNow() - at is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero;

    /// <summary>From now on supervisors without a daemon find this one.</summary>
    public void Open() => door.Open();

    /// <summary>Finds a supervisor for a run or starts one; null with a sentence when that can't be done.</summary>
    public (Channel? Channel, int Pid, string? Error) Start(SupervisionOrder order)
    {
        try
        {
            Folders.BeginRun(order.Name);
            while (resting.Take() is var (rested, itsPid))
            {
                if (Begins(order, rested, itsPid))
                    return (rested, itsPid, null);
            }
            var (ours, theirs) = Sockets.Pair();
            var pid = Spawned(theirs, out var error);
            _ = Native.Close(theirs);
            if (pid == 0)
            {
                _ = Native.Close(ours);
                return (null, 0, error);
            }
            var channel = new Channel(ours);
            return Begins(order, channel, pid) ? (channel, pid, null) : (null, 0, "no supervisor could be started: it ended before it began");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, 0, $"no supervisor could be started: {failure.Message}");
        }
    }

    /// <summary>The connection to a supervisor that lives; null once it does not. Blocks until one or the other is known.</summary>
    public Channel? Find(RunName run, ProcessIdentity process) => door.Wait(run, process.IsLive);

    /// <summary>Its path in the daemon's home by which a supervisor finds the next daemon.</summary>
    public string Door => door.Path;

    /// <summary>
    /// The run is over and its end taken. Blocks until its supervisor, when we started it, rests or has ended; then its process id is given
    /// back.
    /// </summary>
    public void Release(RunName run, Channel channel, int pid)
    {
        if (pid > 0 && channel.Read() is { Word: Word.Rests })
        {
            resting.Add(run.AttemptId, channel, pid);
            return;
        }
        channel.Dispose();
        if (pid <= 0)
            return;
        OwnChildren.WaitForEnd(pid);
        OwnChildren.Release(pid);
    }

    public void Dispose()
    {
        resting.Dispose();
        door.Dispose();
        nowhere.Dispose();
    }

    /// <summary>Gives it the order and blocks until it has it. False: it has died before, nothing was started, and it is let go.</summary>
    private bool Begins(SupervisionOrder order, Channel channel, int pid)
    {
        journal.Spawned(order.Name.AttemptId, new SpawnNote(order.Name.Run, ProcessIdentity.Of(pid), true));
        if (channel.Write(new Message(Word.Order, JsonSerializer.SerializeToUtf8Bytes(order, SupervisionJson.Default.SupervisionOrder)))
            && channel.Read() is { Word: Word.Begins })
            return true;
        channel.Dispose();
        OwnChildren.Release(pid);
        return false;
    }

    private int Spawned(int stdin, out string? error)
    {
        var spec = new ProcessSpec { Argv = [.. program, SupervisorVerb.Name], Environment = environment, WorkingDirectory = "/" };
        var none = (int)nowhere.DangerousGetHandle();
        OwnChildren.KeepDescriptorsToOurselves();
        lock (OwnChildren.SpawnLock)
        {
            var errno = Spawn.Start(program[0], spec, new ChildEnds(stdin, none, none), out var pid);
            error = errno == 0 ? null : $"no supervisor could be started: {ProgramPath.Explain(spec, errno)}";
            if (errno != 0)
                return 0;
            OwnChildren.Add(pid);
            return pid;
        }
    }

    /// <summary>Nothing of the worker's own secrets, and nothing by which it would be taken for part of a task.</summary>
    private static Dictionary<string, string> Environment()
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry pair in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)pair.Key;
            if (Passed.Contains(name, StringComparer.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal))
                result[name] = (string?)pair.Value ?? "";
        }
        // One thread fewer to start; there is little to collect.
        result["DOTNET_gcConcurrent"] = "0";
        return result;
    }
}
