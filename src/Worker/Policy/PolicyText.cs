using System.Globalization;
using OpenClaw.Worker.Logging;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Policy;

/// <summary>Prints the policy for its owner, a line for each part.</summary>
internal static class PolicyText
{
    public static void Write(OwnerPolicy policy, string from, TextWriter to)
    {
        WriteField(to, "policy", from);
        WriteField(to, "kinds", policy.Kinds is { } kinds ? FormatList(kinds, "none") : "all");
        WriteField(to, "shell text", policy.Commands.Shell ? "allowed" : "not allowed");
        WriteField(to, "programs", policy.Commands.Allow is { } allow ? $"only the {allow.Count} of the allow-list" : "all");
        WriteField(to, "denied", $"{CountedNoun.FormatCount(policy.Commands.Deny.Count, "pattern")} (a seat belt, no boundary)");
        WriteField(to, "read", policy.Folders is { } folders ? FormatList([.. folders.Read, .. folders.Write], "nothing") : "everywhere");
        WriteField(to, "write", policy.Folders is { } roots ? FormatList(roots.Write, "nothing") : "everywhere");
        foreach (var error in policy.Roots.Errors)
            WriteField(to, "CHANGED", error);
        WriteField(to, "run in", policy.Folders is { } places ? FormatList(places.Run, "nowhere") : "everywhere");
        var passed = policy.Environment.Pass is { } pass ? CountedNoun.FormatCount(pass.Count, "pattern passes", "patterns pass") : "yours";
        WriteField(to, "variables", $"{passed}, "
            + $"without {FormatList(EnvironmentRules.AlwaysDenied, "")} and {policy.Environment.Deny.Count} more; "
            + $"but with {FormatList(policy.Environment.Allow, "none of those")}");
        WriteField(to, "masked", $"values of {FormatList(SecretRules.AlwaysNames, "")} and {policy.Secrets.Names.Count} more; "
            + $"without {CountedNoun.FormatCount(policy.Secrets.Except.Count, "pattern")}");
        WriteField(to, "run as", policy.RunAs is { } user ? $"{user.Name} ({user.Uid})" : "the worker's own user");
        WriteField(to, "limits", FormatLimits(policy.Limits));
        WriteField(to, "sandbox", policy.Sandbox is { } sandbox ? $"yes, {(sandbox.Network ? "with" : "without")} network" : "none");
        WriteField(to, "asks you", FormatList([.. policy.Approval.Select(rule => rule.Name)], "never"));
        WriteField(to, "signatures", policy.Signatures switch
        {
            SignatureMode.Require => "required: unsigned tasks are rejected",
            SignatureMode.Warn => "looked at: what is not signed runs, and is recorded",
            _ => "not looked at",
        });
        WriteField(to, "quiet",
            FormatList([.. policy.Quiet.Select(hours => $"{hours.From:HH\\:mm} to {hours.To:HH\\:mm} ({FormatList(hours.Days, "")})")],
                "never"));
        WriteField(to, "agents", FormatList([.. policy.Agents.Keys], "as in settings.json"));
        WriteField(to, "hooks",
            FormatList(
                [.. new[] { policy.Before is null ? "" : "before", policy.After is null ? "" : "after" }.Where(name => name.Length > 0)],
                    "none"));
    }

    private static string FormatLimits(PolicyLimits limits)
    {
        var all = new (string Name, object? Value)[]
        {
            ("concurrency", limits.Concurrency), ("timeout ms", limits.Timeout?.TotalMilliseconds),
            ("cpu ms", limits.Processes?.CpuMilliseconds),
            ("memory", limits.Processes?.MemoryBytes), ("processes", limits.Processes?.Processes),
            ("output", limits.Processes?.OutputBytes),
            ("disk", limits.Disk),
        };
        return FormatList([.. all.Where(limit => limit.Value is not null)
            .Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Name} {limit.Value}"))], "none");
    }

    private static string FormatList<T>(IReadOnlyList<T> items, string none) => items.Count == 0 ? none : string.Join(", ", items);

    private static void WriteField(TextWriter to, string name, string text) => to.WriteLine($"{name,-11}{text}");
}
