using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>An installation ends with a daemon that is connected, or says why not, or leaves nothing behind.</summary>
public sealed class InstallTests
{
    [Fact]
    public async Task It_ends_with_a_daemon_that_is_connected_and_says_how_the_command_is_found()
    {
        await using var bench = await InstallBench.Make();
        await bench.Download("version one");
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install"));
        Assert.Contains($"connected to {bench.Gateway.Url} as studio\n", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.Contains("echo 'export PATH=\"$HOME/.local/bin:$PATH\"' >> ~/.profile", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.Equal("version one", await File.ReadAllTextAsync(bench.Command));
        Assert.Contains($"ExecStart={bench.Command} run --home ", await File.ReadAllTextAsync(bench.Unit), StringComparison.Ordinal);
        Assert.Equal(1, bench.Gateway.Count("session"));

        bench.Terminal.Path = Path.GetDirectoryName(bench.Command)!;
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install"));
        Assert.DoesNotContain("PATH", bench.Terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_the_server_does_not_take_is_said_to_be_not_connected_and_why()
    {
        await using var bench = await InstallBench.Make();
        bench.Hurry();
        bench.Gateway.Fault = _ => CallFault.Unauthorized;
        Assert.Equal(VerbExit.No, await bench.Terminal.Type("install"));
        Assert.Contains($"NOT connected to {bench.Gateway.Url}", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Contains("FAULT   token     it is well-formed, and the server does not take it", bench.Terminal.Error,
            StringComparison.Ordinal);
        Assert.True(File.Exists(bench.Unit));
    }

    [Fact]
    public async Task A_daemon_that_does_not_come_up_is_told_with_the_place_that_says_why()
    {
        await using var bench = await InstallBench.Make();
        bench.StartsWith = null;
        bench.Hurry();
        Assert.Equal(VerbExit.No, await bench.Terminal.Type("install"));
        Assert.Contains("no daemon answers", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Contains("journalctl --user -u openclaw-worker.service", bench.Terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("daemon-reload", "Failed to connect to bus: No medium found")]
    [InlineData("enable", "Unit is masked")]
    [InlineData("restart", "Job failed")]
    public async Task What_fails_half_way_leaves_nothing_behind_and_its_words_are_told(string command, string words)
    {
        await using var bench = await InstallBench.Make();
        await bench.Download("version one");
        var before = bench.Files();
        bench.Fails = (command, words);
        Assert.Equal(VerbExit.No, await bench.Terminal.Type("install"));
        Assert.Contains(words, bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Contains("what had been written is removed again", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Equal(before, bench.Files());
    }

    [Fact]
    public async Task An_update_that_fails_leaves_what_was_there_before()
    {
        await using var bench = await InstallBench.Make();
        await bench.Download("version one");
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install"));
        var (unit, settings) = (await File.ReadAllTextAsync(bench.Unit),
            await File.ReadAllTextAsync(bench.PathOf(".openclaw", "worker", "worker.env")));

        await bench.Download("version two");
        bench.Terminal.Variables["MAX_CONCURRENT"] = "7";
        bench.Fails = ("enable", "Unit is masked");
        Assert.Equal(VerbExit.No, await bench.Terminal.Type("install", "--confined"));
        Assert.Contains("everything is again as it was before", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Equal("version one", await File.ReadAllTextAsync(bench.Command));
        Assert.Equal((unit, settings),
            (await File.ReadAllTextAsync(bench.Unit), await File.ReadAllTextAsync(bench.PathOf(".openclaw", "worker", "worker.env"))));
        Assert.EndsWith("restart openclaw-worker.service", bench.Terminal.Commands[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_service_it_is_started_in_the_background_and_what_starts_it_again_is_told()
    {
        await using var bench = await InstallBench.Make();
        await bench.Download("version one");
        bench.Terminal.Systemd = new();
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("install", "--no-service"));
        Assert.Equal($"/bin/sh -c nohup {bench.Command} run --home {bench.Home} </dev/null >/dev/null 2>&1 &",
            Assert.Single(bench.Terminal.Commands));
        Assert.Contains($"@reboot {bench.Command} run --home {bench.Home}", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.Contains("connected to", bench.Terminal.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(bench.Unit));

        Assert.Equal(VerbExit.No, await bench.Terminal.Type("uninstall"));
        Assert.Contains("a daemon still runs", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Contains("openclaw-worker drain --wait", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(bench.Command));
    }

    [Theory]
    [InlineData("install", "install", "--no-service"), InlineData("install", "uninstall")]
    public async Task From_inside_a_task_of_the_daemon_itself_none_is_ended(string first, params string[] verb)
    {
        await using var bench = await InstallBench.Make();
        await bench.Download("version one");
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type(first));
        var attempt = bench.Gateway.Command($"until [ -e {bench.PathOf("over")} ]; do sleep 0.05; done");
        await bench.Gateway.Until(g => g.Attempt(attempt).Started, "it runs");
        var task = bench.Gateway.Attempt(attempt).Offer.TaskId;
        await bench.Download("version two");
        bench.Terminal.Commands.Clear();

        bench.Terminal.Variables["OPENCLAW_TASK_ID"] = task;
        var exit = await bench.Terminal.Type(verb);
        await File.WriteAllTextAsync(bench.PathOf("over"), "");
        Assert.Equal(VerbExit.No, exit);
        Assert.Contains($"inside the task {task} of the daemon itself", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Terminal.Commands);
        Assert.True(File.Exists(bench.Unit));
        Assert.Equal("version one", await File.ReadAllTextAsync(bench.Command));
        await bench.Gateway.Ended(attempt);
    }

    [Fact]
    public async Task Uninstall_removes_service_and_program_and_keeps_settings_and_home()
    {
        await using var bench = await InstallBench.Make();
        await bench.Download("version one");
        bench.StartsWith = null;
        bench.Hurry();
        await bench.Terminal.Type("install");
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(bench.Unit)!, "default.target.wants"));
        var link = Path.Combine(Path.GetDirectoryName(bench.Unit)!, "default.target.wants", "openclaw-worker.service");
        File.CreateSymbolicLink(link, bench.Unit);
        // The person's manager has gone meanwhile.
        bench.Fails = ("systemctl", "Failed to connect to bus");
        bench.Terminal.Commands.Clear();
        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("uninstall"));
        Assert.Equal(["systemctl --user disable --now openclaw-worker.service", "systemctl --user daemon-reload"], bench.Terminal.Commands);
        Assert.Contains("Failed to connect to bus", bench.Terminal.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(bench.Unit) || File.Exists(bench.Command) || new FileInfo(link).Exists);
        Assert.False(Directory.Exists(bench.PathOf(".local", "share", "openclaw-worker")));
        Assert.True(File.Exists(Path.Combine(bench.Home, "worker.env")));

        Assert.Equal(VerbExit.Done, await bench.Terminal.Type("uninstall"));
        Assert.Contains("nothing is installed here", bench.Terminal.Out, StringComparison.Ordinal);
    }
}
