using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>What a PC says of itself is shown with it, and nothing else.</summary>
[Collection(nameof(GatewayHost))]
public sealed class FactsTests(GatewayHost host)
{
    [Fact]
    public async Task What_a_worker_announces_is_seen_with_it_and_replaced_by_what_it_says_next()
    {
        using var pc = await SessionWorker.Open(host, "facts-pc");
        Assert.False((await View("facts-pc")).TryGetProperty("facts", out _));
        var first = await pc.Post("/worker/facts",
            ",\"facts\":{\"system\":\"Debian 12\",\"cores\":8,\"battery\":85,\"onBattery\":true,\"tools\":{\"git\":\"2.43.0\"}}");
        Assert.Equal(200, first.Status);
        var facts = (await View("facts-pc")).GetProperty("facts");
        Assert.Equal(("Debian 12", 8, 85, "2.43.0"), (facts.GetProperty("system").GetString(), facts.GetProperty("cores").GetInt32(),
            facts.GetProperty("battery").GetInt32(), facts.GetProperty("tools").GetProperty("git").GetString()));
        Assert.Equal(200, (await pc.Post("/worker/facts", ",\"facts\":{\"cores\":4}")).Status);
        Assert.Equal("""{"cores":4}""", (await View("facts-pc")).GetProperty("facts").GetRawText());
    }

    [Fact]
    public async Task That_its_owner_has_paused_it_is_seen_in_the_list_until_it_says_otherwise()
    {
        using var pc = await SessionWorker.Open(host, "facts-paused");
        Assert.Equal(200, (await pc.Post("/worker/facts", ",\"facts\":{\"paused\":true,\"pausedSince\":1790000000000}")).Status);
        using var http = host.Http(host.ClientToken);
        var list = JsonElement.Parse(await http.GetStringAsync("/workers")).GetProperty("workers").EnumerateArray();
        Assert.Equal("""{"paused":true,"pausedSince":1790000000000}""",
            list.Single(worker => worker.GetProperty("name").GetString() == "facts-paused").GetProperty("facts").GetRawText());
        Assert.Equal(400, (await pc.Post("/worker/facts", ",\"facts\":{\"pausedSince\":-1}")).Status);
        Assert.Equal(200, (await pc.Post("/worker/facts", ",\"facts\":{}")).Status);
        Assert.Equal("{}", (await View("facts-paused")).GetProperty("facts").GetRawText());
    }

    [Fact]
    public async Task A_session_that_was_fenced_says_nothing_any_more()
    {
        using var old = await SessionWorker.Open(host, "facts-fenced");
        using var young = await SessionWorker.Open(host, "facts-fenced");
        Assert.Equal(200, (await young.Post("/worker/facts", ",\"facts\":{\"cores\":2}")).Status);
        Assert.Equal(409, (await old.Post("/worker/facts", ",\"facts\":{\"cores\":1}")).Status);
        Assert.Equal("""{"cores":2}""", (await View("facts-fenced")).GetProperty("facts").GetRawText());
    }

    private async Task<JsonElement> View(string name)
    {
        using var http = host.Http(host.ClientToken);
        return JsonElement.Parse(await http.GetStringAsync($"/workers/{name}"));
    }
}
