using System.Globalization;
using OpenClaw.Worker.Logging;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Policy;

/// <summary>Prints the policy for its owner, a line for each part.</summary>
internal static class PolicyText
{
    public static void Write(OwnerPolicy policy, string from, TextWriter to)
    {
        Line(to, "policy", from);
        Line(to, "kinds", policy.Kinds is { } kinds ? List(kinds, "none") : "all");
        Line(to, "shell text", policy.Commands.Shell ? "allowed" : "not allowed");
        Line(to, "programs", policy.Commands.Allow is { } allow ? $"only the {allow.Count} of the allow-list" : "all");
        Line(to, "denied", $"{CountedNoun.Write(policy.Commands.Deny.Count, "pattern")} (a seat belt, no boundary)");
        Line(to, "read", policy.Folders is { } folders ? List([.. folders.Read, .. folders.Write], "nothing") : "everywhere");
        Line(to, "write", policy.Folders is { } roots ? List(roots.Write, "nothing") : "everywhere");
        foreach (var fault in policy.Roots.Faults)
            Line(to, "CHANGED", fault);
        Line(to, "run in", policy.Folders is { } places ? List(places.Run, "nowhere") : "everywhere");
        var passed = policy.Environment.Pass is { } pass ? CountedNoun.Write(pass.Count, "pattern passes", "patterns pass") : "yours";
        Line(to, "variables", $"{passed}, "
            + $"without {List(EnvironmentRules.AlwaysDenied, "")} and {policy.Environment.Deny.Count} more; "
            + $"but with {List(policy.Environment.Allow, "none of those")}");
        Line(to, "run as", policy.RunAs is { } user ? $"{user.Name} ({user.Uid})" : "the worker's own user");
        Line(to, "limits", Limits(policy.Limits));
        Line(to, "sandbox", policy.Sandbox is { } sandbox ? $"yes, {(sandbox.Network ? "with" : "without")} network" : "none");
        Line(to, "asks you", List([.. policy.Approval.Select(rule => rule.Name)], "never"));
        Line(to, "quiet", List([.. policy.Quiet.Select(hours => $"{hours.From:HH\\:mm} to {hours.To:HH\\:mm} ({List(hours.Days, "")})")], "never"));
        Line(to, "agents", List([.. policy.Agents.Keys], "as in settings.json"));
        Line(to, "hooks", List([.. new[] { policy.Before is null ? "" : "before", policy.After is null ? "" : "after" }.Where(name => name.Length > 0)], "none"));
    }

    private static string Limits(PolicyLimits limits)
    {
        var all = new (string Name, object? Value)[]
        {
            ("concurrency", limits.Concurrency), ("timeout ms", limits.Timeout?.TotalMilliseconds), ("cpu ms", limits.Processes?.CpuMilliseconds),
            ("memory", limits.Processes?.MemoryBytes), ("processes", limits.Processes?.Processes), ("output", limits.Processes?.OutputBytes),
            ("disk", limits.Disk),
        };
        return List([.. all.Where(limit => limit.Value is not null).Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Name} {limit.Value}"))], "none");
    }

    private static string List<T>(IReadOnlyList<T> items, string none) => items.Count == 0 ? none : string.Join(", ", items);

    private static void Line(TextWriter to, string name, string text) => to.WriteLine($"{name,-11}{text}");
}
