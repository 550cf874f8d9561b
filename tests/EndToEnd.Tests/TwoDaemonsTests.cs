using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>Two daemons with one identity: one of them is refused.</summary>
public sealed class TwoDaemonsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_second_daemon_on_the_home_of_a_first_ends_with_3_and_one_sentence()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        await using var first = Start(server, "one", "home");
        await Eventually.Is(() => first.Output.Contains("connected as one to", StringComparison.Ordinal), "the first is there");
        await using var second = Start(server, "two", "home");
        Assert.Equal(3, await second.Exit());
        Assert.Contains("another worker already uses the folder", second.Output, StringComparison.Ordinal);
        await first.Signal("TERM");
    }

    [Fact]
    public async Task A_second_daemon_with_the_name_of_a_first_is_refused_until_that_one_has_gone()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        await using var first = Start(server, "one", "home-1");
        await Eventually.Is(() => first.Output.Contains("connected as one to", StringComparison.Ordinal), "the first is there");
        await using var second = Start(server, "one", "home-2");
        await Eventually.Is(() => second.Output.Contains("no work as one: Another daemon", StringComparison.Ordinal),
            "the second is refused");
        using var client = new Api(server.Url, server.TokenOf("client"));
        var id = await client.Submit(new() { ["command"] = "true", ["worker"] = "one" });
        await client.End(id);
        await Eventually.Is(() => first.Output.Contains($"{id}.1", StringComparison.Ordinal), "the first ran it");
        Assert.DoesNotContain("connected as one to", second.Output, StringComparison.Ordinal);
        await first.Signal("TERM");
        await Eventually.Is(() => second.Output.Contains("connected as one to", StringComparison.Ordinal), "the second takes its turn");
        await second.Signal("TERM");
    }

    /// <summary>As from another PC whose system has no id, or the same: a copy of the disk, containers of one image.</summary>
    [Fact]
    public async Task A_daemon_with_a_copy_of_the_home_waits_and_neither_takes_the_session_nor_harms_what_runs()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        await using var first = Start(server, "one", "home-1");
        await Eventually.Is(() => first.Output.Contains("connected as one to", StringComparison.Ordinal), "the first is there");
        using var client = new Api(server.Url, server.TokenOf("client"));
        var go = folder.File("go");
        var id = await client.Submit(
            new() { ["command"] = $"while [ ! -e {go} ]; do sleep 0.05; done; exit 7", ["worker"] = "one", ["timeout"] = 120_000 });
        await Eventually.Is(() => first.Output.Contains($"attempt {id}.1 (command) started", StringComparison.Ordinal), "it runs");
        await Command.Run("/bin/cp", ["-R", folder.File("home-1"), folder.File("home-2")]);
        await Command.Run("/bin/rm",
            ["-rf", folder.File("home-2/journal"), folder.File("home-2/attempts"), folder.File("home-2/identity.json")]);

        await using var copy = Start(server, "one", "home-2");
        await Eventually.Is(() => copy.Output.Contains("one with a copy of the home", StringComparison.Ordinal), "it says why it waits");
        await Eventually.Is(
            () => server.Errors.Contains("asks for the session of one that lives", StringComparison.Ordinal),
            "the first one was heard of meanwhile", seconds: 120);
        await File.WriteAllTextAsync(go, "");
        var end = await client.End(id);

        Assert.Equal(("failed", 7), (end["state"]!.GetValue<string>(), end["exitCode"]!.GetValue<int>()));
        Assert.Single(first.Output.Split('\n'), line => line.Contains("connected as one to", StringComparison.Ordinal));
        Assert.DoesNotContain("connected as one to", copy.Output, StringComparison.Ordinal);
        await first.Kill();
        await Eventually.Is(() => copy.Output.Contains("connected as one to", StringComparison.Ordinal),
            "with nothing heard of the first it is let in", seconds: 120);
        await copy.Signal("TERM");
    }

    [Fact]
    public async Task A_renamed_worker_goes_on_with_what_it_ran_and_reports_it_under_the_name_it_began_with()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        var before = Start(server, "before", "home");
        using var client = new Api(server.Url, server.TokenOf("client"));
        var (runs, go) = (folder.File("runs"), folder.File("go"));
        var id = await client.Submit(new()
        {
            ["command"] = $"touch {runs}; while [ ! -e {go} ]; do sleep 0.05; done; echo whole",
            ["worker"] = "before",
            ["timeout"] = 120_000,
        });
        await Eventually.Is(() => File.Exists(runs), "it runs");
        await before.Kill();
        await before.DisposeAsync();

        await using var after = Start(server, "after", "home");
        await Eventually.Is(() => after.Output.Contains("connected as after to", StringComparison.Ordinal), "it is there");
        Assert.Single(after.Output.Split('\n'),
            line => line.Contains("the worker's name was before and is after", StringComparison.Ordinal));
        await File.WriteAllTextAsync(go, "");
        var end = await client.End(id);

        Assert.Equal(("succeeded", "whole\n"), (end["state"]!.GetValue<string>(), end["stdout"]!.GetValue<string>()));
        Assert.Equal("before", end["worker"]!.GetValue<string>());
        await after.Signal("TERM");
    }

    private ServerProcess Start(StandaloneProcess server, string name, string home) => ServerProcess.Launch(
        Repository.Program("Worker", "openclaw-worker"), [],
        ("WORKER_URL", server.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")), ("WORKER_NAME", name),
        ("OPENCLAW_WORKER_HOME", folder.File(home)));
}
