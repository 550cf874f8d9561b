using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>Documents that point at files which are there.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Documents => new(
        House.Files("*.md", "docs").Concat(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
            .Where(f => File.Exists(Path.Combine(House.Root, f))));

    [Theory]
    [InlineData("README.md"), InlineData("CONTRIBUTING.md"), InlineData("CHANGELOG.md"), InlineData("LICENSE")]
    [InlineData("docs/architecture.md"), InlineData("docs/configuration.md"), InlineData("docs/dependencies.md")]
    [InlineData("docs/performance.md"), InlineData("docs/task-lifecycle.md"), InlineData("docs/protocol.md"), InlineData("docs/worker.md")]
    public void The_documents_are_there(string file) => Assert.True(File.Exists(Path.Combine(House.Root, file)));

    [Theory, MemberData(nameof(Documents))]
    public void Every_link_into_the_repository_resolves(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(House.Root, document))!;
        var broken = Link().Matches(Fence().Replace(House.Read(document), "")).Select(m => m.Groups[1].Value)
            .Where(target => !target.Contains(':', StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Path.Exists(Path.GetFullPath(Path.Combine(folder, target.Split('#')[0]))));
        House.None(broken);
    }

    [Fact]
    public void Each_step_of_the_way_of_a_task_links_its_file()
    {
        var steps = Step().Matches(House.Read("docs/architecture.md"));
        Assert.Equal(Enumerable.Range(1, 9).Select(n => $"{n}"), steps.Select(s => s.Groups[1].Value));
        Assert.All(steps, step => Assert.Contains("](../src/", step.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void No_two_decisions_have_one_number() => House.None(House.Files("*.md", "docs/adr").Select(file => Path.GetFileName(file)[..4])
        .CountBy(number => number).Where(number => number.Value > 1).Select(number => number.Key));

    [Fact]
    public void Doctors_page_has_every_check_and_no_other()
    {
        var checks = House.Files("*.cs", "src/Worker/Diagnosis").SelectMany(file => Check().Matches(House.Read(file)))
            .Select(match => match.Groups[1].Value)
            .Concat(["claude-key", "codex-key", "gemini-key"]).ToHashSet(StringComparer.Ordinal);
        var page = House.Read("docs/worker/doctor.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line.Split('|')[1])).Select(match => match.Groups[1].Value)
                .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(checks.Order(StringComparer.Ordinal), page.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_proxy_that_is_walked_through_has_its_block_on_the_page()
    {
        var walked = Walked().Matches(House.Read("bench/proxies/proxies.sh")).Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var blocks = Fence().Matches(House.Read("docs/proxies.md")).Select(match => match.Value.Split('\n')[0][3..]);
        Assert.Equal(walked.Order(StringComparer.Ordinal), blocks.Order(StringComparer.Ordinal));
        Assert.Equal(8, walked.Count);
    }

    [Fact]
    public void The_readme_starts_with_exactly_two_commands()
    {
        var first = Fence().Matches(House.Read("README.md")).First(f => f.Value.StartsWith("```sh", StringComparison.Ordinal));
        var commands = first.Value.Split('\n')[1..^1].Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0);
        Assert.Equal(["dotnet run --project src/Standalone", "./test.sh"], commands);
    }

    [GeneratedRegex(@"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?:Finding\.[A-Z]\w+\(|const string Check = )""([a-z]+)""")]
    private static partial Regex Check();

    /// <summary>A call of block_of with the language of a block.</summary>
    [GeneratedRegex(@"block_of ([a-z0-9]+) ""\$2""")]
    private static partial Regex Walked();

    [GeneratedRegex("`([a-z-]+)`")]
    private static partial Regex Name();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    /// <summary>A numbered step, up to the next one or an empty line.</summary>
    [GeneratedRegex(@"^(\d+)\. .*?(?=^\d+\. |^\s*$)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Step();
}
