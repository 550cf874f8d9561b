using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Tests.Cli;

public sealed class CommandLineTests
{
    private readonly TypedTerminal terminal = new();

    [Theory]
    [InlineData(), InlineData("run"), InlineData("--name", "pc"), InlineData("run", "--name=pc")]
    public async Task Without_a_verb_it_runs_and_takes_the_older_workers_environment(params string[] arguments)
    {
        // Nothing set: what it misses is what a daemon needs.
        Assert.Equal(ExitCodes.Configuration, await terminal.Type(arguments));
        Assert.Contains("WORKER_URL is not set", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("WORKER_TOKEN is not set", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_role_is_told_before_any_server_is_asked()
    {
        terminal.Variables["WORKER_URL"] = "http://127.0.0.1:9";
        terminal.Variables["WORKER_TOKEN"] = "ocl_cli_aaaaaaaaaa_SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS2ca1c404";
        Assert.Equal(ExitCodes.Configuration, await terminal.Type("run"));
        Assert.Equal("WORKER_TOKEN: it is a client's token; set WORKER_TOKEN to a worker token: it begins with ocl_wrk_\n", terminal.Error);
    }

    [Theory]
    [InlineData("frobnicate"), InlineData("Run"), InlineData("status", "--frobnicate"), InlineData("status", "word")]
    [InlineData("drain", "--wait=yes")]
    [InlineData("status", "--home"), InlineData("status", "--home", "")]
    public async Task What_is_not_understood_is_told_and_not_done(params string[] arguments)
    {
        Assert.Equal(VerbExit.Usage, await terminal.Type(arguments));
        Assert.NotEqual("", terminal.Error);
        Assert.Equal("", terminal.Out);
    }

    [Theory]
    [InlineData("stats", "status"), InlineData("status --jsn", "--json"), InlineData("run --max-concurent 2", "--max-concurrent")]
    public async Task The_nearest_verb_or_option_is_named(string typed, string nearest)
    {
        Assert.Equal(VerbExit.Usage, await terminal.Type(typed.Split(' ')));
        Assert.Contains($"Did you mean one of the following?\n{nearest}\n", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_the_options_and_with_the_settings_is_told_at_once()
    {
        Assert.Equal(ExitCodes.Configuration, await terminal.Type("--frobnicate", "--max-concurrent", "0", "--name"));
        string[] each = ["'--frobnicate'", "'--name'", "MAX_CONCURRENT", "WORKER_URL", "WORKER_TOKEN"];
        Assert.All(each, name => Assert.Contains(name, terminal.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_option_wins_over_its_variable_and_the_last_one_over_those_before()
    {
        terminal.Variables["OPENCLAW_WORKER_HOME"] = "/nonexistent/variable";
        await terminal.Type("status", "--home=/nonexistent/one", "--home", "/nonexistent/two");
        Assert.Contains("no daemon runs in /nonexistent/two", terminal.Out, StringComparison.Ordinal);
        (terminal.Variables["WORKER_NAME"], terminal.Variables["MAX_CONCURRENT"]) = ("Not A Name", "1");
        await terminal.Type("--name", "pc", "--max-concurrent", "0");
        Assert.DoesNotContain("WORKER_NAME", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("MAX_CONCURRENT", terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("approve a b", "approve takes [ID]"), InlineData("policy", "policy takes check, show or test FILE")]
    [InlineData("approve --yse", "--yse: no such option of approve")]
    public async Task Words_that_a_verb_does_not_take_are_told(string typed, string sentence)
    {
        Assert.Equal(VerbExit.Usage, await terminal.Type(typed.Split(' ')));
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_each_verb_and_each_has_its_own()
    {
        Assert.Equal(VerbExit.Done, await terminal.Type("--help"));
        var verbs = terminal.Out.Split('\n').Where(line => line.StartsWith("  openclaw-worker ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).ToArray();
        Assert.Superset(new HashSet<string> { "run", "status", "drain" }, verbs.ToHashSet());
        foreach (var verb in verbs)
        {
            Assert.Equal(VerbExit.Done, await terminal.Type(verb, "--help"));
            Assert.Contains($"openclaw-worker {verb}", terminal.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        Assert.Equal(VerbExit.Done, await terminal.Type("--version"));
        Assert.Equal(WorkerDaemon.Version, terminal.Out.Trim());
    }
}
