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
    /// <summary>A supervisor answers within milliseconds; on a machine that thrashes within seconds.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(20);
    /// <summary>It looks for the next daemon five times a second.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(30);
    private const int MostStarts = 2;
    private readonly SafeFileHandle nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    private readonly Dictionary<string, string> environment = Environment();
    private readonly AttemptJournal journal;
    private readonly DaemonDoor door;
    private readonly RestingSupervisors resting;

    public Supervisors(WorkerOptions options, HomeFolder home, AttemptJournal journal, TimeProvider clock, WorkerLog log)
    {
        (Program, this.journal, Clock, Log) = (OwnProgram.From(options.Supervisor), journal, clock, log);
        (Folders, OutputKept) = (new AttemptFolders(home.Attempts), options.OutputKept);
        door = new DaemonDoor(home.Door, log);
        resting = new RestingSupervisors(journal.IsOpen, clock);
    }

    /// <summary>What they are started from.</summary>
    public OwnProgram Program { get; }
    public AttemptFolders Folders { get; }
    public long OutputKept { get; }
    public TimeProvider Clock { get; }
    public WorkerLog Log { get; }

    /// <summary>The programs of one attempt.</summary>
    public SupervisedAttempt Of(HeldAttempt held, Func<TimeSpan> lease) => new(this, held, lease, Age(held));

    /// <summary>
    /// How long ago the daemon before this one began it; zero for what begins now, or when that is not known. By the time that nobody sets and
    /// that stands still in sleep, as its time-out does; by the PC's clock only where the PC was started anew since.
    /// </summary>
    public TimeSpan Age(HeldAttempt held)
    {
        if (held.Adopted is null)
            return TimeSpan.Zero;
        var age = Folders.BeganUptime(held.Offer.AttemptId) is { } uptime ? Clock.GetElapsedTime(0) - uptime
            : Folders.BeganAt(held.Offer.AttemptId) is { } at ? Clock.GetUtcNow() - at
            : TimeSpan.Zero;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    /// <summary>When it began by the clock that its log was written by; null: it begins now.</summary>
    public DateTimeOffset? LogBegan(HeldAttempt held) => held.Adopted is null ? null : Folders.BeganAt(held.Offer.AttemptId);

    /// <summary>From now on supervisors without a daemon find this one.</summary>
    public void Open() => door.Open();

    /// <summary>Finds a supervisor for a run or starts one; null with a sentence when that can't be done.</summary>
    public (SupervisorProcess? Supervisor, string? Error) Start(SupervisionOrder order)
    {
        try
        {
            Folders.BeginRun(order.Name);
            var error = "";
            for (var fresh = 0; fresh < MostStarts; fresh++)
            {
                while (resting.Take() is { } rested)
                {
                    if (Begins(order, rested))
                        return (rested, null);
                }
                if (Fresh(out error) is { } supervisor && Begins(order, supervisor))
                    return (supervisor, null);
            }
            return (null, $"no supervisor could be started: {error}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"no supervisor could be started: {failure.Message}");
        }
    }

    /// <summary>
    /// The supervisor of a run that a daemon before this one began; null once that does not live. Blocks until one or the other is known: one
    /// that lives comes by itself, and one that does not come in time is ended.
    /// </summary>
    public SupervisorProcess? Find(RunName run, ProcessIdentity process)
    {
        var began = Clock.GetTimestamp();
        var arrived = door.Wait(run, () =>
        {
            process.Continue();
            if (Clock.GetElapsedTime(began) > Arrival)
                process.Kill();
            return process.IsLive();
        });
        return arrived is null ? null : new SupervisorProcess(arrived.Channel, process, isOurs: false) { TimeoutLeft = arrived.Hello.TimeoutLeft };
    }

    /// <summary>How many wait for an order.</summary>
    public int Resting => resting.Count;

    /// <summary>Its path in the daemon's home by which a supervisor finds the next daemon.</summary>
    public string Door => door.Path;

    /// <summary>The run is over and its end taken. Blocks until its supervisor rests, has ended, or has taken too long for either.</summary>
    public void Release(RunName run, SupervisorProcess supervisor)
    {
        if (supervisor.IsOurs && supervisor.Read(Answer) is { Word: Word.Rests })
            resting.Add(run.AttemptId, supervisor);
        else if (supervisor.IsOurs)
            supervisor.End();
        else
            supervisor.Dismiss();
    }

    public void Dispose()
    {
        resting.Dispose();
        door.Dispose();
        nowhere.Dispose();
    }

    /// <summary>
    /// Gives it the order and blocks until it has it. False: it has died before, or did not answer in time and was ended. Nothing was started,
    /// for no supervisor starts anything before it has asked once more.
    /// </summary>
    private bool Begins(SupervisionOrder order, SupervisorProcess supervisor)
    {
        journal.Spawned(order.Name.AttemptId, new SpawnNote(order.Name.Run, supervisor.Process, true));
        // One that was stopped while it rested reads no order.
        supervisor.Process.Continue();
        var message = new Message(Word.Order, JsonSerializer.SerializeToUtf8Bytes(order, SupervisionJson.Default.SupervisionOrder));
        if (supervisor.Channel.Write(message, Answer) && supervisor.Read(Answer) is { Word: Word.Begins })
            return true;
        supervisor.End();
        return false;
    }

    /// <summary>A new one; null with the reason when there can't be one.</summary>
    private SupervisorProcess? Fresh(out string error)
    {
        var spec = new ProcessSpec { Argv = [.. Program.Argv, SupervisorVerb.Name], Environment = environment, WorkingDirectory = "/" };
        var none = (int)nowhere.DangerousGetHandle();
        var (ours, theirs) = Sockets.Pair();
        OwnChildren.KeepDescriptorsToOurselves();
        var errno = OwnChildren.Start((out int id) => Spawn.Start(Program.StartPath, spec, new ChildEnds(theirs, none, none), out id), out var pid);
        _ = Native.Close(theirs);
        error = errno == 0 ? "it exited before it accepted the run" : ProgramPath.Explain(spec, errno);
        if (errno == 0)
            return new SupervisorProcess(new Channel(ours), ProcessIdentity.Of(pid), isOurs: true);
        _ = Native.Close(ours);
        return null;
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
