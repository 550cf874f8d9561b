using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.Attempts;

/// <summary>The binary form of output: the same rules and answers as the JSON form.</summary>
public sealed class FramedOutputTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task Frames_are_kept_and_a_repeat_changes_nothing()
    {
        var (id, worker, offer) = await Running();
        OutputChunk[] chunks =
        [
            SessionWorker.Chunk("stdout", 0, 0, "hello "), SessionWorker.Chunk("stderr", 1, 0, "oops"),
                SessionWorker.Chunk("stdout", 2, 6, "world"),
        ];
        await worker.PrintFrames(offer, chunks);
        await worker.PrintFrames(offer, chunks);
        await worker.Finish(offer, stdout: "hello world", sent: true);

        var (_, view) = await gateway.Client.Get($"/tasks/{id}");
        Assert.Equal(("hello world", "oops"), (view.Text("stdout"), view.Text("stderr")));
    }

    [Fact]
    public async Task Both_forms_join()
    {
        var (id, worker, offer) = await Running();
        await worker.PrintFrames(offer, SessionWorker.Chunk("stdout", 0, 0, "a"));
        await worker.Print(offer, SessionWorker.Chunk("stdout", 1, 1, "b"));
        await worker.PrintFrames(offer, SessionWorker.Chunk("stdout", 0, 0, "a"), SessionWorker.Chunk("stdout", 1, 1, "b"),
            SessionWorker.Chunk("stdout", 2, 2, "c"));

        Assert.Equal("abc", await gateway.Client.GetStringAsync($"/tasks/{id}/output"));
    }

    [Fact]
    public async Task Times_come_with_frames_and_with_JSON_and_are_told_with_the_chunks()
    {
        var (id, worker, offer) = await Running();
        await worker.PrintFrames(offer, SessionWorker.Chunk("stdout", 0, 0, "a") with { Elapsed = 7 },
            SessionWorker.Chunk("stderr", 1, 0, "b"));
        await worker.Print(offer, SessionWorker.Chunk("stdout", 2, 1, "c") with { Elapsed = 90_000 });
        await worker.PrintFrames(offer, SessionWorker.Chunk("stderr", 3, 1, "d") with { Elapsed = 90_001 });

        var page = await Page($"/tasks/{id}/output?sequence=0");
        Assert.Equal(
            [("stdout", 0L, 7L, "a"), ("stderr", 1L, null, "b"), ("stdout", 2L, 90_000L, "c"), ("stderr", 3L, 90_001L, "d")],
            page.Chunks.Select(chunk => (chunk.Stream, chunk.Sequence, chunk.Elapsed, chunk.Text)));
        Assert.Equal((1, 4L, false), (page.Attempt, page.NextSequence, page.Ended));

        await worker.Finish(offer, stdout: "ac", sent: true);
        page = await Page($"/tasks/{id}/output?sequence=2&stream=stderr");
        Assert.Equal((3L, 4L, true), (Assert.Single(page.Chunks).Sequence, page.NextSequence, page.Ended));
    }

    [Fact]
    public async Task A_time_that_is_none_is_refused()
    {
        var (_, worker, offer) = await Running();
        var answer = await Append(offer, worker.Session, SessionWorker.Chunk("stdout", 0, 0, "x") with { Elapsed = -1 });
        Assert.Equal((400, "frames[0].elapsed"), (answer.Problem!.Status, Assert.Single(answer.Problem.Errors!).Field));
    }

    private async Task<OutputPage> Page(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new("application/json"));
        using var response = await gateway.Client.SendAsync(request);
        return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), ProtocolJson.Default.OutputPage)!;
    }

    [Fact]
    public async Task A_gap_says_where_to_go_on_and_keeps_nothing()
    {
        var (id, worker, offer) = await Running();
        await worker.PrintFrames(offer, SessionWorker.Chunk("stdout", 0, 0, "abc"));

        var answer = await Append(offer, worker.Session, SessionWorker.Chunk("stdout", 2, 4, "x"));

        Assert.Equal((409, ProblemTypes.OutputGap, new NextOutput(1, 3, 0)),
            (answer.Problem!.Status, answer.Problem.Type, answer.Problem.Next));
        Assert.Equal("abc", await gateway.Client.GetStringAsync($"/tasks/{id}/output"));
    }

    [Fact]
    public async Task A_fenced_session_and_an_attempt_that_has_ended_are_refused()
    {
        var (_, worker, offer) = await Running();
        await worker.Finish(offer, stdout: "x");
        var ended = await Append(offer, worker.Session, SessionWorker.Chunk("stdout", 1, 1, "y"));
        Assert.Equal((409, ProblemTypes.AttemptSuperseded), (ended.Problem!.Status, ended.Problem.Type));

        var other = await SessionWorker.Open(gateway);
        var foreign = await Append(offer, other.Session, SessionWorker.Chunk("stdout", 1, 1, "y"));
        Assert.Equal(404, foreign.Problem!.Status);

        await SessionWorker.Open(gateway, worker.Name, instance: worker.Instance);
        var fenced = await Append(offer, worker.Session, SessionWorker.Chunk("stdout", 1, 1, "y"));
        Assert.Equal((409, ProblemTypes.SessionSuperseded), (fenced.Problem!.Status, fenced.Problem.Type));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_largest_body_is_taken_and_one_byte_more_is_not(bool chunked)
    {
        var (_, worker, offer) = await Running();
        var room = Limits.OutputBody;
        var body = new List<byte>();
        for (long sequence = 0, offset = 0; room > 0; sequence++)
        {
            var data = new byte[Math.Min(Limits.OutputFrame, room - OutputFrames.HeadSize)];
            var chunk = new OutputChunk { Stream = "stdout", Sequence = sequence, Offset = offset, Data = data };
            var head = new byte[OutputFrames.HeadSize];
            OutputFrames.WriteHead(head, chunk);
            body.AddRange(head);
            body.AddRange(data);
            (offset, room) = (offset + data.Length, room - OutputFrames.GetSize(chunk));
        }

        Assert.Equal(HttpStatusCode.OK, await Post(offer, worker.Session, [.. body], chunked));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Post(offer, worker.Session, [.. body, 1], chunked));
    }

    private Task<Protocol.Answers.Answer<OutputTaken>> Append(Offer offer, string session, OutputChunk chunk) =>
        new AttemptsClient(gateway.Worker).AppendFrames(offer.AttemptId, new AppendOutput(session, [chunk]));

    private async Task<HttpStatusCode> Post(Offer offer, string session, byte[] body, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/worker/attempts/{offer.AttemptId}/output");
        request.Headers.Add(OutputFrames.SessionHeader, session);
        request.Headers.TransferEncodingChunked = chunked;
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(OutputFrames.MediaType);
        using var response = await gateway.Worker.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<(string Id, SessionWorker Worker, Offer Offer)> Running()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        return (id, worker, await worker.Take());
    }
}
