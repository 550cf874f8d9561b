using System.Collections;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>Starts supervisors, and takes those up that a daemon before this one started.</summary>
internal sealed class Supervisors : IDisposable
{
    private static readonly string[] PassedVariables = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"];
    /// <summary>A supervisor answers within milliseconds; on a machine that thrashes within seconds.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);
    /// <summary>It looks for the next daemon five times a second.</summary>
    private static readonly TimeSpan ArrivalTimeout = TimeSpan.FromSeconds(30);
    private const int MostStarts = 2;
    private readonly SafeFileHandle nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    private readonly Dictionary<string, string> environment = BuildEnvironment();
    private readonly ISpawnJournal journal;
    private readonly SupervisorListener listener;
    private readonly IdleSupervisors idle;

    public Supervisors(SupervisionOptions options, ISpawnJournal journal, TimeProvider clock, ISupervisionLog log)
    {
        (Program, this.journal, Clock, Log) = (SupervisorProgram.FromArguments(options.Program), journal, clock, log);
        (Folders, OutputKept) = (new AttemptFolders(options.AttemptsFolder), options.OutputKept);
        listener = new SupervisorListener(options.SocketPath, log);
        idle = new IdleSupervisors(journal.IsOpen, clock);
    }

    /// <summary>What they are started from.</summary>
    public SupervisorProgram Program { get; }
    public AttemptFolders Folders { get; }
    public long OutputKept { get; }
    public TimeProvider Clock { get; }
    public ISupervisionLog Log { get; }

    public SupervisedAttempt SuperviseAttempt(IProgramOwner held, Func<TimeSpan> lease) => new(this, held, lease, GetAge(held));

    /// <summary>
    /// How long ago the daemon before this one began it; zero for what begins now, or when that is not known. By the time that nobody sets
    /// and that stands still in sleep, as its time-out does; by the PC's clock only where the PC was started anew since.
    /// </summary>
    public TimeSpan GetAge(IProgramOwner held)
    {
        if (held.RecoveredSupervisors is null) return TimeSpan.Zero;
        var age = Folders.ReadStartUptime(held.Offer.AttemptId) is { } uptime ? Clock.GetElapsedTime(0) - uptime
            : Folders.ReadStartTime(held.Offer.AttemptId) is { } at ? Clock.GetUtcNow() - at
            : TimeSpan.Zero;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    /// <summary>When it began by the clock that its log was written by; null: it begins now.</summary>
    public DateTimeOffset? FindStartTime(IProgramOwner held) =>
        held.RecoveredSupervisors is null ? null : Folders.ReadStartTime(held.Offer.AttemptId);

    /// <summary>From now on supervisors without a daemon find this one.</summary>
    public void StartListening() => listener.StartListening();

    /// <summary>Finds a supervisor for a run or starts one; null with a sentence when that can't be done.</summary>
    public (SupervisorProcess? Supervisor, string? Error) StartRun(RunRequest order)
    {
        try
        {
            Folders.CreateRunLog(order.Name);
            var error = "";
            for (var fresh = 0; fresh < MostStarts; fresh++)
            {
                while (idle.TakeLastUsed() is { } rested)
                {
                    if (TrySendRequest(order, rested)) return (rested, null);
                }
                if (StartNew(out error) is { } supervisor && TrySendRequest(order, supervisor))
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
    /// The supervisor of a run that a daemon before this one began; null once that does not live. Blocks until one or the other is known:
    /// one that lives comes by itself, and one that does not come in time is ended.
    /// </summary>
    public SupervisorProcess? FindForRun(RunName run, ProcessIdentity process)
    {
        var began = Clock.GetTimestamp();
        var arrived = listener.WaitForRun(run, () =>
        {
            process.ContinueIfStopped();
            if (Clock.GetElapsedTime(began) > ArrivalTimeout) process.Kill();
            return process.IsLive();
        });
        return arrived is null
            ? null : new SupervisorProcess(arrived.Channel, process, isOurs: false) { TimeoutLeft = arrived.Hello.TimeoutLeft };
    }

    public int IdleCount => idle.Count;

    /// <summary>Its path in the daemon's home by which a supervisor finds the next daemon.</summary>
    public string ListenerPath => listener.Path;

    /// <summary>
    /// The run is over and its end taken. Blocks until its supervisor rests, has ended, or has taken too long for either.
    /// </summary>
    public void ReleaseAfterRun(RunName run, SupervisorProcess supervisor)
    {
        if (supervisor.IsOurs && supervisor.ReadMessage(AnswerTimeout) is { Type: MessageType.Idle })
            idle.Add(run.AttemptId, supervisor);
        else if (supervisor.IsOurs)
            supervisor.KillAndDismiss();
        else
            supervisor.Dismiss();
    }

    public void Dispose()
    {
        idle.Dispose();
        listener.Dispose();
        nowhere.Dispose();
    }

    /// <summary>
    /// Gives it the order and blocks until it has it. False: it has died before, or did not answer in time and was ended. Nothing was
    /// started, for no supervisor starts anything before it has asked once more.
    /// </summary>
    private bool TrySendRequest(RunRequest order, SupervisorProcess supervisor)
    {
        journal.RecordSpawn(order.Name.AttemptId, new SpawnNote(order.Name.Run, supervisor.Process, true));
        // One that was stopped while it rested reads no order.
        supervisor.Process.ContinueIfStopped();
        var message = new Message(MessageType.RunRequest, JsonSerializer.SerializeToUtf8Bytes(order, SupervisionJson.Default.RunRequest));
        if (supervisor.Channel.WriteMessage(message, AnswerTimeout)
            && supervisor.ReadMessage(AnswerTimeout) is { Type: MessageType.RunAccepted })
            return true;
        supervisor.KillAndDismiss();
        return false;
    }

    /// <summary>A new one; null with the reason when there can't be one.</summary>
    private SupervisorProcess? StartNew(out string error)
    {
        var spec = new ProcessSpec { Argv = [.. Program.Argv, SupervisorVerb.Name], Environment = environment, WorkingDirectory = "/" };
        var none = (int)nowhere.DangerousGetHandle();
        var (ours, theirs) = Sockets.CreatePair();
        ChildReaper.CloseDescriptorsOnExec();
        var errno = ChildReaper.StartTracked((
            out int id) => PosixSpawn.Start(Program.StartPath, spec, new ChildEnds(theirs, none, none), out id), out var pid);
        _ = Native.Close(theirs);
        error = errno == 0 ? "it exited before it accepted the run" : ProgramPath.DescribeError(spec, errno);
        if (errno == 0) return new SupervisorProcess(new Channel(ours), ProcessIdentity.FromPid(pid), isOurs: true);
        _ = Native.Close(ours);
        return null;
    }

    /// <summary>Nothing of the worker's own secrets, and nothing by which it would be taken for part of a task.</summary>
    private static Dictionary<string, string> BuildEnvironment()
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry pair in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)pair.Key;
            if (PassedVariables.Contains(name, StringComparer.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal))
                result[name] = (string?)pair.Value ?? "";
        }
        // One thread fewer to start; there is little to collect.
        result["DOTNET_gcConcurrent"] = "0";
        return result;
    }
}
