using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>docs/semantics-tests.md and docs/bad-input.md: each case has its tests, and they are there.</summary>
public sealed partial class CaseTests
{
    private const string BadInput = "docs/bad-input.md";

    /// <summary>The pages, and the rows of the contract's table that each answers. Fewer: one was dropped from the page.</summary>
    public static TheoryData<string, int> Pages => new() { { "docs/semantics-tests.md", 23 }, { BadInput, 31 } };

    [Theory, MemberData(nameof(Pages))]
    public void Every_case_has_a_test(string page, int cases)
    {
        var rows = ReadRows(page);
        Assert.Equal(cases, rows.Count);
        House.None(rows.Where(row => !Name().IsMatch(row) && !Group().IsMatch(row) && !IsToCome(row)));
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_test_that_is_named_is_there(string page, int cases)
    {
        var tests = House.Files("*.cs", "tests").SelectMany(file => Test().Matches(House.Read(file))).Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var named = Name().Matches(House.Read(page)).Select(match => match.Groups[1].Value).ToArray();
        Assert.InRange(named.Length, cases, int.MaxValue);
        House.None(named.Where(name => !tests.Contains(name)));
    }

    [Fact]
    public void Every_group_of_requests_is_in_the_table_and_has_some()
    {
        using var cases = JsonDocument.Parse(House.Read("tests/Gateway.Tests/BadInput/cases.json"));
        var there = cases.RootElement.EnumerateArray().Select(row => row.GetProperty("name").GetString()!.Split(':')[0]).Distinct();
        var named = ReadRows(BadInput).SelectMany(row => Group().Matches(row)).Select(match => match.Groups[1].Value).Distinct();

        Assert.Equal(there.Order(), named.Order());
    }

    /// <summary>What it is about is not there yet.</summary>
    private static bool IsToCome(string row) => row.Contains("is being built", StringComparison.Ordinal)
        || row.Contains("are being built", StringComparison.Ordinal) || row.Contains("not there yet", StringComparison.Ordinal);

    private static List<string> ReadRows(string page) =>
        [.. House.Read(page).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_\\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\*cases: ([a-z' ]+)\*")]
    private static partial Regex Group();

    [GeneratedRegex(@"^\s*\[(?:Fact|Theory)[^\n]*\n(?:\s*(?:\[|//)[^\n]*\n)*\s*public (?:async )?(?:Task|void) (\w+)\(",
        RegexOptions.Multiline)]
    private static partial Regex Test();
}
