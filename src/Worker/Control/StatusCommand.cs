using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Waits;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker.Control;

/// <summary>What <c>status</c> says of a daemon that runs. Never a token, never a payload.</summary>
internal sealed record WorkerStatus
{
    public required int Pid { get; init; }
    public required string Version { get; init; }
    public required string Name { get; init; }
    public required string Home { get; init; }
    public required string Server { get; init; }
    /// <summary>Null while it is not connected.</summary>
    public string? Session { get; init; }
    public DateTimeOffset? ConnectedSince { get; init; }
    /// <summary>Why the last heartbeat was not answered; null: it was, or there was none yet.</summary>
    public string? Unanswered { get; init; }
    /// <summary>When one was answered last.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }
    /// <summary>There is a session, and the server answers.</summary>
    [JsonIgnore]
    public bool IsConnected => Session is not null && Unanswered is null;
    /// <summary>Why it is not connected.</summary>
    public string? NotConnected { get; init; }
    /// <summary>What does not work as the server is of an older build, a sentence; null: nothing.</summary>
    public string? Lacks { get; init; }
    public required int Slots { get; init; }
    /// <summary>How many more it takes now.</summary>
    public required int Free { get; init; }
    /// <summary>How many are taken; null: a daemon of before says nothing of it, and each task has one.</summary>
    public int? Taken { get; init; }
    /// <summary>It takes no new work and ends after what runs.</summary>
    public required bool Draining { get; init; }
    public required RunningTask[] Tasks { get; init; }
    /// <summary>Results the server has not answered for yet.</summary>
    public required SpoolSize Spool { get; init; }
    /// <summary>Work of other servers than this one, kept until they are asked again.</summary>
    public KeptWork[] Elsewhere { get; init; } = [];
    /// <summary>Results the server would not take; kept for the owner.</summary>
    public RefusedCount? Refused { get; init; }
    /// <summary>The age in ms at which something on the way cuts what is held at the server; null: nothing does.</summary>
    public long? HoldsCutAfterMs { get; init; }
    /// <summary>What became of the worker's own file since the daemon started; null: nothing.</summary>
    public string? Program { get; init; }
    /// <summary>Because of that no program can be started: work that needs one is left at the server.</summary>
    public bool StartsNoPrograms { get; init; }
    /// <summary>The daemon's own PATH; what tasks have is the login shell's.</summary>
    public string? Path { get; init; }
    /// <summary>Why the owner has it take no work; null: not paused.</summary>
    public string? Paused { get; init; }
    /// <summary>What is broken here so that it takes no work for a while, a sentence; null: nothing.</summary>
    public string? NoWork { get; init; }
    /// <summary>Attempts that wait for the owner's yes.</summary>
    public int AwaitingApproval { get; init; }
    /// <summary>Attempts that have it, and wait for their time.</summary>
    public int Approved { get; init; }
    /// <summary>It is a time of the policy's quiet hours.</summary>
    public bool Quiet { get; init; }
    /// <summary>What the owner has allowed for a while.</summary>
    public TemporaryApprovalView[] Rules { get; init; } = [];
    /// <summary>Which policy is in force; null: none of the owner's.</summary>
    public string? Policy { get; init; }
    /// <summary>Why the policy file as it is now is not that policy; null: it is.</summary>
    public string[]? PolicyFaults { get; init; }
    /// <summary>Roots of the policy that are not what the owner named any more; a sentence each.</summary>
    public string[] ChangedRoots { get; init; } = [];
}

/// <summary>An attempt that is here. <paramref name="Ended"/>: its program has ended, and its output is on its way.</summary>
internal sealed record RunningTask(string Attempt, string Task, string Kind, bool Started, long ForMs, bool Ended = false);

