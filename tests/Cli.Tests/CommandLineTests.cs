using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cli.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> Verbs => new(VerbTable.Verbs.Select(verb => verb.Name));

    [Theory, MemberData(nameof(Verbs))]
    public async Task Every_verb_has_help_and_takes_no_unknown_option(string verb)
    {
        using var terminal = new TestTerminal();
        var help = await terminal.Succeed([.. verb.Split(' '), "--help"]);
        Assert.StartsWith($"openclaw {verb}", help, StringComparison.Ordinal);
        Assert.Equal(help, await terminal.Succeed(["help", .. verb.Split(' ')]));
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 140, line));

        var run = await terminal.Run([.. verb.Split(' '), "--no-such-option"]);
        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Out));
    }

    [Theory, MemberData(nameof(Verbs))]
    public void Every_verb_is_on_its_page(string verb) => Assert.Contains(
        $"`openclaw {verb}", File.ReadAllText(Path.Combine(Repository.Root, "docs/cli.md")), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Verbs))]
    public async Task Every_verb_that_asks_a_server_says_when_nobody_is_logged_in(string name)
    {
        var verb = VerbTable.Verbs.Single(one => one.Name == name);
        // Those that sign look at key and task first.
        if (!verb.AsksServer || verb.Noun == "keys") return;
        using var terminal = new TestTerminal();
        // As many words as it needs: what else is missing does not matter here.
        var word = verb.Words.StartsWith("ROLE", StringComparison.Ordinal) ? "client" : "some";
        string[] words = [.. Enumerable.Repeat(word, verb.Count.Least)];
        var run = await terminal.Run([.. name.Split(' '), .. words, .. name == "tokens narrow" ? ["--read-only"] : Array.Empty<string>()]);
        Assert.True(run.ExitCode == ExitCodes.NotAllowed, run.ToString());
        Assert.Contains("openclaw login URL", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_verb_it_says_what_there_is()
    {
        using var terminal = new TestTerminal();
        var run = await terminal.Run();
        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Out));
        Assert.All(VerbTable.Verbs, verb => Assert.Contains($"openclaw {verb.Name} ", run.Error, StringComparison.Ordinal));
        Assert.Equal(run.Error, await terminal.Succeed("--help"));
        Assert.Equal("0.1.0", (await terminal.Succeed("--version")).Trim());
    }

    [Fact]
    public async Task A_noun_alone_says_what_is_done_with_it()
    {
        using var terminal = new TestTerminal();
        var run = await terminal.Run("tokens");
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("openclaw tokens rotate", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("openclaw workers", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokens", "craete"), InlineData("tokns"), InlineData("login"), InlineData("tokens", "show"), InlineData("status", "word")]
    [InlineData("tokens", "create", "client", "--expires", "soon"), InlineData("tokens", "create", "king")]
    [InlineData("tokens", "create", "client", "--rate", "0"), InlineData("tokens", "narrow", "abcdefghij")]
    [InlineData("tokens", "narrow", "abcdefghij", "--lift", "everything"), InlineData("login", "ftp://a")]
    [InlineData("login", "http://u@a"), InlineData("tokens", "create", "client", "--name")]
    public async Task What_is_typed_wrongly_is_told_and_asks_nobody(params string[] arguments)
    {
        using var terminal = new TestTerminal();
        var run = await terminal.Run(arguments);
        Assert.True(run is { ExitCode: ExitCodes.Usage, Out: "", Error.Length: > 0 }, run.ToString());
    }
}
