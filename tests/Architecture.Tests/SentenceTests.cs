using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>What the worker says to people.</summary>
public sealed partial class SentenceTests
{
    [Fact]
    public void A_number_and_the_noun_behind_it_agree() => House.None(House.Files("*.cs", "src/Worker", "src/Worker.Processes")
        .SelectMany(file => Plural().Matches(House.Read(file)).Select(match => $"{file}: {match.Value}: write it with CountedNoun")));

    // Patterns of C# such as "{ } folders" are none of it.
    [GeneratedRegex(@"\{[^ {}""\n][^{}""\n]*\}(?: (?!for )[a-z]+)? "
        + "(?:addresses|attempts|faults|folders|inodes|patterns|processes|results|rows|tasks|warnings)\\b")]
    private static partial Regex Plural();
}
