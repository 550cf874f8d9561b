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
