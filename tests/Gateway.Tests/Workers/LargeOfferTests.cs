using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>Large payloads are offered one at a time, and fetched by the worker when their turn comes.</summary>
[Collection(nameof(GatewayHost))]
public sealed class LargeOfferTests(GatewayHost host)
{
    private static readonly string Content = new('x', 300_000);

    [Fact]
    public async Task A_worker_is_told_of_one_and_fetches_it()
    {
        using var pc = await SessionWorker.OpenForFiles(host, "large-pc");
        await Write(pc, "large-pc");
        await Write(pc, "large-pc");
        var offer = Assert.Single(await Poll(pc, "true"));
        Assert.False(offer.TryGetProperty("payload", out _));
        Assert.InRange(offer.GetProperty("payloadBytes").GetInt64(), Content.Length, Content.Length + 1000);
        var id = offer.GetProperty("attemptId").GetString()!;
        var (status, fetched) = await pc.Post($"/worker/attempts/{id}/payload", "");
        Assert.Equal((200, id, pc.Session),
            (status, fetched.GetProperty("attemptId").GetString(), fetched.GetProperty("session").GetString()));
        Assert.Equal(Content, fetched.GetProperty("payload").GetProperty("content").GetString());
        Assert.Equal(200, (await pc.Post($"/worker/attempts/{id}/start", "")).Status);
    }

    [Fact]
    public async Task One_that_has_no_room_gets_the_small_task_behind_them()
    {
        using var pc = await SessionWorker.OpenForFiles(host, "large-busy");
        await Write(pc, "large-busy");
        var small = await pc.Submit("""{"command":"echo hi","worker":"large-busy"}""");
        Assert.Equal(small, Assert.Single(await Poll(pc, "false")).GetProperty("taskId").GetString());
    }

    [Fact]
    public async Task An_older_worker_gets_one_an_answer_with_its_payload()
    {
        using var pc = await SessionWorker.OpenForFiles(host, "large-old");
        await Write(pc, "large-old");
        await Write(pc, "large-old");
        var (_, answer) = await pc.Post("/worker/poll", ",\"freeSlots\":5,\"held\":[],\"wait\":20000");
        var offer = Assert.Single(answer.GetProperty("offers").EnumerateArray());
        Assert.Equal(Content, offer.GetProperty("payload").GetProperty("content").GetString());
        Assert.False(offer.TryGetProperty("payloadBytes", out _));
    }

    [Fact]
    public async Task Whose_offer_it_is_not_gets_no_payload()
    {
        using var pc = await SessionWorker.OpenForFiles(host, "large-mine");
        using var other = await SessionWorker.OpenForFiles(host, "large-other");
        await Write(pc, "large-mine");
        var id = Assert.Single(await Poll(pc, "true")).GetProperty("attemptId").GetString()!;
        Assert.Equal(404, (await other.Post($"/worker/attempts/{id}/payload", "")).Status);
        Assert.Equal(404, (await pc.Post($"/worker/attempts/{id[..^1]}2/payload", "")).Status);
        Assert.Equal(200, (await pc.Post($"/worker/attempts/{id}/payload", "")).Status);
    }

    private static async Task<JsonElement[]> Poll(SessionWorker pc, string takesLarge)
    {
        var (status, answer) = await pc.Post("/worker/poll", $",\"freeSlots\":5,\"held\":[],\"wait\":20000,\"takesLarge\":{takesLarge}");
        Assert.Equal(200, status);
        return [.. answer.GetProperty("offers").EnumerateArray()];
    }

    private static Task<string> Write(SessionWorker pc, string worker) =>
        pc.Submit("/files/write", $$"""{"path":"/tmp/x","content":"{{Content}}","worker":"{{worker}}"}""");
}
