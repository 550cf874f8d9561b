using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>Two daemons with one identity: one of them is refused.</summary>
public sealed class TwoDaemonsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_daemon_on_the_home_of_a_first_ends_with_3_and_one_sentence()
    {
        await using var server = await StandaloneProcess.Start(_folder.File("data"), "--no-worker");
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
        await using var server = await StandaloneProcess.Start(_folder.File("data"), "--no-worker");
        await using var first = Start(server, "one", "home-1");
        await Eventually.Is(() => first.Output.Contains("connected as one to", StringComparison.Ordinal), "the first is there");
        await using var second = Start(server, "one", "home-2");
        await Eventually.Is(() => second.Output.Contains("in use by another worker", StringComparison.Ordinal), "the second is refused");
        using var client = new Api(server.Url, server.TokenOf("client"));
        var id = await client.Submit(new() { ["command"] = "true", ["worker"] = "one" });
        await client.End(id);
        Assert.Contains($"{id}.1", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("connected as one to", second.Output, StringComparison.Ordinal);
        await first.Signal("TERM");
        await Eventually.Is(() => second.Output.Contains("connected as one to", StringComparison.Ordinal), "the second takes its turn", seconds: 60);
        await second.Signal("TERM");
    }

    private ServerProcess Start(StandaloneProcess server, string name, string home) => ServerProcess.Launch(
        Repository.Program("Worker", "openclaw-worker"), [],
        ("WORKER_URL", server.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")), ("WORKER_NAME", name),
        ("OPENCLAW_WORKER_HOME", _folder.File(home)));
}
