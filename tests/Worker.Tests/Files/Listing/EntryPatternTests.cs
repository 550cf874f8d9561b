using OpenClaw.Worker.Execution.Files.Listing;

namespace OpenClaw.Worker.Tests.Files.Listing;

public class EntryPatternTests
{
    [Theory]
    [InlineData("*", "a", true), InlineData("*", "a/b", false), InlineData("*", ".hidden", true)]
    [InlineData("*.cs", "a.cs", true), InlineData("*.cs", "a.css", false), InlineData("*.cs", "x/a.cs", false)]
    [InlineData("a?c", "abc", true), InlineData("a?c", "ac", false)]
    [InlineData("[a-c]1", "b1", true), InlineData("[a-c]1", "d1", false), InlineData("[!a-c]1", "d1", true), InlineData("[]]", "]", true)]
    [InlineData("[a", "[a", true), InlineData("[-a]", "-", true)]
    [InlineData("**", "a/b/c", true), InlineData("**", "a", true)]
    [InlineData("**/x", "x", true), InlineData("**/x", "a/b/x", true), InlineData("**/x", "a/b/xy", false)]
    [InlineData("src/**/*.cs", "src/a.cs", true), InlineData("src/**/*.cs", "src/a/b/c.cs", true)]
    [InlineData("src/**/*.cs", "test/a.cs", false)]
    [InlineData("a/**", "a", false), InlineData("a/**", "a/b", true), InlineData("**/**/x", "a/x", true)]
    [InlineData("*a*b*c*", "xxaxxbxxcxx", true), InlineData("*a*b*c*", "xxaxxcxxbxx", false)]
    public void A_path_matches_or_does_not(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new EntryPattern(pattern).Matches(path));

    [Theory]
    [InlineData("*", "a", false), InlineData("a/*", "a", true), InlineData("a/*", "b", false), InlineData("**/x", "a/b/c", true)]
    [InlineData("a/*/c", "a/b", true), InlineData("a/*/c", "a/b/c", false)]
    public void Only_folders_that_may_hold_a_match_are_entered(string pattern, string folder, bool enters) =>
        Assert.Equal(enters, new EntryPattern(pattern).MayMatchBelow(folder));

    [Fact]
    public void Many_stars_cost_no_time() =>
        Assert.False(EntryPattern.MatchesName(string.Concat(Enumerable.Repeat("*a", 60)) + "b", new string('a', 240)));
}
