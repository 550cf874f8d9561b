using System.Globalization;
using System.Text.Json;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Logging;
using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Cli;

/// <summary><c>status</c>: prints what <see cref="Control.StatusCommand"/> answers.</summary>
internal static class StatusVerb
{
    public static Verb Status { get; } = new("status", "says whether the daemon runs, and what it does", Run)
    {
        Options = [VerbOption.Json],
        More = "Exit code 0: it runs; 1: it can't be looked at, and why; 5: it does not run.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var (outcome, status) = await ControlClient.SendCommand(
            call.Home, StatusCommand.Name, null, ControlJson.Default.WorkerStatus);
        if (outcome.NoDaemon)
        {
            call.Out.WriteLine(call.Json ? """{"running":false}""" : $"no daemon runs in {call.Home}{DescribeOtherService(call)}");
            return VerbExit.NoDaemon;
        }
        if (status is null)
        {
            call.Error.WriteLine(outcome.Error ?? "the daemon gave no answer");
            return VerbExit.No;
        }
        if (call.Json)
            call.Out.WriteLine(JsonSerializer.Serialize(status, ControlJson.Default.WorkerStatus));
        else
            ShowLines(status, call.Out);
        return VerbExit.Done;
    }

    private static string DescribeOtherService(VerbCall call) => InstalledService.FindOther(call.Terminal.UserHome, call.Home) is { } other
        ? $"; the one installed here ({other.File}) has another home: {call.Terminal.ProgramTyped} status --home {other.Home}"
        : "";

    private static string Progress(RunningTask task) => task switch
    {
        { Ended: true } => "has ended, its output is on its way to the server",
        { Started: true } => FormatInvariant($"runs for {task.ForMs / 1000.0:0.0} s"),
        _ => "not started yet",
    };

    private static void ShowLines(WorkerStatus status, TextWriter to)
    {
        to.WriteLine(FormatInvariant($"daemon     runs as process {status.Pid}, version {status.Version}, home {status.Home}"));
        if (status.Program is { } changed) to.WriteLine($"program    {changed}");
        to.WriteLine(FormatServer(status));
        if (status.Lacks is { } lacks) to.WriteLine($"older      {lacks}");
        var state = status.Draining ? "draining: no new work, it ends after what runs" : status.Paused is { } why ? $"paused: {why}"
            : status.NoWork is { } broken ? $"takes no work, tries again within seconds: {broken}"
                : status.Quiet ? "quiet hours of the policy: no new work" : "takes work";
        to.WriteLine(FormatInvariant($"slots      {status.Taken ?? status.Tasks.Length} of {status.Slots} in use; {state}"));
        foreach (var task in status.Tasks)
            to.WriteLine(FormatInvariant($"task       {task.Attempt} ({task.Kind}) {Progress(task)}"));
        if (status.AwaitingApproval is > 0 and var waiting)
            to.WriteLine(
                $"approval   {CountedNoun.FormatCount(waiting, "attempt waits", "attempts wait")} for your yes: openclaw-worker approve");
        if (status.Approved is > 0 and var approved)
        {
            var waits = CountedNoun.FormatCount(
                approved, "attempt has your yes and waits for its", "attempts have your yes and wait for their");
            to.WriteLine($"approval   {waits} time: openclaw-worker approve");
        }
        foreach (var rule in status.Rules)
            to.WriteLine(
                FormatInvariant(
                    $"allowed    {rule.Rule} for tasks of kind {rule.Kind} until {rule.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z; ")
                + "approve --revoke takes it back");
        var (results, bytes) = status.Spool;
        to.WriteLine(results == 0
            ? "spool      empty: no result waits to be reported"
            : $"spool      {CountedNoun.FormatCount(results, "result")} ({CountedNoun.FormatCount(bytes, "byte")}) not yet taken by "
                + "the server");
        foreach (var (url, kept) in status.Elsewhere)
            to.WriteLine(
                $"kept       {CountedNoun.FormatCount(kept.Length, "attempt")} of {url}, which is another server: "
                    + "told there once it is asked again");
        foreach (var error in status.ChangedRoots)
            to.WriteLine($"roots      CHANGED: {error}");
        if (status.Refused is { } refused)
        {
            to.WriteLine(
                $"refused    {CountedNoun.FormatCount(refused.Results, "result is", "results are")} kept in {refused.Folder}; "
                + "the newest of "
                + FormatInvariant($"attempt {refused.Attempt}, {refused.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z: ")
                + (refused.Why ?? "no reason is known"));
        }
        if (status.HoldsCutAfterMs is { } cut)
            to.WriteLine(
                FormatInvariant($"way        something cuts what is silent for {cut / 1000.0:0.0} s; polls are shorter than that"));
        to.WriteLine($"policy     {status.Policy ?? "none of the owner's: everything a task asks for is allowed"}");
        foreach (var error in status.PolicyFaults ?? [])
            to.WriteLine($"policy     NOT what policy.json says now: {error}");
    }

    private static string FormatServer(WorkerStatus status) => status switch
    {
        { Session: null, NotConnected: { } why } =>
            $"server     {status.Server}, NOT connected: {TerminalEscaper.Escape(why.TrimEnd('.'))}; it tries again and again",
        { Session: null } => $"server     {status.Server}, NOT connected; it tries again and again",
        { Unanswered: { } why } => $"server     {status.Server}, NOT connected: last answer "
            + $"{FormatTime(status.AnsweredAt ?? status.ConnectedSince)} ({why}); it tries again and again",
        _ => $"server     {status.Server}, connected as {status.Name} since {FormatTime(status.ConnectedSince)}, session {status.Session}",
    };

    private static string FormatTime(DateTimeOffset? at) => FormatInvariant($"{at:yyyy-MM-dd HH:mm:ss}Z");

    private static string FormatInvariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
