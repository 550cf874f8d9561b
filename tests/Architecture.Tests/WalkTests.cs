using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>
/// The two walks of docs/adr/0025: whoever follows a value opens these files. A file that is taken away leaves a line that points nowhere,
/// and the walks get no longer than they are.
/// </summary>
public sealed partial class WalkTests
{
    private const string Page = "docs/adr/0025-how-a-walk-is-counted.md";

    public static TheoryData<string, int> Walks => new() { { "command", 110 }, { "exitCode", 58 } };

    [Theory, MemberData(nameof(Walks))]
    public void It_has_as_many_files_as_its_page_says_and_no_more_than_it_had(string value, int most)
    {
        var (said, files) = ReadWalk(value);
        Assert.Equal(said, files.Length);
        Assert.InRange(files.Length, 1, most);
        House.None(files.CountBy(file => file).Where(file => file.Value > 1).Select(file => file.Key));
        House.None(files.Where(file => !File.Exists(Path.Combine(House.Root, file))));
    }

    /// <summary>A file that has to do with no other one of the walk is none of its hops.</summary>
    [Theory, MemberData(nameof(Walks))]
    public void Each_file_names_another_one_of_its_walk_or_is_named_by_one(string value, int most)
    {
        Assert.NotEqual(0, most);
        var files = ReadWalk(value).Files.Select(file => (Path: file, Text: House.Read(file))).Select(file => (file.Path,
            Words: Word().Matches(file.Text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal),
            Declares: Declared().Matches(file.Text).Select(match => match.Groups["name"].Value).ToArray())).ToArray();
        House.None(files.Where(one => !Array.Exists(files, other => other.Path != one.Path
            && (Array.Exists(one.Declares, other.Words.Contains) || Array.Exists(other.Declares, one.Words.Contains))))
            .Select(file => file.Path));
    }

    private static (int Said, string[] Files) ReadWalk(string value)
    {
        var section = Regex.Match(House.Read(Page), $@"^## `{value}`.*?: (?<said>\d+) files$(?<lines>.*?)(?=^## |\z)",
            RegexOptions.Multiline | RegexOptions.Singleline);
        return (int.Parse(section.Groups["said"].Value, CultureInfo.InvariantCulture),
            [.. Line().Matches(section.Groups["lines"].Value).Select(match => match.Groups["file"].Value)]);
    }

    [GeneratedRegex(@"^\d+\. \[\w[\w.]*\]\(\.\./\.\./(?<file>src/[^)]+)\)", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    /// <summary>Types, and methods that are called as if they were another type's.</summary>
    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum) (?<name>[A-Z]\w+)|\b(?<name>[A-Z]\w+)(?:<\w+>)?\(\s*this ")]
    private static partial Regex Declared();
}
