using System.Globalization;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy.Hooks;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Policy.Reading;

// The parts that are lists of rules.
internal sealed partial class PolicyReader
{
    private static readonly TimeSpan DefaultHookTimeout = TimeSpan.FromSeconds(10);
    private static readonly DayOfWeek[] EveryDay = Enum.GetValues<DayOfWeek>();
    private static readonly Dictionary<string, DayOfWeek> DayNames =
        EveryDay.ToDictionary(day => day.ToString()[..3].ToLowerInvariant(), StringComparer.Ordinal);

    private static CommandRules ReadCommands(SettingsObject json)
    {
        var (hasShell, hasAllow) = (json.HasField("shell"), json.HasField("allow"));
        var shell = json.ReadBoolean("shell");
        var rules = new CommandRules
        {
            // Shell text can't be held to a list of argument lists, so with one it must be allowed in so many words.
            Shell = hasShell ? shell : !hasAllow,
            Allow = hasAllow ? [.. json.ReadObjects("allow").Select(ReadAllowedCommand)] : null,
            Deny = [.. json.ReadObjects("deny").Select(ReadDeniedPattern).OfType<TextPattern>()],
        };
        json.RejectUnknownFields();
        return rules;
    }

    private static AllowedCommand ReadAllowedCommand(SettingsObject json)
    {
        var prefix = json.HasField("prefix");
        if (prefix == json.HasField("argv"))
            json.AddError(null, "needs either argv (exactly these arguments) or prefix (these and any after them)");
        var arguments = json.ReadStrings(prefix ? "prefix" : "argv");
        if (arguments is not [{ Length: > 0 }, ..])
            json.AddError(prefix ? "prefix" : "argv", "must begin with a program");
        var program = json.ReadString("program");
        if (program is not null && !Path.IsPathFullyQualified(program))
            json.AddError("program", "must be an absolute path");
        json.RejectUnknownFields();
        return new AllowedCommand(arguments, prefix, program is null ? null
            : RealPath.ResolveLinks(program) ?? program);
    }

    private static TextPattern? ReadDeniedPattern(SettingsObject json)
    {
        var pattern = ReadPattern(json);
        if (pattern is null) json.AddError(null, "needs either glob or regex");
        json.RejectUnknownFields();
        return pattern;
    }

    private static TextPattern? ReadPattern(SettingsObject json)
    {
        var (glob, regex) = (json.ReadString("glob"), json.ReadString("regex"));
        if (glob is not null && regex is not null) json.AddError(null, "can't have both glob and regex");
        if (regex is null) return glob is null ? null : TextPattern.FromGlob(glob);
        var (pattern, error) = TextPattern.FromRegex(regex);
        if (error is not null) json.AddError("regex", $"is not a valid regular expression: {error}");
        return pattern ?? TextPattern.FromGlob("*");
    }

    private ApprovalRule[] ReadApprovalRules(SettingsObject json)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. json.ReadObjects("approval").Select(rule => ReadApprovalRule(rule, names))];
    }

    private ApprovalRule ReadApprovalRule(SettingsObject json, HashSet<string> names)
    {
        var (name, within) = (json.ReadString("name") ?? "", json.HasField("within"));
        if (!Protocol.Names.IsName(name))
            json.AddError("name", "is needed: a to z, 0 to 9 and -, at most 63, not beginning with -");
        else if (!names.Add(name))
            json.AddError("name", $"'{name}' is there twice");
        var rule = new ApprovalRule
        {
            Name = name,
            Kinds = json.HasField("kinds") ? ReadKinds(json) : null,
            Text = ReadPattern(json),
            Within = within ? ReadPaths(json, "within") : null,
            RejectsUnbound = ReadUnbound(json),
        };
        json.RejectUnknownFields();
        return rule;
    }

    private static bool ReadUnbound(SettingsObject json)
    {
        const string field = "unbound";
        if (!json.HasField(field)) return false;
        var word = json.ReadString(field);
        if (word is not ("ask" or "reject")) json.AddError(field, "must be ask or reject");
        return word != "ask";
    }

    private static ApprovalTerms ReadApprovalTerms(SettingsObject json)
    {
        var hasTemporary = json.HasField("temporary");
        var temporary = json.ReadBoolean("temporary");
        var terms = new ApprovalTerms
        {
            Temporary = !hasTemporary || temporary,
            FromGateway = json.ReadBoolean("fromGateway"),
            Wait = json.ReadMilliseconds("wait") ?? ApprovalTerms.Default.Wait,
        };
        json.RejectUnknownFields();
        return terms;
    }

    private static QuietHours? ReadQuietHours(SettingsObject json)
    {
        var days = json.HasField("days") ? json.ReadStrings("days") : [.. DayNames.Keys];
        foreach (var day in days.Where(day => !DayNames.ContainsKey(day)))
            json.AddError("days", $"holds '{day}'; the days are {string.Join(", ", DayNames.Keys)}");
        var (from, to) = (ReadTime(json, "from"), ReadTime(json, "to"));
        json.RejectUnknownFields();
        return from is { } begin && to is { } end && days.All(DayNames.ContainsKey)
            ? new QuietHours([.. days.Select(day => DayNames[day])], begin, end)
            : null;
    }

    private static TimeOnly? ReadTime(SettingsObject json, string field)
    {
        if (TimeOnly.TryParseExact(json.ReadString(field), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        json.AddError(field, "must be a time, HH:mm, such as 22:30");
        return null;
    }

    private static AgentRules ReadAgentRules(SettingsObject agents, string name)
    {
        var json = agents.ReadObject(name);
        var hasTools = json.HasField("allowedTools");
        var tools = json.ReadStrings("allowedTools");
        var rules = new AgentRules
        {
            PermissionMode = json.ReadString("permissionMode"),
            AllowedTools = hasTools ? tools : null,
            DisallowedTools = json.ReadStrings("disallowedTools"),
            AllowBypass = json.ReadBoolean("allowBypass"),
        };
        // Each becomes an argument of the agent's program, and none may be taken for an option.
        if (rules.PermissionMode?.StartsWith('-') is true) json.AddError("permissionMode", "must not begin with -");
        if (tools.Concat(rules.DisallowedTools).Any(tool => tool.Length == 0 || tool[0] == '-'))
            json.AddError(null, "must be tool names: not empty, not beginning with -");
        if (rules is { AllowBypass: false, PermissionMode: "bypassPermissions" })
            json.AddError("permissionMode", "bypasses all permissions: say allowBypass as well if that is meant");
        json.RejectUnknownFields();
        return rules;
    }

    private static Hook? ReadHook(SettingsObject hooks, string name)
    {
        if (!hooks.HasField(name)) return null;
        var json = hooks.ReadObject(name);
        var argv = json.ReadStrings("argv");
        if (argv is not [{ Length: > 0 } program, ..] || !Path.IsPathFullyQualified(program))
            json.AddError("argv", "must begin with the absolute path of a program");
        var hook = new Hook(argv, json.ReadMilliseconds("timeout") ?? DefaultHookTimeout);
        json.RejectUnknownFields();
        return hook;
    }
}
