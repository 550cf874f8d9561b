using OpenClaw.Protocol;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Policy.Sandbox;

namespace OpenClaw.Worker.Policy.Reading;

/// <summary>Reads the policy's JSON object. Every fault is noted with its place, and the reading goes on.</summary>
internal sealed partial class PolicyReader(PolicyPlace place, string digest = "")
{
    private const long MostBytes = 1L << 50;
    private readonly List<NamedFolder> named = [];

    /// <summary>The policy; of use only when no fault was noted.</summary>
    public OwnerPolicy Read(SettingsObject json)
    {
        var hasRoots = json.Has("roots");
        var folders = hasRoots ? Folders(json.Object("roots"), inSandbox: json.Has("sandbox")) : null;
        var (commands, hooks) = (json.Object("commands"), json.Object("hooks"));
        var hasAllowList = commands.Has("allow");
        var sandbox = json.Has("sandbox") ? Sandbox(json, hasRoots) : null;
        var remembered = place.Remembered(digest);
        var roots = new RootIdentities(
            named, [.. folders?.Write ?? [], .. sandbox?.Write ?? []],
            path => remembered.TryGetValue(path, out var known) ? known : null, RootIdentities.StatWithoutLinks);
        var policy = new OwnerPolicy
        {
            Digest = digest,
            Kinds = json.Has("kinds") ? Kinds(json) : null,
            Commands = Commands(commands),
            Folders = folders,
            Files = new FileRoots(folders?.Read, folders?.Write, place.AllClosed, roots.FindFaultAt),
            Roots = roots,
            Environment = Environment(json.Object("environment"), hasAllowList),
            RunAs = RunAs(json),
            Limits = Limits(json.Object("limits")),
            Sandbox = sandbox,
            Approval = Approvals(json),
            ApprovalTerms = Terms(json.Object("approvalTerms")),
            Quiet = [.. json.Objects("quietHours").Select(Quiet).OfType<QuietHours>()],
            Agents = json.Map("agents", name => Names.IsName(name) ? null : "is not a valid agent name", Agent),
            Before = HookOf(hooks, "before"),
            After = HookOf(hooks, "after"),
        };
        hooks.RefuseOthers();
        json.RefuseOthers();
        return policy;
    }

    private static IReadOnlyList<string> Kinds(SettingsObject json)
    {
        var kinds = json.Texts("kinds");
        foreach (var kind in kinds.Where(kind => !Names.IsName(kind)))
            json.Wrong("kinds", $"holds '{kind}', which is not a valid kind name");
        return kinds;
    }

    private FolderRules Folders(SettingsObject json, bool inSandbox)
    {
        var (hasRun, read, write, run) = (json.Has("run"), Roots(json, "read"), Roots(json, "write"), Roots(json, "run"));
        json.RefuseOthers();
        string[] folders = hasRun ? run : [.. read, .. write];
        // The home in a sandbox is its own and empty; a task that names no folder runs there.
        return new FolderRules(read, write, inSandbox ? [.. folders, RealPath.Of(place.Home) ?? place.Home] : folders);
    }

    private OtherUser? RunAs(SettingsObject json)
    {
        if (json.Text("runAs") is not { } name)
            return null;
        var user = place.IsRoot ? place.FindUser(name) : null;
        if (!place.IsRoot)
            json.Wrong("runAs", "works only on Linux and when the worker runs as root; this one does not");
        else if (user is null)
            json.Wrong("runAs", $"names the user '{name}', whom this PC does not know");
        else if (user.Uid == 0)
            json.Wrong("runAs", "must name another user than root");
        return user;
    }

    private SandboxProfile Sandbox(SettingsObject root, bool hasRoots)
    {
        var json = root.Object("sandbox");
        var profile = new SandboxProfile
        {
            Program = json.Text("program"),
            Network = json.Flag("network"),
            Read = Roots(json, "read"),
            Write = Roots(json, "write"),
        };
        if (profile.Program is { } program && !Path.IsPathFullyQualified(program))
            json.Wrong("program", "must be an absolute path");
        if (!hasRoots)
            json.Wrong(null, "needs roots: they are what programs in it can see");
        json.RefuseOthers();
        return profile;
    }

    private static EnvironmentRules Environment(SettingsObject json, bool hasAllowList)
    {
        var (passes, sets) = (json.Has("pass"), json.Has("task"));
        var rules = new EnvironmentRules
        {
            Pass = passes ? Names(json, "pass") : null,
            Deny = Names(json, "deny"),
            Allow = json.Texts("allow"),
            Set = json.Variables("set"),
            // A variable can make an allowed program do anything (PATH, GIT_SSH_COMMAND): with an allow-list each one must be named.
            Task = sets ? Names(json, "task") : hasAllowList ? [] : null,
        };
        if (rules.Allow.Any(name => name.AsSpan().ContainsAny('*', '?')))
            json.Wrong("allow", "takes whole names, no patterns: what is denied is passed one by one");
        json.RefuseOthers();
        return rules;

        static IReadOnlyList<TextPattern> Names(SettingsObject json, string field) => [.. json.Texts(field).Select(EnvironmentRules.Name)];
    }

    private static PolicyLimits Limits(SettingsObject json)
    {
        var limits = new PolicyLimits
        {
            Concurrency = (int?)json.Number("concurrency", 1, Protocol.Limits.MaxConcurrent),
            Timeout = json.Milliseconds("timeout"),
            Processes = ProgramLimits.Fields(json),
            Disk = json.Number("disk", 1, MostBytes),
        };
        json.RefuseOthers();
        return limits;
    }

    /// <summary>Folders or files that tasks get: these are watched.</summary>
    private string[] Roots(SettingsObject json, string field)
    {
        var folders = Named(json, field);
        named.AddRange(folders);
        return [.. folders.Select(folder => folder.Real)];
    }

    private string[] Paths(SettingsObject json, string field) => [.. Named(json, field).Select(folder => folder.Real)];

    /// <summary>Folders or files: absolute, or under the person's home. Their links are followed now, once.</summary>
    private List<NamedFolder> Named(SettingsObject json, string field)
    {
        var paths = new List<NamedFolder>();
        foreach (var text in json.Texts(field))
        {
            var full = text == "~" ? place.Home
                : text.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(place.Home, text[2..]) : text;
            if (!Path.IsPathFullyQualified(full))
                json.Wrong(field, $"holds '{text}': a path must be absolute or begin with ~/");
            else if (RealPath.WithLinks(Path.TrimEndingDirectorySeparator(Path.GetFullPath(full))) is ({ } real, var links))
                paths.Add(new NamedFolder(real, links));
            else
                json.Wrong(field, $"holds '{text}', whose symbolic links form a loop");
        }
        return paths;
    }
}
