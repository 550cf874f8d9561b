using System.Globalization;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy.Hooks;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Policy.Reading;

// The parts that are lists of rules.
internal sealed partial class PolicyReader
{
    private static readonly TimeSpan HookPatience = TimeSpan.FromSeconds(10);
    private static readonly DayOfWeek[] EveryDay = Enum.GetValues<DayOfWeek>();
    private static readonly Dictionary<string, DayOfWeek> DayNames =
        EveryDay.ToDictionary(day => day.ToString()[..3].ToLowerInvariant(), StringComparer.Ordinal);

    private static CommandRules Commands(SettingsObject json)
    {
        var (hasShell, hasAllow) = (json.Has("shell"), json.Has("allow"));
        var shell = json.Flag("shell");
        var rules = new CommandRules
        {
            // Shell text can't be held to a list of argument lists, so with one it must be allowed in so many words.
            Shell = hasShell ? shell : !hasAllow,
            Allow = hasAllow ? [.. json.Objects("allow").Select(Allowed)] : null,
            Deny = [.. json.Objects("deny").Select(Denied).OfType<TextPattern>()],
        };
        json.RefuseOthers();
        return rules;
    }

    private static AllowedCommand Allowed(SettingsObject json)
    {
        var prefix = json.Has("prefix");
        if (prefix == json.Has("argv"))
            json.Wrong(null, "needs either argv (exactly these arguments) or prefix (these and any after them)");
        var arguments = json.Texts(prefix ? "prefix" : "argv");
        if (arguments is not [{ Length: > 0 }, ..])
            json.Wrong(prefix ? "prefix" : "argv", "must begin with a program");
        var program = json.Text("program");
        if (program is not null && !Path.IsPathFullyQualified(program))
            json.Wrong("program", "must be an absolute path");
        json.RefuseOthers();
        return new AllowedCommand(arguments, prefix, program is null ? null : Execution.Files.Roots.RealPath.Of(program) ?? program);
    }

    private static TextPattern? Denied(SettingsObject json)
    {
        var pattern = Pattern(json);
        if (pattern is null)
            json.Wrong(null, "needs either glob or regex");
        json.RefuseOthers();
        return pattern;
    }

    private static TextPattern? Pattern(SettingsObject json)
    {
        var (glob, regex) = (json.Text("glob"), json.Text("regex"));
        if (glob is not null && regex is not null)
            json.Wrong(null, "can't have both glob and regex");
        if (regex is null)
            return glob is null ? null : TextPattern.Glob(glob);
        var (pattern, error) = TextPattern.Regex(regex);
        if (error is not null)
            json.Wrong("regex", $"is not a valid regular expression: {error}");
        return pattern ?? TextPattern.Glob("*");
    }

    private ApprovalRule[] Approvals(SettingsObject json)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. json.Objects("approval").Select(rule => Approval(rule, names))];
    }

    private ApprovalRule Approval(SettingsObject json, HashSet<string> names)
    {
        var (name, within) = (json.Text("name") ?? "", json.Has("within"));
        if (!Protocol.Names.IsName(name))
            json.Wrong("name", "is needed: a to z, 0 to 9 and -, at most 63, not beginning with -");
        else if (!names.Add(name))
            json.Wrong("name", $"'{name}' is there twice");
        var rule = new ApprovalRule
        {
            Name = name,
            Kinds = json.Has("kinds") ? Kinds(json) : null,
            Text = Pattern(json),
            Within = within ? Paths(json, "within") : null,
        };
        json.RefuseOthers();
        return rule;
    }

    private static ApprovalTerms Terms(SettingsObject json)
    {
        var terms = new ApprovalTerms
        {
            FromGateway = json.Flag("fromGateway"),
            Wait = json.Milliseconds("wait") ?? ApprovalTerms.Default.Wait,
        };
        json.RefuseOthers();
        return terms;
    }

    private static QuietHours? Quiet(SettingsObject json)
    {
        var days = json.Has("days") ? json.Texts("days") : [.. DayNames.Keys];
        foreach (var day in days.Where(day => !DayNames.ContainsKey(day)))
            json.Wrong("days", $"holds '{day}'; the days are {string.Join(", ", DayNames.Keys)}");
        var (from, to) = (Time(json, "from"), Time(json, "to"));
        json.RefuseOthers();
        return from is { } begin && to is { } end && days.All(DayNames.ContainsKey)
            ? new QuietHours([.. days.Select(day => DayNames[day])], begin, end)
            : null;
    }

    private static TimeOnly? Time(SettingsObject json, string field)
    {
        if (TimeOnly.TryParseExact(json.Text(field), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        json.Wrong(field, "must be a time, HH:mm, such as 22:30");
        return null;
    }

    private static AgentRules Agent(SettingsObject agents, string name)
    {
        var json = agents.Object(name);
        var hasTools = json.Has("allowedTools");
        var tools = json.Texts("allowedTools");
        var rules = new AgentRules
        {
            PermissionMode = json.Text("permissionMode"),
            AllowedTools = hasTools ? tools : null,
            DisallowedTools = json.Texts("disallowedTools"),
            AllowBypass = json.Flag("allowBypass"),
        };
        // Each becomes an argument of the agent's program, and none may be taken for an option.
        if (rules.PermissionMode?.StartsWith('-') is true)
            json.Wrong("permissionMode", "must not begin with -");
        if (tools.Concat(rules.DisallowedTools).Any(tool => tool.Length == 0 || tool[0] == '-'))
            json.Wrong(null, "must be tool names: not empty, not beginning with -");
        if (rules is { AllowBypass: false, PermissionMode: "bypassPermissions" })
            json.Wrong("permissionMode", "bypasses all permissions: say allowBypass as well if that is meant");
        json.RefuseOthers();
        return rules;
    }

    private static Hook? HookOf(SettingsObject hooks, string name)
    {
        if (!hooks.Has(name))
            return null;
        var json = hooks.Object(name);
        var argv = json.Texts("argv");
        if (argv is not [{ Length: > 0 } program, ..] || !Path.IsPathFullyQualified(program))
            json.Wrong("argv", "must begin with the absolute path of a program");
        var hook = new Hook(argv, json.Milliseconds("timeout") ?? HookPatience);
        json.RefuseOthers();
        return hook;
    }
}
