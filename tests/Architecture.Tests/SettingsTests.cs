using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>docs/configuration.md and the sources name the same variables.</summary>
public sealed partial class SettingsTests
{
    /// <summary>What a command, or a hook, finds in its environment; nobody sets them.</summary>
    private static readonly string[] Given = ["OPENCLAW_TASK_ID", "OPENCLAW_ATTEMPT", "OPENCLAW_HOOK"];

    [Fact]
    public void Every_variable_that_is_read_is_documented_and_the_reverse()
    {
        var read = House.Files("*.cs", "src").SelectMany(f => Variable().Matches(House.Read(f))).Select(m => m.Groups[1].Value)
            .Except(Given).ToHashSet();
        var table = House.Read("docs/configuration.md").Split("\n## ")
            .Single(part => part.StartsWith("All settings", StringComparison.Ordinal));
        var documented = Documented().Matches(table).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Equal(read.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private const string Names =
        "(?:OPENCLAW|WORKER|DISCORD|OTEL)_[A-Z_]+|ConnectionStrings__[a-z]+|MAX_CONCURRENT|LONG_POLL_WAIT|DRAIN_TIMEOUT|CLAUDE_PATH";

    [GeneratedRegex($"\"({Names})\"")]
    private static partial Regex Variable();

    [GeneratedRegex($"`({Names})`")]
    private static partial Regex Documented();
}
