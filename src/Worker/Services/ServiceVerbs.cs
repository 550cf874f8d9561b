using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Services;

/// <summary><c>install</c> and <c>uninstall</c>: the worker as a service of this PC's.</summary>
internal static class ServiceVerbs
{
    private static readonly VerbOption System = new("--system", "start with the machine instead of with your session (Linux: as root)");
    private static readonly VerbOption User = new("--user", "with --system: the account it runs as (default: who called sudo)", "NAME");
    private static readonly VerbOption Show = new("--show", "write and start nothing, only show what would be");
    private static readonly VerbOption Confined = new("--confined", "Linux: no new privileges, kernel settings read-only; tasks can't use sudo then");

    public static Verb Install { get; } = new("install", "installs the worker as a service and starts it", call => Do(call, installs: true))
    {
        Options = [System, User, Confined, Show],
        More = "It keeps what WORKER_URL, WORKER_TOKEN, WORKER_NAME and the others say now (run --help lists them), and the proxy's variables,\n"
            + "in a file only its owner may read. docs/worker/install.md says what is installed where.",
    };

    public static Verb Uninstall { get; } = new("uninstall", "stops the service and removes it; the home folder stays", call => Do(call, installs: false))
    {
        Options = [System, User, Show],
    };

    private static async Task<int> Do(VerbCall call, bool installs)
    {
        var (plan, errors) = Plan(call, installs);
        foreach (var error in errors)
            call.Error.WriteLine(error);
        if (plan is null)
            return VerbExit.Usage;
        var installer = new ServiceInstaller(plan, call.Terminal);
        if (call.Has(Show.Name))
            return installer.Show(installs);
        return await (installs ? installer.Install() : installer.Uninstall()).ConfigureAwait(false);
    }

    private static (ServicePlan? Plan, IReadOnlyList<string> Errors) Plan(VerbCall call, bool installs)
    {
        var (account, terminal) = (UserAccount.Current(), call.Terminal);
        var forOther = call.Has(System.Name) && OperatingSystem.IsLinux();
        var name = forOther ? call.Value(User.Name) ?? terminal.Variable("SUDO_USER") ?? (installs ? null : "nobody") : account.Name;
        if (name is null)
            return (null, ["--system needs --user NAME: tasks run as that account, which should not be root"]);
        if (name.Any(c => char.IsControl(c) || c is ' ' or '%'))
            return (null, ["that is no name of an account"]);
        var (kept, errors) = VariableFile.Load(call.Home);
        var variables = Variables(kept, terminal.Variable);
        if (installs)
            errors = [.. errors, .. WorkerArguments.Read([], variables.GetValueOrDefault, Environment.MachineName, terminal.UserHome).Errors];
        if (errors.Count > 0)
            return (null, errors);
        var (plan, error) = ServicePlan.For(OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux", new ServiceRequest
        {
            Program = ThisProgram.Path,
            Home = Path.GetFullPath(call.Home),
            UserHome = terminal.UserHome,
            User = name,
            Uid = OperatingSystem.IsWindows() ? 0 : Native.GetUid(),
            System = call.Has(System.Name),
            Confined = call.Has(Confined.Name),
            Variables = variables,
        });
        return (plan, error is null ? [] : [error]);
    }

    private static Dictionary<string, string> Variables(IReadOnlyDictionary<string, string> kept, Func<string, string?> variable)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in VariableFile.Names.Where(name => name != "OPENCLAW_WORKER_HOME"))
        {
            var small = name.EndsWith("_PROXY", StringComparison.Ordinal) ? variable(name.ToLowerInvariant()) : null;
            if ((variable(name) ?? small ?? kept.GetValueOrDefault(name)) is { Length: > 0 } value && !value.Any(char.IsControl))
                variables[name] = value;
        }
        // A service does not see the terminal's.
        if (!variables.ContainsKey("OPENCLAW_CA_FILE") && variable("SSL_CERT_FILE") is { Length: > 0 } authorities)
            variables["OPENCLAW_CA_FILE"] = authorities;
        return variables;
    }
}
