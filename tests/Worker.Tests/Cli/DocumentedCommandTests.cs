using System.Text.RegularExpressions;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Watchdogs;

namespace OpenClaw.Worker.Tests.Cli;

/// <summary>What the pages tell to type can be typed.</summary>
public sealed partial class DocumentedCommandTests
{
    public static TheoryData<string> Pages =>
        new(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
        .Append(Path.Combine(Repository.Root, "README.md")).Select(page => Path.GetRelativePath(Repository.Root, page))
            .Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Pages))]
    public void Every_verb_and_option_of_a_page_is_one_of_the_program(string page)
    {
        var error = Typed().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))).Select(match => match.Groups[1].Value.Trim())
            .Where(command => !IsKnown(command));
        Assert.Empty(error);
    }

    [Fact]
    public void The_pages_tell_to_type_enough_for_this_to_mean_something() =>
        Assert.InRange(((IEnumerable<object[]>)Pages).Sum(
            page => Typed().Count(File.ReadAllText(Path.Combine(Repository.Root, (string)page[0])))), 35, int.MaxValue);

    [Fact]
    public void The_page_about_the_worker_names_every_verb()
    {
        var listed = File.ReadLines(Path.Combine(Repository.Root, "docs", "worker.md"))
            .First(line => line.StartsWith("`openclaw-worker [VERB]`", StringComparison.Ordinal));
        Assert.All(CommandLine.Verbs, verb => Assert.Contains($"`{verb.Name}`", listed, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("status", true), InlineData("status [--json]", true), InlineData("drain --wait", true), InlineData("run --help", true)]
    [InlineData("approve ID --yes | --no", true), InlineData("run --url http://x", true), InlineData("supervise", true)]
    [InlineData("stop", false), InlineData("status --wait", false), InlineData("run --token x", false)]
    public void What_is_none_is_found(string command, bool known) => Assert.Equal(known, IsKnown(command));

    private static bool IsKnown(string command)
    {
        var words = command.Split([' ', '[', ']', '|', '='], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].StartsWith('-') || words[0] is "VERB" or SupervisorVerb.Name or EndTaskVerb.Name)
            return true;
        if (CommandLine.Verbs.FirstOrDefault(verb => verb.Name == words[0]) is not { } found) return false;
        var options = words.Where(word => word.StartsWith("--", StringComparison.Ordinal));
        return options.All(option => option == "--help" || found.Options.Append(VerbOption.Home).Any(known => known.Name == option));
    }

    /// <summary>In code, on a line of its own or between backticks, up to what the shell or the reader takes for the end of it.</summary>
    [GeneratedRegex(@"(?:`|^ *|^\$ |&& |sudo )(?:\./|~/\.local/bin/)?openclaw-worker((?: +[^\s`#;&<>(]+)*)", RegexOptions.Multiline)]
    private static partial Regex Typed();
}
