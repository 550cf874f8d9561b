using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>docs/semantics-tests.md: each case has its tests, and they are there.</summary>
public sealed partial class CaseTests
{
    /// <summary>Rows of the contract's table of cases. Fewer: one was dropped from the page.</summary>
    private const int Cases = 23;

    private static IReadOnlyList<string> Rows =>
        [.. House.Read("docs/semantics-tests.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];

    [Fact]
    public void Every_case_has_a_test()
    {
        Assert.Equal(Cases, Rows.Count);
        House.None(Rows.Where(row => !Name().IsMatch(row)));
    }

    [Fact]
    public void Every_test_that_is_named_is_there()
    {
        var tests = House.Files("*.cs", "tests").SelectMany(file => Test().Matches(House.Read(file))).Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        House.None(Rows.SelectMany(row => Name().Matches(row)).Select(match => match.Groups[1].Value).Where(name => !tests.Contains(name)));
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_\\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\s*\[(?:Fact|Theory)[^\n]*\n(?:\s*(?:\[|//)[^\n]*\n)*\s*public (?:async )?(?:Task|void) (\w+)\(",
        RegexOptions.Multiline)]
    private static partial Regex Test();
}