internal sealed record SpoolSize(int Results, long Bytes)
{
    public static SpoolSize FromFolder(string folder)
    {
        try
        {
            var files = new DirectoryInfo(folder).GetFiles("*.json");
            return new SpoolSize(files.Length, files.Sum(file => file.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new SpoolSize(0, 0);
        }
    }
}

/// <summary>What the owner has ordered, and what waits for an order.</summary>
internal sealed record StatusOrders(
    DrainOrder Drain, PauseOrder Pause, PendingApprovals Pending, TemporaryApprovals Rules, PolicyGate Gate);

/// <summary>The session and whether the server still answers in it: of a server that hangs the session stays.</summary>
internal sealed record ServerContact(SessionKeeper Sessions, HeartbeatLoop Heartbeats, PollLoop Polls)
{
    /// <summary>What supervisors are started from; null: there are none.</summary>
    public SupervisorProgram? Program { get; init; }
    /// <summary>Whose the work is that is here.</summary>
    public required ServerMemory Servers { get; init; }
}

/// <summary>What has not come through to the server.</summary>
internal sealed record StatusFiles(string Spool, RefusedResults Refused, HoldLimit Holds);

/// <summary>Answers <c>status</c>: the connection, slots, results that wait, and what keeps it from work.</summary>
internal sealed class StatusCommand(
    WorkerOptions options, ServerContact contact, AttemptTable attempts, StatusFiles files, StatusOrders orders, TimeProvider clock)
{
    public const string Name = "status";
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(1);
    /// <summary>Bytes: about what an attempt adds to the journal, and no less than a file system gives out at once.</summary>
    private const int OneRecord = 4096;
    private readonly FileSystemCalls looking = new(mostHanging: 1, clock);
    private readonly FileSystemCalls lookingAtProgram = new(mostHanging: 1, clock);
    private readonly FileSystemCalls lookingAtHome = new(mostHanging: 1, clock);

    public async Task<string?> Run(JsonElement arguments, ControlAnswer answer, CancellationToken clientGone)
    {
        var (program, blocked) = await ReadProgramNotice();
        var status = CollectState() with
        {
            ChangedRoots = await FindChangedRoots(),
            NoWork = contact.Polls.WhyNoWork ?? await FindHomeError(),
            Program = program,
            StartsNoPrograms = blocked,
        };
        await answer.WriteLine(status, ControlJson.Default.WorkerStatus, clientGone);
        return null;
    }

    private WorkerStatus CollectState()
    {
        var (session, beat, pending) = (contact.Sessions.Known, contact.Heartbeats.Last, orders.Pending.All);
        // The first of all that is asked of the policy: the file is looked at.
        var errors = orders.Gate.FileErrors;
        return new WorkerStatus
        {
            Pid = Environment.ProcessId,
            Version = WorkerDaemon.Version,
            Name = options.Name,
            Home = options.Home,
            Server = options.Url.GetLeftPart(UriPartial.Path),
            Session = session?.Session,
            ConnectedSince = session is null ? null : contact.Sessions.Since,
            Unanswered = beat.Unanswered,
            AnsweredAt = beat.AnsweredAt,
            NotConnected = session is null ? contact.Sessions.WhyNone : null,
            Lacks = contact.Sessions.Lacks,
            Slots = options.MaxConcurrent,
            Free = attempts.Free,
            Taken = attempts.Taken,
            Draining = orders.Drain.Asked.IsCancellationRequested,
            Paused = orders.Pause.Sentence,
            AwaitingApproval = pending.Count(one => !IsApproved(one)),
            Approved = pending.Count(IsApproved),
            Quiet = orders.Gate.Policy.IsQuiet(clock.GetLocalNow()),
            Rules = [.. orders.Rules.GetActive()
                .Select(rule => new TemporaryApprovalView(rule.Rule, rule.Kind, orders.Rules.ToLocalEnd(rule)))],
            Policy = orders.Gate.Policy.Name,
            PolicyFaults = errors.Count > 0 ? [.. errors] : null,
            Tasks = [.. attempts.Active.Select(ToRunningTask)],
            Elsewhere = [.. contact.Servers.Elsewhere],
            Spool = SpoolSize.FromFolder(files.Spool),
            Refused = files.Refused.GetSummary(),
            HoldsCutAfterMs = (long?)files.Holds.CutAt?.TotalMilliseconds,
            Path = Environment.GetEnvironmentVariable("PATH"),
        };
    }

    private static bool IsApproved(PendingApproval pending) => pending.Agreed || pending.Answer is { Yes: true };

    // They may lie on a file system that does not answer; the rest of the status is answered all the same.
    private async Task<string[]> FindChangedRoots()
    {
        var answer = await looking.RunWithTimeout(() => orders.Gate.Policy.Roots.Errors, LookTimeout);
        return answer.Completed ? [.. answer.Value!] : ["the folders of the policy can't be looked at: their file system does not answer"];
    }

    /// <summary>
    /// Between two offers nothing is written, so a full disk would show only once work was lost to it. Null: an attempt could be journalled
    /// now.
    /// </summary>
    private async Task<string?> FindHomeError()
    {
        var answer =
            await lookingAtHome.RunWithTimeout(() => TryWrite(Path.Combine(options.Home, $".status-{Environment.ProcessId}")), LookTimeout);
        return answer.Completed ? answer.Value : "the home folder can't be looked at: its file system does not answer";
    }

    private static string? TryWrite(string path)
    {
        try
        {
            File.WriteAllBytes(path, new byte[OneRecord]);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the home folder can't be written: {error.Message}";
        }
        finally
        {
            TryDelete(path);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not made, or told already.
        }
    }

    private async Task<(string? Notice, bool Blocked)> ReadProgramNotice()
    {
        var answer =
            await lookingAtProgram.RunWithTimeout(
                () => (contact.Program?.DescribeChange(WorkerDaemon.Version), contact.Program?.ExplainBlocked() is not null), LookTimeout);
        return answer.Completed ? answer.Value : ("the worker's own file can't be looked at: its file system does not answer", false);
    }

    private RunningTask ToRunningTask(HeldAttempt attempt)
    {
        var here = attempt.StartedAt == 0 ? TimeSpan.Zero : clock.GetElapsedTime(attempt.StartedAt);
        var all = (long)(attempt.AgeAtRecovery + here).TotalMilliseconds;
        return new(attempt.Offer.AttemptId, attempt.Offer.TaskId, attempt.Offer.Kind, attempt.IsStarted, all, attempt.HasProgramEnded);
    }
}
