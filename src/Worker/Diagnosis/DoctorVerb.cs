using System.Text.Json;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Logging;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Services.Platforms;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>Looks at everything the worker needs and says what to do.</summary>
internal static class DoctorVerb
{
    public static Verb Doctor { get; } = new("doctor", "checks the way to the server and this PC, and says what to do", Run)
    {
        Options = [VerbOption.Json],
        More = "Exit code 0: no fault, perhaps warnings; 1: a fault. It changes nothing here or at the server.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var findings = await CollectFindings(call);
        if (call.Json)
            call.Out.WriteLine(JsonSerializer.Serialize([.. findings], FindingJson.Default.FindingArray));
        else
        {
            WriteFindings(findings, call.Out);
            WriteSummary(findings, call.Out);
        }
        return findings.Any(finding => finding.Grade == Grade.Error) ? VerbExit.No : VerbExit.Done;
    }

    /// <summary>
    /// What keeps a daemon from its server: the way there and its home. The way is left out when the settings lead nowhere.
    /// </summary>
    public static async Task<IReadOnlyList<Finding>> CheckConnection(WorkerOptions options, string home, TimeProvider clock) =>
        [.. await CheckNetwork(options, clock), LocalProbes.CheckHome(home)];

    private static async Task<IReadOnlyList<Finding>> CheckNetwork(WorkerOptions options, TimeProvider clock)
    {
        if (GatewayRoute.FromOptions(options).Way is not { } route) return [];
        var (key, error) = WorkerKey.Load(options.Home, MachineId.ReadDigest());
        using var own = key;
        return await new NetworkProbes(route, options.Token, clock) { Key = key, KeyError = error }.CollectFindings();
    }

    public static void WriteFindings(IReadOnlyList<Finding> findings, TextWriter to)
    {
        foreach (var finding in findings)
        {
            var grade = finding.Grade switch { Grade.Ok => "ok     ", Grade.Warning => "WARNING", _ => "FAULT  " };
            to.WriteLine($"{grade} {finding.Check,-9} {finding.Found}");
            if (finding.Do is { } act) to.WriteLine($"                  -> {act}");
        }
    }

    private static async Task<List<Finding>> CollectFindings(VerbCall call)
    {
        var terminal = call.Terminal;
        var (kept, errors) = VariableFile.Load(call.Home == SystemdService.SystemHome ? SystemdService.SystemSettings : call.Home);
        string? Variable(string name) => name == "OPENCLAW_WORKER_HOME" ? call.Home
            : terminal.Variable(name) is { Length: > 0 } value ? value : kept.GetValueOrDefault(name);
        var (options, error) = WorkerArguments.ParseOptions(Variable, Environment.MachineName, terminal.UserHome);
        var (settings, settingsErrors) = WorkerSettings.Load(call.Home);
        var (route, routeError) = options is null ? (null, null) : GatewayRoute.FromOptions(options);
        string[] all = [.. errors, .. error, .. settingsErrors, .. routeError is null ? [] : new[] { routeError }];
        var findings = new List<Finding> { LocalJudgement.JudgeSettings(all, isNew: kept.Count == 0 && options is null) };
        if (options is not null) findings.AddRange(await CheckNetwork(options, terminal.Clock));
        var local =
            new LocalProbes(call.Home, settings ?? WorkerSettings.None, UserEnvironment.CreateForProcess(terminal.Clock), terminal.Clock);
        findings.AddRange(await local.CollectFindings());
        // A closed home is already a finding of its own; that the daemon can't be asked either is no second one.
        if (ClosedHome.Explain(call.Home, "doctor") is null) findings.Add(await CheckDaemon(call, options));
        return findings;
    }

    private static async Task<Finding> CheckDaemon(VerbCall call, WorkerOptions? options)
    {
        var (terminal, account) = (call.Terminal, UserAccount.GetCurrent().Name);
        var (outcome, status) = await ControlClient.SendCommand(
            call.Home, StatusCommand.Name, null, ControlJson.Default.WorkerStatus);
        var systemd = terminal.Systemd(account);
        return DaemonJudgement.Judge(new DaemonFacts
        {
            Status = status,
            NotAsked = outcome.Error,
            Service = InstalledService.FindByHome(terminal.UserHome, call.Home),
            Other = InstalledService.FindOther(terminal.UserHome, call.Home),
            Server = options?.Url,
            Rejection = ServiceRejection.FindOnLinux(systemd, system: false, account ?? "NAME", terminal.ProgramTyped),
            Runtime = systemd.RuntimeIsSet ? null : systemd.Runtime,
            Program = terminal.ProgramTyped,
        });
    }

    private static void WriteSummary(IReadOnlyList<Finding> findings, TextWriter to)
    {
        var (errors, warnings) = (findings.Count(f => f.Grade == Grade.Error), findings.Count(f => f.Grade == Grade.Warning));
        to.WriteLine(errors + warnings == 0
            ? "All is well."
            : $"{CountedNoun.FormatCount(errors, "fault")}, {CountedNoun.FormatCount(warnings, "warning")}.");
    }
}
