using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Telemetry.Tests;

/// <summary>Processes of a cluster, observed from outside as an operator does.</summary>
[Collection(ObservedCollection.Name)]
public sealed class ObservedClusterTests(ObservedCluster cluster)
{
    /// <summary>Counters of what goes wrong: there is no series before anything does.</summary>
    private static readonly string[] OfTrouble = ["openclaw_grain_call_retries_total", "openclaw_tasks_requeued_total"];

    [Fact]
    public async Task One_trace_goes_from_the_client_over_gateway_silo_and_database_to_the_command()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var file = cluster.File(trace);
        using var submit = new HttpRequestMessage(HttpMethod.Post, "/tasks")
        {
            Content = new StringContent(new JsonObject { ["command"] = $"printf %s $TRACEPARENT > {file}" }.ToJsonString(),
                null, "application/json"),
            Headers = { { "traceparent", $"00-{trace}-b7ad6b7169203331-01" } },
        };
        using var answer = await cluster.Client.SendAsync(submit);
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["taskId"]!.GetValue<string>();
        await cluster.Api.End(id);
        await Eventually.Is(() => cluster.Collector.SpansOf(trace).Any(span => span.Name == "attempt command"), "the attempt's span comes");
        await Eventually.Is(() => cluster.Collector.SpansOf(trace).Any(span => span.Name == "commit"), "the commit's span comes");
        await Eventually.Is(() => cluster.Collector.SpansOf(trace).Any(span => span.Name == "POST /tasks"), "the request's span comes");

        var spans = cluster.Collector.SpansOf(trace);
        var request = Assert.Single(spans, span => span.Name == "POST /tasks");
        Assert.Equal(("openclaw-gateway", "b7ad6b7169203331"), (request.Service, request.ParentId));
        Assert.Equal($"00-{trace}-{request.SpanId}-01", await File.ReadAllTextAsync(file));
        var attempt = Assert.Single(spans, span => span.Name == "attempt command");
        Assert.Equal(("openclaw-silo", request.SpanId), (attempt.Service, attempt.ParentId));
        var byId = spans.ToDictionary(span => span.SpanId);
        var commit = spans.First(span => span.Name == "commit");
        Assert.Equal("openclaw-silo", commit.Service);
        Assert.Contains(spans, span => span.ParentId == commit.SpanId);
        var top = commit;
        while (byId.TryGetValue(top.ParentId, out var parent)) top = parent;
        Assert.Equal(request, top);
    }

    [Fact]
    public async Task Every_metric_of_the_dashboard_file_is_there()
    {
        await cluster.Api.End(await cluster.Api.Submit(new JsonObject { ["command"] = "echo out; echo err >&2" }));
        await Eventually.Is(async () => (await Scrape.Of(cluster.SiloHttp)).Sum("openclaw_tasks") > 0, "the silo has counted");
        await Eventually.Is(async () => (await Scrape.Of(cluster.GatewayMetrics)).Sum("openclaw_polls_held") > 0, "a poll is held");
        var there = (await Scrape.Of(cluster.SiloHttp)).Names.Concat((await Scrape.Of(cluster.GatewayMetrics)).Names).ToHashSet();
        Assert.Empty(GrafanaFile.Metrics().Except(there).Except(OfTrouble));
    }

    [Fact]
    public async Task The_silo_counts_tasks_and_the_gateway_requests()
    {
        await cluster.Api.End(await cluster.Api.Submit(new JsonObject { ["command"] = "true" }));
        Assert.True((await Scrape.Of(cluster.SiloHttp)).Sum("openclaw_tasks_ended_total", "state=succeeded") >= 1);
        Assert.True((await Scrape.Of(cluster.GatewayMetrics)).Sum("http_server_request_duration_seconds_count", "http_route=/tasks") >= 1);
        Assert.Equal(HttpStatusCode.NotFound, (await cluster.Nobody.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await cluster.GatewayMetrics.GetAsync("/tasks")).StatusCode);
    }

    [Theory]
    [InlineData("/dashboard/"), InlineData("/dashboard/index.min.js")]
    [InlineData("/dashboard/DashboardCounters"), InlineData("/dashboard/GrainState")]
    public async Task The_orleans_dashboard_is_for_admins(string path)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await cluster.Nobody.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await cluster.Client.GetAsync(path)).StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await cluster.Admin.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/dashboard/"), InlineData("/dashboard/index.min.js"), InlineData("/dashboard/DashboardCounters")]
    public async Task The_orleans_dashboard_runs_its_own_script_alone_and_nothing_frames_it(string path)
    {
        foreach (var http in new[] { cluster.Admin, cluster.Nobody })
        {
            using var answer = await http.GetAsync(path);
            var rules = Assert.Single(answer.Headers.GetValues("Content-Security-Policy")).Split("; ");
            Assert.Contains("default-src 'none'", rules);
            Assert.Contains("script-src 'self'", rules);
            Assert.Contains("frame-ancestors 'none'", rules);
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        }
        // What the rules forbid the page does not need.
        var page = await cluster.Admin.GetStringAsync("/dashboard/");
        Assert.DoesNotMatch("<script(?![^>]* src=\"\\./)|\\son[a-z]+=|(src|href)=\"(https?:)?//", page);
    }

    [Fact]
    public async Task The_orleans_dashboard_shows_the_silo_and_its_grains()
    {
        var page = await cluster.Admin.GetStringAsync("/dashboard/");
        Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        await Eventually.Is(async () =>
        {
            var counters = JsonNode.Parse(await cluster.Admin.GetStringAsync("/dashboard/DashboardCounters"))!;
            return counters["totalActiveHostCount"]?.GetValue<int>() == 1 && counters["totalActivationCount"]?.GetValue<int>() > 0;
        }, "the dashboard knows the silo");
    }
}
