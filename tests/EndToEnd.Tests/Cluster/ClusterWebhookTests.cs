using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;
using OpenClaw.TestKit.Webhooks;

namespace OpenClaw.EndToEnd.Tests.Cluster;

/// <summary>The gateways of a cluster share one outbox.</summary>
public sealed class ClusterWebhookTests
{
    private const int Tasks = 6;

    [Fact]
    public async Task What_a_gateway_could_not_deliver_before_it_was_killed_another_one_does()
    {
        var database = await (await PostgresServer.ForAll).CreateDatabase();
        await using var receiver = await StandInReceiver.Start();
        await using var silo = await SiloProcess.Start(database);
        await using var one = await GatewayProcess.Start(database, ("OPENCLAW_WEBHOOK_ALLOW", "127.0.0.1"));
        using var client = one.As(one.TokenOf("client"));
        receiver.Answer([.. Enumerable.Repeat<Func<Microsoft.AspNetCore.Http.HttpContext, int>>(_ => 503, Tasks)]);
        var ids = await Task.WhenAll(Enumerable.Range(0, Tasks).Select(_ => SubmitAndCancel(client, receiver.GetUrl())));
        foreach (var id in ids) await Eventually.Is(async () => await CountAttempts(client, id) >= 1, "the first attempt is recorded");

        await one.Process.Kill();
        await using var other = await GatewayProcess.Start(database, ("OPENCLAW_WEBHOOK_ALLOW", "127.0.0.1"));

        using var elsewhere = other.As(one.TokenOf("client"));
        foreach (var id in ids)
            await Eventually.Is(async () => await GetState(elsewhere, id) == "delivered", "the other gateway delivers it", seconds: 120);
        var calls = receiver.Calls.ToArray();
        Assert.Equal(Tasks, calls.Select(call => call.Id).Distinct().Count());
        var told = calls.Select(call => call.Body.GetProperty("data").GetProperty("taskId").GetString()!);
        Assert.Equal(ids.Order(), told.Distinct().Order());
        Assert.All(calls.GroupBy(call => call.Id), tries => Assert.Single(tries.Select(call => call.Text).Distinct()));
    }

    private static async Task<string> SubmitAndCancel(Api client, string url)
    {
        var id = await client.Submit(new JsonObject { ["command"] = "true", ["callbackUrl"] = url });
        (await client.Post($"/tasks/{id}/cancel", null)).Ok();
        return id;
    }

    private static async Task<JsonNode> GetCallback(Api client, string id) => (await client.Get($"/tasks/{id}")).Ok()["callback"]!;

    private static async Task<int> CountAttempts(Api client, string id) => (await GetCallback(client, id))["attempts"]!.GetValue<int>();

    private static async Task<string> GetState(Api client, string id) => (await GetCallback(client, id))["state"]!.GetValue<string>();
}
