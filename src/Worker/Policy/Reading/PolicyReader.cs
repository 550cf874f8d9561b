using OpenClaw.Protocol;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Policy.Reading;

/// <summary>Reads the policy's JSON object. Every error is noted with its place, and the reading goes on.</summary>
internal sealed partial class PolicyReader(PolicyContext place, string digest = "")
{
    private const long MostBytes = 1L << 50;
    private readonly List<NamedFolder> named = [];

    /// <summary>The policy; of use only when no error was noted.</summary>
    public OwnerPolicy Read(SettingsObject json)
    {
        var hasRoots = json.HasField("roots");
        var folders = hasRoots ? ReadFolders(json.ReadObject("roots"), inSandbox: json.HasField("sandbox")) : null;
        var (commands, hooks) = (json.ReadObject("commands"), json.ReadObject("hooks"));
        var hasAllowList = commands.HasField("allow");
        var sandbox = json.HasField("sandbox") ? ReadSandbox(json, hasRoots) : null;
        var remembered = place.Remembered(digest);
        var roots = new RootIdentities(
            named, [.. folders?.Write ?? [], .. sandbox?.Write ?? []],
            path => remembered.TryGetValue(path, out var known) ? known : null, RootIdentities.StatWithoutLinks);
        var policy = new OwnerPolicy
        {
            Digest = digest,
            Kinds = json.HasField("kinds") ? ReadKinds(json) : null,
            Commands = ReadCommands(commands),
            Folders = folders,
            Files = new FileRoots(folders?.Read, folders?.Write, place.AllClosed, roots.FindErrorAt),
            Roots = roots,
            Environment = ReadEnvironment(json.ReadObject("environment"), hasAllowList),
            Secrets = ReadSecrets(json.ReadObject("secrets")),
            RunAs = ReadRunAs(json),
            Limits = ReadLimits(json.ReadObject("limits")),
            Sandbox = sandbox,
            Approval = ReadApprovalRules(json),
            ApprovalTerms = ReadApprovalTerms(json.ReadObject("approvalTerms")),
            Signatures = ReadSignatureMode(json),
            Quiet = [.. json.ReadObjects("quietHours").Select(ReadQuietHours).OfType<QuietHours>()],
            Agents = json.ReadMap("agents", name => Names.IsName(name) ? null : "is not a valid agent name", ReadAgentRules),
            Before = ReadHook(hooks, "before"),
            After = ReadHook(hooks, "after"),
        };
        hooks.RejectUnknownFields();
        json.RejectUnknownFields();
        return policy with { ApprovalTerms = policy.ApprovalTerms with { Signatures = policy.Signatures } };
    }

    private static IReadOnlyList<string> ReadKinds(SettingsObject json)
    {
        var kinds = json.ReadStrings("kinds");
        foreach (var kind in kinds.Where(kind => !Names.IsName(kind)))
            json.AddError("kinds", $"holds '{kind}', which is not a valid kind name");
        return kinds;
    }

    private FolderRules ReadFolders(SettingsObject json, bool inSandbox)
    {
        var (hasRun, read, write, run) = (json.HasField("run"), ReadRoots(json, "read"), ReadRoots(json, "write"), ReadRoots(json, "run"));
        json.RejectUnknownFields();
        string[] folders = hasRun ? run : [.. read, .. write];
        // The home in a sandbox is its own and empty; a task that names no folder runs there.
        return new FolderRules(read, write, inSandbox ? [.. folders, RealPath.ResolveLinks(place.Home) ?? place.Home] : folders);
    }

    private static SignatureMode ReadSignatureMode(SettingsObject json)
    {
        const string field = "signatures";
        if (!json.HasField(field)) return SignatureMode.Off;
        var mode = json.ReadString(field) switch
        {
            "off" => SignatureMode.Off,
            "warn" => SignatureMode.Warn,
            "require" => SignatureMode.Require,
            _ => (SignatureMode?)null,
        };
        if (mode is null) json.AddError(field, "must be require, warn or off");
        return mode ?? SignatureMode.Require;
    }

