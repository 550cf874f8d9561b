using System.Net;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Gateway.Tests.Output;

public sealed class EventRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private sealed record Event(string Id, string Name, JsonElement Data);

    [Fact]
    public async Task A_live_reader_sees_states_and_output_as_they_happen()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        using var reader = await Reader.Open(gateway.Client, id);
        Assert.Equal("queued", (await reader.Next())!.Data.Text("state"));

        var offer = await worker.Take();
        Assert.Equal("running", (await reader.Next())!.Data.Text("state"));
        await worker.Print(offer, SessionWorker.Chunk("stdout", 0, 0, "hello "));
        Assert.Equal(("output", "hello "), await Output(reader));
        await worker.Print(offer, SessionWorker.Chunk("stderr", 1, 0, "world"));
        Assert.Equal(("output", "world"), await Output(reader));
        await worker.Finish(offer, stdout: "hello ", sent: true);

        Assert.Equal("succeeded", (await reader.Next())!.Data.Text("state"));
        var end = (await reader.Next())!;
        Assert.Equal(("end", "succeeded", 0), (end.Name, end.Data.Text("state"), end.Data.GetProperty("exitCode").GetInt32()));
        Assert.Null(await reader.Next());
    }

    [Fact]
    public async Task A_late_reader_gets_everything_from_the_beginning()
    {
        var (id, _) = await Ended();
        var events = await All(id);

        Assert.Equal(["state", "state", "output", "output", "output", "state", "end"], events.Select(e => e.Name));
        Assert.Equal("one two three", string.Concat(events.Where(e => e.Name == "output").Select(e => e.Data.Text("text"))));
        Assert.Equal("one ", System.Text.Encoding.UTF8.GetString(events[2].Data.GetProperty("data").GetBytesFromBase64()));
    }

    [Fact]
    public async Task A_reader_resumes_after_any_event()
    {
        var (id, _) = await Ended();
        var events = await All(id);

        for (var i = 0; i < events.Count - 1; i++)
        {
            var rest = await All(id, events[i].Id);
            Assert.Equal(events.Skip(i + 1).Select(e => (e.Id, e.Name, e.Data.ToString())),
                rest.Select(e => (e.Id, e.Name, e.Data.ToString())));
        }
    }

    [Fact]
    public async Task After_the_end_there_is_nothing_to_come_back_for()
    {
        var (id, _) = await Ended();
        var last = (await All(id))[^1].Id;

        Assert.Equal(HttpStatusCode.NoContent,
            (await gateway.Client.Send(HttpMethod.Get, $"/tasks/{id}/events", null, ("Last-Event-ID", last))).Status);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("-1.0.0")]
    [InlineData("99.0.0")]
    [InlineData("1.99.0")]
    [InlineData("1.0.99999999999999999999")]
    public async Task A_hostile_position_is_400(string position)
    {
        var (id, _) = await Ended();

        Assert.Equal(HttpStatusCode.BadRequest,
            (await gateway.Client.Send(HttpMethod.Get, $"/tasks/{id}/events", null, ("Last-Event-ID", position))).Status);
    }

    [Fact]
    public async Task Events_of_nothing_are_404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.Get("/tasks/0198c0de-0000-7000-8000-000000000001/events")).Status);

    [Fact]
    public async Task A_second_attempt_follows_the_output_of_the_first()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}","maxAttempts":2}""");
        await worker.Finish(await worker.Take(), "failed", 1, "first");
        await worker.Finish(await worker.Take(), "succeeded", 0, "second");

        var told = (await All(id)).Select(e => e.Name == "output" ? $"{e.Data.GetProperty("attempt")} {e.Data.Text("text")}"
            : e.Data.Text("state"));
        Assert.Equal(["queued", "running", "1 first", "queued", "running", "2 second", "succeeded", "succeeded"], told);
    }

    private async Task<(string Id, Offer Offer)> Ended()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        var offer = await worker.Take();
        await worker.Print(offer, SessionWorker.Chunk("stdout", 0, 0, "one "), SessionWorker.Chunk("stdout", 1, 4, "two "));
        await worker.Print(offer, SessionWorker.Chunk("stdout", 2, 8, "three"));
        await worker.Finish(offer, stdout: "one two three", sent: true);
        return (id, offer);
    }

    private static async Task<(string?, string?)> Output(Reader reader)
    {
        var next = await reader.Next();
        return (next?.Name, next?.Data.Text("text"));
    }

    private async Task<List<Event>> All(string id, string? after = null)
    {
        using var reader = await Reader.Open(gateway.Client, id, after);
        var events = new List<Event>();
        while (await reader.Next() is { } next) events.Add(next);
        return events;
    }

    private sealed class Reader(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        public static async Task<Reader> Open(HttpClient http, string id, string? after = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/tasks/{id}/events");
            if (after is not null) request.Headers.Add("Last-Event-ID", after);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        /// <summary>The next event; null at the end of the stream.</summary>
        public async Task<Event?> Next()
        {
            var fields = new Dictionary<string, string>();
            while (await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
            {
                if (line.Length == 0 && fields.Count > 0) return new(fields["id"], fields["event"],
                    JsonDocument.Parse(fields["data"]).RootElement);
                if (line.Split(": ", 2) is [var name and not "", var value]) fields[name] = value;
            }
            return null;
        }

        public void Dispose() => response.Dispose();
    }
}
