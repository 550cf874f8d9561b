using System.Globalization;
using System.Runtime.CompilerServices;
using OpenClaw.Worker.Logging;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker;

/// <summary>
/// Every line the daemon writes: time, what, ids and sizes; never a payload, never a token. For people on standard output, and as JSON in
/// the home's log file once that is open.
/// </summary>
internal sealed class WorkerLog(TextWriter writer, TimeProvider clock, bool json = false, SystemLog? system = null) : ISupervisionLog
{
    private static readonly HashSet<string> ErrorEvents = [nameof(Fault), nameof(ExecutorFailed)];
    private static readonly HashSet<string> SystemEvents = [nameof(Connected), nameof(Started), nameof(Ended)];
    private static readonly HashSet<string> Warnings =
    [
        nameof(Unreachable), nameof(SessionTaken), nameof(SessionBrief), nameof(ServerChanged), nameof(PollFailed), nameof(HeartbeatFailed),
        nameof(ServerOlder), nameof(Leftover),
        nameof(NoJournal), nameof(SpoolFailed), nameof(SpoolCorrupt), nameof(ResultWaits), nameof(ResultRefused), nameof(NoControl),
        nameof(ControlRefused),
        nameof(ResultShortened), nameof(NotKept), nameof(StartWaits), nameof(HoldsCut),
        nameof(JournalDamaged), nameof(JournalFailed), nameof(SupervisorLost), nameof(NoDoor), nameof(NoAudit), nameof(NoHomeRecord),
        nameof(OrderRefused), nameof(ProgramChanged), nameof(AuditGap), nameof(ServerAuditBehind), nameof(YesRefused),
        nameof(RootChanged), nameof(RootsNotKept), nameof(SessionsUnanswered), nameof(ShellReplaced), nameof(PolicyUnanswered),
        nameof(SignatureWarned),
    ];

    private readonly Lock gate = new();
    private LogFile? file;

    /// <summary>From now on lines are written to this file too.</summary>
    public void AddFile(LogFile kept) => file = kept;

