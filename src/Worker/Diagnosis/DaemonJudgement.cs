using System.Globalization;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>The daemon of a home as it was found, and what is installed to run it.</summary>
internal sealed record DaemonFacts
{
    /// <summary>What it says of itself; null: none answers.</summary>
    public WorkerStatus? Status { get; init; }
    /// <summary>Why one could not be asked that may well run.</summary>
    public string? NotAsked { get; init; }
    /// <summary>The service of this home.</summary>
    public InstalledService? Service { get; init; }
    /// <summary>A service of this PC's with another home.</summary>
    public InstalledService? Other { get; init; }
    /// <summary>Server of the settings that doctor looked at; null: they are not complete.</summary>
    public Uri? Server { get; init; }
    /// <summary>Why no service can be installed here; null: one can.</summary>
    public ServiceRejection? Rejection { get; init; }
    /// <summary>Runtime folder of the person's manager that systemctl does not find by itself; null: it does, or there is none.</summary>
    public string? Runtime { get; init; }
    /// <summary>How the program is typed here.</summary>
    public required string Program { get; init; }
}

/// <summary>Judges the daemon's state for <c>doctor</c>. Pure.</summary>
internal static class DaemonJudgement
{
    private const string Check = "daemon";

    public static Finding Judge(DaemonFacts facts) => facts switch
    {
        { Status: { } status } => JudgeRunning(status, facts),
        { NotAsked: { } why } => Finding.Error(Check, why, "until then its state is unknown"),
        { Service: { } service } => Finding.Error(Check, $"installed ({service.File}), and it does not run",
            $"{FormatPrefix(service, facts.Runtime)}{service.Start}   (why it ended: {FormatPrefix(service, facts.Runtime)}{service.Log})"),
        { Other: { } other } => Finding.Warning(Check,
            $"none runs in this home; the one installed here ({other.File}) has its home in {other.Home}",
            $"look there: {other.Prefix}{facts.Program} doctor --home {other.Home}"),
        { Server: null } => Finding.Warning(Check, "none runs in this home", "first complete the settings, see above"),
        { Rejection: { } rejection } => Finding.Warning(Check,
            $"none runs in this home, and none is installed; no service can be: {rejection.Why}",
            string.Join("; or ", rejection.Next.Select(RemoveRemark))),
        _ => Finding.Warning(Check, "none runs in this home, and none is installed",
            $"{facts.Program} install: as a service; or {facts.Program} run: as long as this terminal is open"),
    };

    private static string FormatPrefix(InstalledService service, string? runtime) =>
        runtime is not null && service.Start.StartsWith("systemctl --user", StringComparison.Ordinal) ? $"XDG_RUNTIME_DIR={runtime} " : "";

    private static string RemoveRemark(string command) => command.Split(" #")[0].TrimEnd();

    private static Finding JudgeRunning(WorkerStatus status, DaemonFacts facts)
    {
        var process = string.Create(CultureInfo.InvariantCulture, $"runs as process {status.Pid}");
        if (!status.IsConnected)
        {
            return Finding.Error(Check,
                $"{process}, NOT connected to "
                    + $"{status.Server}{((status.Unanswered ?? status.NotConnected) is { } why ? $": {why.TrimEnd('.')}" : "")}",
                "correct the errors above; after that it connects by itself within 30 s, or its log says why not: "
                + Path.Combine(status.Home, "logs", "worker.log"));
        }
        if (status.Program is { } changed)
        {
            var again = facts.Service is { } service
                ? $"{facts.Program} drain --wait, then {FormatPrefix(service, facts.Runtime)}{service.Start}"
                : "end it and start it again";
            return status.StartsNoPrograms ? Finding.Error(Check, $"{process}; {changed}", again)
                : Finding.Warning(Check, $"{process}; {changed}", again);
        }
        return facts.Server?.GetLeftPart(UriPartial.Path) is { } other && other != status.Server
            ? Finding.Warning(Check, $"{process}, connected to {status.Server}; what is told above is about {other}",
                "WORKER_URL of this terminal goes before what is installed: unset it, or install once more to change the service")
            : Finding.Ok(Check, $"{process}, connected to {status.Server} as {status.Name}");
    }
}
