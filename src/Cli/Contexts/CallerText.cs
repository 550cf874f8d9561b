using System.Globalization;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Contexts;

/// <summary>Who the server says one is, for people.</summary>
internal static class CallerText
{
    /// <summary><c>k3v9x0q2aa "laptop" (admin)</c>.</summary>
    public static string Describe(CallerView caller)
    {
        var name = caller.Name is { } text ? $" \"{text}\"" : "";
        return $"{caller.TokenId}{name} ({string.Join(" and ", caller.Roles)})";
    }

    /// <summary>What a token may be used on, in one line; null: on all of its tenant's.</summary>
    public static string? DescribeNarrowing(TokenNarrowing? narrowing)
    {
        if (narrowing is null) return null;
        (string Name, string? Value)[] parts =
        [
            ("workers", Join(narrowing.Workers)), ("labels", Join(narrowing.Labels)), ("kinds", Join(narrowing.Kinds)),
            ("timeout up to", narrowing.MaxTimeout is { } most ? Duration.FormatMilliseconds(most) : null),
        ];
        return string.Join("; ", parts.Where(part => part.Value is not null).Select(part => $"{part.Name} {part.Value}"));
    }

    public static string? DescribeRate(int? perMinute) =>
        perMinute is { } most ? string.Create(CultureInfo.InvariantCulture, $"{most} requests a minute") : null;

    public static string? DescribeMost(int? tasks) =>
        tasks is { } most ? string.Create(CultureInfo.InvariantCulture, $"at most {most} tasks") : null;

    private static string? Join(string[]? names) => names is null ? null : string.Join(", ", names);
}