    private RunAsUser? ReadRunAs(SettingsObject json)
    {
        if (json.ReadString("runAs") is not { } name) return null;
        var user = place.IsRoot ? place.FindUser(name) : null;
        if (!place.IsRoot)
            json.AddError("runAs", "works only on Linux and when the worker runs as root; this one does not");
        else if (user is null)
            json.AddError("runAs", $"names the user '{name}', whom this PC does not know");
        else if (user.Uid == 0)
            json.AddError("runAs", "must name another user than root");
        return user;
    }

    private SandboxProfile ReadSandbox(SettingsObject root, bool hasRoots)
    {
        var json = root.ReadObject("sandbox");
        var profile = new SandboxProfile
        {
            Program = json.ReadString("program"),
            Network = json.ReadBoolean("network"),
            Read = ReadRoots(json, "read"),
            Write = ReadRoots(json, "write"),
        };
        if (profile.Program is { } program && !Path.IsPathFullyQualified(program))
            json.AddError("program", "must be an absolute path");
        if (!hasRoots) json.AddError(null, "needs roots: they are what programs in it can see");
        json.RejectUnknownFields();
        return profile;
    }

    private static EnvironmentRules ReadEnvironment(SettingsObject json, bool hasAllowList)
    {
        var (passes, sets) = (json.HasField("pass"), json.HasField("task"));
        var rules = new EnvironmentRules
        {
            Pass = passes ? ReadNamePatterns(json, "pass") : null,
            Deny = ReadNamePatterns(json, "deny"),
            Allow = json.ReadStrings("allow"),
            Set = json.ReadVariables("set"),
            // A variable can make an allowed program do anything (PATH, GIT_SSH_COMMAND): with an allow-list each one must be named.
            Task = sets ? ReadNamePatterns(json, "task") : hasAllowList ? [] : null,
        };
        if (rules.Allow.Any(name => name.AsSpan().ContainsAny('*', '?')))
            json.AddError("allow", "takes whole names, no patterns: what is denied is passed one by one");
        json.RejectUnknownFields();
        return rules;
    }

    private static SecretRules ReadSecrets(SettingsObject json)
    {
        var rules = new SecretRules { Names = ReadNamePatterns(json, "names"), Except = ReadNamePatterns(json, "except") };
        json.RejectUnknownFields();
        return rules;
    }

    private static TextPattern[] ReadNamePatterns(SettingsObject json, string field) =>
        [.. json.ReadStrings(field).Select(EnvironmentRules.CreateNamePattern)];

    private static PolicyLimits ReadLimits(SettingsObject json)
    {
        var limits = new PolicyLimits
        {
            Concurrency = (int?)json.ReadNumber("concurrency", 1, Protocol.Limits.MaxConcurrent),
            Timeout = json.ReadMilliseconds("timeout"),
            Processes = ProgramLimits.ReadFields(json),
            Disk = json.ReadNumber("disk", 1, MostBytes),
        };
        json.RejectUnknownFields();
        return limits;
    }

    /// <summary>Folders or files that tasks get: these are watched.</summary>
    private string[] ReadRoots(SettingsObject json, string field)
    {
        var folders = ReadNamedFolders(json, field);
        named.AddRange(folders);
        return [.. folders.Select(folder => folder.Real)];
    }

    private string[] ReadPaths(SettingsObject json, string field) => [.. ReadNamedFolders(json, field).Select(folder => folder.Real)];

    /// <summary>Folders or files: absolute, or under the person's home. Their links are followed now, once.</summary>
    private List<NamedFolder> ReadNamedFolders(SettingsObject json, string field)
    {
        var paths = new List<NamedFolder>();
        foreach (var text in json.ReadStrings(field))
        {
            var full = text == "~" ? place.Home
                : text.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(place.Home, text[2..]) : text;
            if (!Path.IsPathFullyQualified(full))
                json.AddError(field, $"holds '{text}': a path must be absolute or begin with ~/");
            else if (RealPath.ResolveWithLinks(Path.TrimEndingDirectorySeparator(Path.GetFullPath(full))) is ({ } real, var links))
                paths.Add(new NamedFolder(real, links));
            else
                json.AddError(field, $"holds '{text}', whose symbolic links form a loop");
        }
        return paths;
    }
}