    public void Connected(string name, Uri url, string session, string? lacks) => WriteEvent(
        $"connected as {name} to {url.GetLeftPart(UriPartial.Authority)}, session {session}" + (lacks is null ? "" : "; " + lacks),
        session: session);
    public void Unreachable(Uri url, string why, TimeSpan wait) =>
        WriteEvent($"no session with {url.GetLeftPart(UriPartial.Authority)}: {why.TrimEnd('.')}; next try in {FormatSeconds(wait)} s");
    public void SessionTaken(string name, string why, int held) => WriteEvent(
        $"no work as {name}: {why} Stop the other one, or give this one a WORKER_NAME of its own; it asks again and again"
        + (held == 0 ? "" : ". " + CountedNoun.FormatCount(
            held, "attempt that is here runs on, its result is kept", "attempts that are here run on, their results are kept")));
    public void Renamed(string before, string now, int held) => WriteEvent(
        $"the worker's name was {before} and is {now} from now on; "
        + $"what runs and what is to be reported from before ({CountedNoun.FormatCount(held, "attempt", "attempts")}) stays {before}'s");
    public void NoHomeRecord(string home, Exception error) =>
        WriteEvent($"{home}: what it remembers of the daemon before can't be read or written: {error.Message}");
    public void ServerChanged(string? before, int kept, int own) => WriteEvent(
        $"this is another server than before ({before}): "
            + $"{CountedNoun.FormatCount(kept, "attempt of others is", "attempts of others are")} kept here "
        + $"and told to {(kept == 1 ? "its server" : "theirs")} once that is asked again"
        + (own == 0 ? "" : $"; {CountedNoun.FormatCount(own, "attempt")} from before {(own == 1 ? "is" : "are")} this server's"));
    public void ServerOlder(Uri url) => WriteEvent(
        $"{url.GetLeftPart(UriPartial.Authority)} answers as an OpenClaw older than the one that opened the session: "
            + "a new session is opened");
    public void SessionBrief(TimeSpan lasted, TimeSpan wait) => WriteEvent(
        $"the session was taken {FormatSeconds(lasted)} s after it was opened; if that goes on, another daemon has a copy of this home; "
        + $"next try in {FormatSeconds(wait)} s");
    public void PollFailed(string why, TimeSpan wait) =>
        WriteEvent($"poll failed: {why.TrimEnd('.')}; next try in {FormatSeconds(wait)} s");
    public void HoldsCut(TimeSpan age, TimeSpan wait) =>
        WriteEvent(
            $"something on the way to the server cuts what is silent for {FormatSeconds(age)} s: "
                + $"from now on calls wait there for {FormatSeconds(wait)} s at most");
    public void HeartbeatFailed(string why) => WriteEvent($"heartbeat failed: {why}");
    public void ShellReplaced(string notice) => WriteEvent(notice);
    public void SessionsUnanswered(TimeSpan time) =>
        WriteEvent(
            $"the agents' sessions are being looked for since {FormatSeconds(time)} s: is their folder on a file system that does "
                + "not answer?");
    public void Woke(TimeSpan slept) => WriteEvent($"the clock jumped by {FormatSeconds(slept)} s: heartbeat first");
    public void Started(string attempt, string kind) => WriteEvent($"attempt {attempt} ({kind}) started", attempt);
    public void StartWaits(string attempt, string why, TimeSpan wait) =>
        WriteEvent($"attempt {attempt} waits for the server's yes: {why.TrimEnd('.')}; next try in {FormatSeconds(wait)} s", attempt);
    public void NotStarted(string attempt, string why) => WriteEvent($"attempt {attempt} not started: {why}", attempt);
    public void AwaitsApproval(string attempt, string rule) =>
        WriteEvent($"attempt {attempt} waits for your yes (rule {rule}): openclaw-worker approve", attempt);
    public void TooManyWait(int most) =>
        WriteEvent($"{CountedNoun.FormatCount(most, "attempt waits", "attempts wait")} for your yes, which is as many as may: "
            + "offers that need one are left at the server; openclaw-worker approve");
    public void Approved(string attempt, string where) => WriteEvent($"attempt {attempt} was approved {where}", attempt);
    public void YesRefused(string attempt, string why) =>
        WriteEvent($"attempt {attempt}: the yes that came through the gateway does not count: {why}", attempt);
    public void ApprovalsFound(int count) => WriteEvent(
        $"{CountedNoun.FormatCount(count, "attempt from before still waits", "attempts from before still wait")} for your yes: "
        + "openclaw-worker approve");
    public void Paused(string until) => WriteEvent($"paused: no new work {until}");
    public void Resumed() => WriteEvent("work is taken again");
    public void NoAudit(Exception error) => WriteEvent($"the audit log can't be written: {error.Message}");
    public void AuditGap(long lost, long upTo) => WriteEvent(
        $"THE AUDIT LOG HAS A GAP: {CountedNoun.FormatCount(lost, "row")} up to row {upTo} {(lost == 1 ? "is" : "are")} not there "
            + "any more; "
        + "cut off, lost with the power, or the home was put back to a backup");
    public void ServerAuditBehind(string chain, long known, long now) => WriteEvent(
        $"THE SERVER'S AUDIT WAS CUT OFF OR REWRITTEN: its chain {chain} ended at link {known}, and now it is said to end at {now}; or its "
        + "database was put back to a backup. What was heard before is kept: openclaw-worker audit heads");
    public void Stopping(string attempt, string why) => WriteEvent($"attempt {attempt} is being ended: {why}", attempt);
    public void Ended(string attempt, string outcome, long bytes, TimeSpan took) =>
        WriteEvent($"attempt {attempt} {outcome} after {FormatSeconds(took)} s, {CountedNoun.FormatCount(bytes, "byte")} of output",
            attempt);
    public void ExecutorFailed(string attempt, Exception error) =>
        WriteEvent($"attempt {attempt}: fault in the executor: {error}", attempt);
    public void NoJournal(string attempt, Exception error) =>
        WriteEvent($"attempt {attempt} not started, its journal can't be written: {error.Message}; no new work for a while", attempt);
    public void JournalDamaged(string file, string error, string fate) =>
        WriteEvent($"the journal {file} is damaged: {error}; what could be read of it is used, the rest is lost; it is {fate}");
    public void JournalFailed(string attempt, string step, Exception error) =>
        WriteEvent($"attempt {attempt}: '{step}' can't be noted in the journal: {error.Message}", attempt);
    public void Adopted(string attempt) => WriteEvent($"attempt {attempt} was begun by a worker before and is taken up", attempt);
    public void SupervisorLost(string attempt) =>
        WriteEvent($"the supervisor of attempt {attempt} has gone and left no end; what it watched over is ended and reported as lost",
            attempt);
    public void ProgramChanged(string notice) => WriteEvent(notice);
    public void NoDoor(Exception error) => WriteEvent($"supervisors of a worker before can't be taken up: {error.Message}");
    public void SpoolFailed(string attempt, Exception error) =>
        WriteEvent($"the result of attempt {attempt} can't be written to the spool: {error.Message}", attempt);
    public void SpoolCorrupt(string file) => WriteEvent($"the spool file {file} can't be read and is set aside");
    public void SpoolFound(int count) =>
        WriteEvent($"{CountedNoun.FormatCount(count, "result from before is", "results from before are")} still to be reported");
    public void ResultWaits(string attempt, string why, TimeSpan wait) =>
        WriteEvent($"the result of attempt {attempt} is not reported yet: {why.TrimEnd('.')}; next try in {FormatSeconds(wait)} s",
            attempt);
    public void ResultTaken(string attempt, string fate) => WriteEvent($"the result of attempt {attempt} is reported ({fate})", attempt);
    public void ResultRefused(string attempt, string why) =>
        WriteEvent($"the server refuses the result of attempt {attempt}: {why.TrimEnd('.')}; it is kept in spool/refused", attempt);
    public void ResultShortened(string attempt, string why) =>
        WriteEvent(
            $"the result of attempt {attempt} is sent without output and metadata: {why.TrimEnd('.')}; all of it is in spool/refused",
            attempt);
    public void NotKept(string attempt, Exception error) =>
        WriteEvent($"the result of attempt {attempt}, which the server refuses, can't be moved to spool/refused: {error.Message}", attempt);
    public void Leftover(string attempt, int killed, int survivors) =>
        WriteEvent($"attempt {attempt} was left by a worker before: {CountedNoun.FormatCount(killed, "process", "processes")} ended, "
            + $"{survivors} still there", attempt);
    public void NoControl(string path, Exception error) =>
        WriteEvent($"no local control, {path} can't be opened: {error.Message}; tasks run all the same");
    public void ControlRefused(uint? user) =>
        WriteEvent($"local control: another user ({user?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}) was refused");
    public void OrderRefused(string command, string who) =>
        WriteEvent($"local control: {command} was refused, {who} asked for it; that is the owner's to say");
    public void DrainAsked(int running) => WriteEvent(running == 0
        ? "drain: no new work; it ends, for no task runs"
        : $"drain: no new work; it ends when {CountedNoun.FormatCount(running, "running task has", "running tasks have")} ended");
    public void Draining(int running) => WriteEvent($"stopping: no new work; {CountedNoun.FormatCount(running, "task runs", "tasks run")}");
    public void Stopped() => WriteEvent("stopped");
    public void Fault(string where, Exception error) => WriteEvent($"fault in {where}: {error}");
    public void RootChanged(string sentence) => WriteEvent($"policy: {sentence}; tasks that need it are rejected");
    public void RootsNotKept(string why) => WriteEvent($"which folders the policy's roots are could not be written down: {why}");
    public void PolicyUnanswered() =>
        WriteEvent("the policy can't be read again: is a root of it on a file system that does not answer? The policy of before counts on");
    public void PolicyTaken(string digest) => WriteEvent($"the policy was changed and counts from now on: sha256 {digest}");
    public void PolicyRefused(int errors, string text) =>
        WriteEvent(
            $"THE NEW POLICY IS NOT USED, the old one still counts: policy.json has {CountedNoun.FormatCount(errors, "fault")}: {text}");
    public void SignatureWarned(string attempt, string rule, string why) =>
        WriteEvent($"attempt {attempt} runs, though with \"signatures\": \"require\" it would be rejected: {rule}: {why}");
    public void HookFailed(string attempt, string why) => WriteEvent($"attempt {attempt}: the owner's hook after the task failed: {why}");
    public void Say(string text) => WriteEvent(text);

    private static string FormatSeconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>The method's name is the event's: those who read the log by machine count on it.</summary>
    private void WriteEvent(string text, string? attempt = null, string? session = null, [CallerMemberName] string name = "")
    {
        WriteLine(new LogLine(clock.GetUtcNow(), GetLevel(name), LogLine.ToEventName(name), text) { Attempt = attempt, Session = session });
        if (SystemEvents.Contains(name)) system?.WriteLine(text);
    }

    private static string GetLevel(string name) => ErrorEvents.Contains(name) ? "error" : Warnings.Contains(name) ? "warning" : "info";

    private void WriteLine(LogLine line)
    {
        lock (gate)
        {
            writer.WriteLine(json ? line.ToJson() : line.ToText());
            file?.Append(line.ToJson());
        }
    }
}
