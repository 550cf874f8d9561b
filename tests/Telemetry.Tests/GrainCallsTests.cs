using System.Text.Json.Nodes;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Telemetry.Tests;

/// <summary>What a task costs in grain calls; docs/performance.md has the figure.</summary>
[Collection(MeasuredCollection.Name)]
public sealed class GrainCallsTests(MeasuredServer server)
{
    private const int SlotsOfThePc = 3;

    [Theory]
    [InlineData("", "ITaskGrain.Finish")]
    [InlineData("hello\n", "ITaskGrain.FinishWithOutput")]
    public async Task A_task_on_the_compatible_routes_costs_these_calls_and_no_more(string output, string finish)
    {
        var blockers = new List<string>();
        for (var i = 0; i < SlotsOfThePc; i++)
            blockers.Add(await server.Api.Submit(new JsonObject { ["command"] = "sleep 600", ["worker"] = "pc", ["timeout"] = 600_000 }));
        foreach (var id in blockers)
            await Eventually.Is(async () => await StatusOf(id) == "running", "it runs");
        // Wakes what a queue and a token need once.
        await WholeTask(output);
        string[] expected =
        [
            "IQueueGrain.Enqueue", "IQueueGrain.Remove",
            finish, "ITaskGrain.OfferAndStart", "ITaskGrain.Submit", "ITaskGrain.Wait",
        ];
        var task = await WholeTask(output);
        // Nobody waits for what the queue is told.
        await Eventually.Is(() => server.Calls.CallsFor(task).Count >= expected.Length, "the queue was told of its end");
        var calls = server.Calls.CallsFor(task).Order(StringComparer.Ordinal).ToArray();
        foreach (var id in blockers) await server.Api.Post($"/tasks/{id}/cancel", null);
        Assert.Equal(expected, calls);
    }

    private async Task<string> StatusOf(string id) => (await server.Api.Get($"/tasks/{id}")).Ok()["status"]!.GetValue<string>();

    private async Task<string> WholeTask(string output)
    {
        var poll = server.CompatibleApi.Get("/worker/poll?wait=20000");
        var id = await server.Api.Submit(new JsonObject { ["command"] = "true" });
        Assert.Equal(id, (await poll).Ok()["id"]!.GetValue<string>());
        var end = server.Api.End(id);
        var result = new JsonObject { ["taskId"] = id, ["stdout"] = output, ["stderr"] = "", ["exitCode"] = 0, ["duration"] = 1 };
        (await server.CompatibleApi.Post("/worker/result", result)).Ok();
        await end;
        return id;
    }
}
