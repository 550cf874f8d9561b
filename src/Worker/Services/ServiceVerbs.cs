using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Services.Platforms;
using Native = OpenClaw.Worker.Processes.Unix.Native;

namespace OpenClaw.Worker.Services;

/// <summary><c>install</c> and <c>uninstall</c>: the worker as a service of this PC's.</summary>
internal static class ServiceVerbs
{
    private const string Authorities = "OPENCLAW_CA_FILE";
    private static readonly TimeSpan ManagerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);
    private static readonly VerbOption System = new("--system", "start with the machine instead of with your session (Linux: as root)");
    private static readonly VerbOption User = new("--user", "with --system: the account it runs as (default: who called sudo)", "NAME");
    private static readonly VerbOption NoService = new("--no-service", "start it in the background now, and say what starts it again");
    private static readonly VerbOption Show = new("--show", "write and start nothing, only show what would be");
    private static readonly VerbOption Confined =
        new("--confined", "Linux: no new privileges, kernel settings read-only; tasks can't use sudo then");

    public static Verb Install { get; } = new(
        "install", "installs the worker as a service, starts it and waits until it is connected", RunInstall)
    {
        Options = [System, User, NoService, Confined, Show],
        More = "It puts this program into a folder of yours, and keeps what WORKER_URL, WORKER_TOKEN, WORKER_NAME and the others say now\n"
            + "(run --help lists them), and the proxy's variables, in a file only its owner may read. Typed again it updates both;\n"
            + "tasks go on.\n"
            + "Exit code 0: it is connected; 1: it is not (why is said), or nothing was installed; 2: settings or options are wrong.\n"
            + "docs/worker/install.md says what is installed where.",
    };

    public static Verb Uninstall { get; } = new(
        "uninstall", "stops the service and removes it and the program; the home folder stays", RunUninstall)
    {
        Options = [System, User, Show],
        More = "Exit code 0: nothing of it is left but its settings and its home; 1: a daemon still runs, or something can't be removed.",
    };

    private static async Task<int> RunInstall(VerbCall call)
    {
        var (request, options, errors) = BuildRequest(call, installs: true);
        if (request is null || options is null || errors.Count > 0) return WriteErrors(call, errors);
        request = request with { Systemd = await WaitForManager(call.Terminal, request) };
        if (!request.NoService && !call.HasOption(Show.Name)
            && ServiceRejection.FindOnLinux(request.Systemd, request.System, request.User, call.Terminal.ProgramTyped) is { } rejection)
        {
            return WriteRejection(call, rejection);
        }
        var (plan, program, error) = PreparePlan(request);
        if (plan is null) return WriteErrors(call, [error!]);
        var installer = new ServiceInstaller(plan, program, call.Terminal);
        if (call.HasOption(Show.Name)) return installer.ShowPlan(installs: true);
        var (failed, daemon) = await installer.Install();
        if (failed) return VerbExit.No;
        var code = await ReportConnection(call, plan, options, daemon);
        installer.PrintNotes(installs: true);
        var path = await call.Terminal.SearchPath();
        foreach (var advice in program.Source is null ? [] : PathAdvice.GetSentences(program.Placement.Command, path))
            call.Out.WriteLine($"note: {advice}");
        return code;
    }

    private static async Task<int> RunUninstall(VerbCall call)
    {
        var (request, _, errors) = BuildRequest(call, installs: false);
        if (request is null) return WriteErrors(call, errors);
        var (plan, program, error) = PreparePlan(request);
        if (plan is null) return WriteErrors(call, [error!]);
        var installer = new ServiceInstaller(plan, program, call.Terminal);
        return call.HasOption(Show.Name) ? installer.ShowPlan(installs: false) : await installer.Uninstall();
    }

    /// <summary>After <c>loginctl enable-linger</c> the person's manager takes a moment to come up.</summary>
    private static async Task<SystemdFacts> WaitForManager(Terminal terminal, ServiceRequest request)
    {
        var facts = request.Systemd;
        var began = terminal.Clock.GetTimestamp();
        while (facts is { Runs: true, Lingers: true, Runtime: null } && !request.System && !request.NoService
            && terminal.Clock.GetElapsedTime(began) < ManagerTimeout)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), terminal.Clock);
            facts = terminal.Systemd(request.User);
        }
        return facts;
    }

    private static int WriteErrors(VerbCall call, IReadOnlyList<string> errors)
    {
        foreach (var error in errors)
            call.Error.WriteLine(error);
        return VerbExit.Usage;
    }

    private static int WriteRejection(VerbCall call, ServiceRejection rejection)
    {
        call.Error.WriteLine($"nothing was installed: {rejection.Why}");
        foreach (var next in rejection.Next)
            call.Error.WriteLine($"  {next}");
        return VerbExit.No;
    }

    private static (ServiceRequest? Request, WorkerOptions? Options, IReadOnlyList<string> Errors) BuildRequest(
        VerbCall call, bool installs)
    {
        var (account, terminal) = (UserAccount.GetCurrent(), call.Terminal);
        var forOther = call.HasOption(System.Name) && OperatingSystem.IsLinux();
        var name = forOther ? call.FindValue(User.Name) ?? terminal.Variable("SUDO_USER") ?? (installs ? null : "nobody") : account.Name;
        if (name is null)
            return (null, null, ["--system needs --user NAME: tasks run as that account, which should not be root"]);
        if (name.Any(c => char.IsControl(c) || c is ' ' or '%'))
            return (null, null, ["that is not a valid account name"]);
        if (forOther && installs && RunAsUser.FindByName(name) is null)
            return (null, null, [$"there is no account {name} on this PC"]);
        if (call.HasOption(NoService.Name) && call.HasOption(System.Name))
            return (null, null, ["--system or --no-service, not both"]);
        var (kept, errors) = VariableFile.Load(forOther ? SystemdService.SystemSettings : call.Home);
        var variables = CollectVariables(kept, terminal.Variable);
        var (options, error) = WorkerArguments.ParseOptions(
            variable => variable == "OPENCLAW_WORKER_HOME" ? Path.GetFullPath(call.Home) : variables.GetValueOrDefault(variable),
            Environment.MachineName, terminal.UserHome);
        if (options is not null && NetworkJudgement.JudgeTokenText(options.Token) is { } token)
            error = [$"WORKER_TOKEN: {token.Found}: {token.Do}"];
        return (new ServiceRequest
        {
            Program = terminal.OwnProgram,
            Home = Path.GetFullPath(call.Home),
            UserHome = terminal.UserHome,
            User = name,
            Uid = OperatingSystem.IsWindows() ? 0 : Native.GetUid(),
            System = call.HasOption(System.Name),
            Confined = call.HasOption(Confined.Name),
            NoService = call.HasOption(NoService.Name),
            Systemd = terminal.Systemd(account.Name),
            Variables = variables,
        }, options, [.. errors, .. error]);
    }

    private static (ServicePlan? Plan, ProgramToInstall Program, string? Error) PreparePlan(ServiceRequest request)
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";
        var source = InstalledProgram.FindSource(request.Program);
        var placement = ProgramPlacement.CreateFor(system, request.System, request.UserHome, source);
        var (plan, error) = ServicePlan.CreateFor(system, source is null ? request : request with { Program = [placement.Command] });
        return (plan, new ProgramToInstall(placement, source), error);
    }

    /// <summary>The last word of an installation: connected, or why not; and how the command is found.</summary>
    private static async Task<int> ReportConnection(VerbCall call, ServicePlan plan, WorkerOptions options, WorkerStatus? daemon)
    {
        if (daemon is not { IsConnected: true })
        {
            var reasons = await DoctorVerb.CheckConnection(options, plan.Home, call.Terminal.Clock);
            // With a way that is free it only takes its time.
            if (reasons.All(reason => reason.Grade != Grade.Error))
                daemon = await new DaemonReplacer(plan.Home, call.Terminal).WaitUntilConnected(ConnectTimeout);
            if (daemon is not { IsConnected: true })
            {
                call.Error.WriteLine(daemon is null
                    ? $"installed, but no daemon answers in {plan.Home}: {plan.Log} says why"
                    : $"installed, and it runs, but it is NOT connected to {options.Url}; it tries again and again. What was found:");
                DoctorVerb.WriteFindings([.. reasons.Where(reason => reason.Grade != Grade.Ok)], call.Error);
            }
        }
        if (daemon is { IsConnected: true }) call.Out.WriteLine($"connected to {daemon.Server} as {daemon.Name}");
        return daemon is { IsConnected: true } ? VerbExit.Done : VerbExit.No;
    }

    private static Dictionary<string, string> CollectVariables(IReadOnlyDictionary<string, string> kept, Func<string, string?> variable)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in VariableFile.Names.Where(name => name != "OPENCLAW_WORKER_HOME"))
        {
            var small = name.EndsWith("_PROXY", StringComparison.Ordinal) ? variable(name.ToLowerInvariant()) : null;
            if ((variable(name) ?? small ?? kept.GetValueOrDefault(name)) is { Length: > 0 } value && !value.Any(char.IsControl))
                variables[name] = value;
        }
        // A service sees neither the terminal's variables nor its folder.
        if (!variables.ContainsKey(Authorities) && variable("SSL_CERT_FILE") is { Length: > 0 } authorities)
            variables[Authorities] = authorities;
        if (variables.TryGetValue(Authorities, out var file)) variables[Authorities] = Path.GetFullPath(file);
        return variables;
    }
}
