using System.Net;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Telemetry.Tests;

/// <summary>What GET /metrics says after tasks went through.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class MetricsTests(MeasuredServer server)
{
    [Fact]
    public async Task A_task_is_counted_from_submit_to_end()
    {
        var before = await Scrape.Of(server.Metrics);
        await server.Api.End(await server.Api.Submit(new JsonObject { ["command"] = "printf 12345; exit 3", ["worker"] = "pc" }));
        var after = await Scrape.Of(server.Metrics);
        Assert.Equal(1, Grown("openclaw_tasks_submitted_total", "kind=command"));
        Assert.Equal(1, Grown("openclaw_tasks_started_total", "kind=command", "protocol=sessions"));
        Assert.Equal(1, Grown("openclaw_tasks_ended_total", "kind=command", "state=failed"));
        Assert.Equal(1, Grown("openclaw_task_pickup_duration_seconds_count", "kind=command"));
        Assert.Equal(1, Grown("openclaw_task_run_duration_seconds_count", "kind=command", "state=failed"));
        Assert.True(Grown("openclaw_queue_wait_duration_seconds_count") >= 1);
        Assert.Equal(5, Grown("openclaw_output_size_bytes_total", "stream=stdout"));
        Assert.True(Grown("openclaw_storage_batch_size_sum") >= 3, "three commits a task");
        Assert.True(Grown("openclaw_storage_commit_duration_seconds_count") >= 1);
        Assert.True(Grown("http_server_request_duration_seconds_count", "http_route=/tasks") >= 1);

        double Grown(string name, params string[] labels) => after.Sum(name, labels) - before.Sum(name, labels);
    }

    [Fact]
    public async Task The_compatible_protocol_is_told_apart()
    {
        await using var worker = new CompatibleWorker(() => server.CompatibleApi);
        await server.Api.End(await server.Api.Submit(new JsonObject { ["command"] = "true", ["worker"] = "compat" }));
        var scrape = await Scrape.Of(server.Metrics);
        Assert.True(scrape.Sum("openclaw_tasks_started_total", "protocol=compatible") >= 1);
        await Eventually.Is(
            async () => (await Scrape.Of(server.Metrics)).Sum("openclaw_polls_held", "protocol=compatible") >= 1, "its poll is held");
    }

    [Fact]
    public async Task Tasks_by_state_workers_and_polls_are_told_as_they_are_now()
    {
        var id = await server.Api.Submit(new JsonObject { ["command"] = "true", ["worker"] = "nobody" });
        await Eventually.Is(async () => (await Scrape.Of(server.Metrics)).Sum("openclaw_tasks", "state=queued") >= 1, "a task is queued");
        await Eventually.Is(async () => (await Scrape.Of(server.Metrics)).Sum("openclaw_workers_online") >= 1, "the worker is online");
        await Eventually.Is(
            async () => (await Scrape.Of(server.Metrics)).Sum("openclaw_polls_held", "protocol=sessions") >= 1, "its poll is held");
        Assert.Equal(
            ["cancelled", "expired", "failed", "lost", "queued", "rejected", "running", "succeeded", "timed_out"],
            (await Scrape.Of(server.Metrics)).Values("openclaw_tasks", "state").Order(StringComparer.Ordinal));
        await server.Client.PostAsync($"/tasks/{id}/cancel", null);
    }

    [Fact]
    public async Task However_many_kinds_clients_invent_there_are_few_series()
    {
        for (var i = 0; i < 40; i++)
        {
            var made = await server.Api.Post("/tasks", new JsonObject { ["kind"] = $"invented-{i}", ["payload"] = new JsonObject() });
            Assert.True(made.IsSuccess, made.Text);
        }
        var kinds = (await Scrape.Of(server.Metrics)).Values("openclaw_tasks_submitted_total", "kind").ToList();
        Assert.Contains("command", kinds);
        Assert.Contains("other", kinds);
        Assert.True(kinds.Count <= 17, string.Join(", ", kinds));
    }

    [Fact]
    public async Task No_label_can_have_the_name_or_the_id_of_anything()
    {
        var id = await server.Api.Submit(new JsonObject { ["command"] = "true", ["worker"] = "pc" });
        await server.Api.End(id);
        var scrape = await Scrape.Of(server.Metrics);
        string[] allowed = ["kind", "state", "protocol", "reason", "stream", "method"];
        var names = scrape.Names.Where(name => name.StartsWith("openclaw_", StringComparison.Ordinal)).ToList();
        Assert.Contains("openclaw_tasks_submitted_total", names);
        foreach (var name in names) Assert.Empty(scrape.Labels(name).Except(allowed));
        var text = await server.Metrics.GetStringAsync("/metrics");
        Assert.Contains("openclaw_tasks_submitted_total", text, StringComparison.Ordinal);
        Assert.DoesNotContain(id, text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"pc\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_metrics_have_a_port_of_their_own_with_nothing_else_on_it()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await server.Metrics.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Metrics.GetAsync("/tasks")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync("/metrics")).StatusCode);
        using var lie = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = server.MetricsAddress.Authority } };
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.SendAsync(lie)).StatusCode);
    }
}
