using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>A proxy before a server that answers with pages of its own for some seconds: no work is lost, doubled or cut by it.</summary>
public sealed class FalseAnswerTests : IDisposable
{
    private const int Times = 2;
    private readonly TemporaryFolder folder = new();

    private static FalseAnswer[] Lies { get; } =
    [
        new(404, "text/plain", "not here"), new(200, null, ""), new(200), new(200, "application/json", "{}"), new(204), new(302),
        new(401), new(403), new(405), new(409), new(410), new(413), new(421), new(422), new(503),
        new(404, "application/problem+json", """{"type":"about:blank","title":"Not Found","status":404}"""),
        new(404, "application/problem+json",
            """{"type":"urn:openclaw:not-found","title":"t","status":404,"error":"There is no such route."}"""),
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("/result"), InlineData("/start")]
    public async Task Tasks_whose_results_or_starts_get_false_answers_run_once_and_succeed(string route)
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        await using var proxy = await LyingProxy.Start(server.Url);
        var (lies, early) = (new ConcurrentQueue<FalseAnswer>(Lies), 0);
        var told = new ConcurrentDictionary<string, (FalseAnswer? Lie, int Times)>();
        proxy.Lies = (path, _) =>
        {
            if (!path.EndsWith(route, StringComparison.Ordinal)) return null;
            var (lie, times) = told.AddOrUpdate(
                path, _ => (lies.TryDequeue(out var next) ? next : null, 1), (_, seen) => (seen.Lie, seen.Times + 1));
            if (times > Times) return null;
            if (route == "/start" && File.Exists(folder.File(path.Split('/')[3]))) Interlocked.Increment(ref early);
            return lie;
        };
        await using var worker = Start(server, proxy);
        using var client = new Api(server.Url, server.TokenOf("client"));
        var ids = await Task.WhenAll(Lies.Select(_ => client.Submit(new JsonObject
        {
            ["command"] = $"echo ran >> {folder.Path}/$OPENCLAW_TASK_ID.$OPENCLAW_ATTEMPT; echo done",
            ["worker"] = "studio",
            ["timeout"] = 120_000,
        })));
        foreach (var id in ids)
        {
            var task = await client.End(id, 60);
            Assert.Equal(("succeeded", "done\n"), (task["state"]!.GetValue<string>(), task["stdout"]!.GetValue<string>()));
            Assert.Single(await File.ReadAllLinesAsync(folder.File(id + ".1")));
        }
        Assert.Equal((0, 0), (early, lies.Count));
        Assert.All(told.Values, seen => Assert.True(seen.Times > Times));
        var spool = folder.File("home/spool");
        await Eventually.Is(() => Directory.GetFileSystemEntries(spool).Length == 0, "the spool is empty, and nothing is set aside");
        await worker.Signal("TERM");
    }

    [Fact]
    public async Task Six_million_bytes_arrive_through_a_proxy_that_takes_no_large_bodies()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        await using var proxy = await LyingProxy.Start(server.Url);
        var refused = 0;
        proxy.Lies = (_, length) => length > 200_000 && Interlocked.Increment(ref refused) > 0
            ? new FalseAnswer(413, "text/html", "<html><h1>413 Request Entity Too Large</h1></html>") : null;
        await using var worker = Start(server, proxy);
        using var client = new Api(server.Url, server.TokenOf("client"));
        var id = await client.Submit(new JsonObject
        {
            ["command"] = $"head -c 6000000 /dev/urandom | base64 -w 100 | head -c 6000000 | tee {folder.File("printed")}",
            ["worker"] = "studio",
            ["timeout"] = 120_000,
        });
        var task = await client.End(id, 60);
        Assert.Equal("succeeded", task["state"]!.GetValue<string>());
        Assert.Equal((6_000_000L, false), (task["stdoutBytes"]!.GetValue<long>(), task["truncated"]!.GetValue<bool>()));
        Assert.Equal(await File.ReadAllTextAsync(folder.File("printed")), task["stdout"]!.GetValue<string>());
        Assert.InRange(refused, 1, 10);
        await worker.Signal("TERM");
    }

    [Fact]
    public async Task Behind_a_proxy_that_cuts_what_is_silent_polls_become_shorter_and_are_cut_no_more()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"), "--no-worker");
        await using var proxy = await LyingProxy.Start(server.Url);
        // What polls ask for is the worker's own; on a busy machine one that is short enough may still be answered late, and be cut.
        var waits = new ConcurrentQueue<double>();
        proxy.Hears = (path, body) =>
        {
            if (path == "/worker/poll") waits.Enqueue(JsonNode.Parse(body.Span)!["wait"]!.GetValue<double>());
        };
        proxy.ServerTimeout = TimeSpan.FromSeconds(3);
        bool IsTooLong(double wait) => wait >= proxy.ServerTimeout.TotalMilliseconds;
        await using var worker = Start(server, proxy);
        await Eventually.Is(() => worker.Output.Contains("cuts what is silent", StringComparison.Ordinal), "it has noticed");
        var before = waits.Count;
        await Eventually.Is(() => waits.Skip(before).Count(wait => !IsTooLong(wait)) >= 3, "it polls on");
        Assert.InRange(waits.Count(IsTooLong), 2, 3);
        Assert.True(proxy.Cuts >= 2, $"{proxy.Cuts} were cut");
        Assert.DoesNotContain("poll failed", worker.Output, StringComparison.Ordinal);
        using var client = new Api(server.Url, server.TokenOf("client"));
        await client.End(await client.Submit(new JsonObject { ["command"] = "true", ["worker"] = "studio" }));
        await worker.Signal("TERM");
    }

    private ServerProcess Start(StandaloneProcess server, LyingProxy proxy) => ServerProcess.Launch(
        Repository.Program("Worker", "openclaw-worker"), [],
        ("WORKER_URL", proxy.Url.ToString()), ("WORKER_TOKEN", server.TokenOf("worker")), ("WORKER_NAME", "studio"),
        ("MAX_CONCURRENT", "8"), ("OPENCLAW_WORKER_HOME", folder.File("home")));
}
