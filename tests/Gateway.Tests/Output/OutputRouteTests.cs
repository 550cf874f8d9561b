using System.Net;
using System.Text;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Gateway.Tests.Output;

public sealed class OutputRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task Bytes_come_as_printed_from_any_offset()
    {
        var (id, worker, offer) = await Running();
        byte[] printed = [0, 255, 10, 65, 66, 67];
        await worker.Print(offer, new OutputChunk { Stream = "stdout", Sequence = 0, Offset = 0, Data = printed[..4] },
            SessionWorker.Chunk("stderr", 1, 0, "oops"),
            new OutputChunk { Stream = "stdout", Sequence = 2, Offset = 4, Data = printed[4..] });

        var (body, headers) = await Read($"/tasks/{id}/output?offset=2");
        Assert.Equal(printed[2..], body);
        Assert.Equal(("2", "6", "6", "false"), headers);
        Assert.Equal("oops", Encoding.UTF8.GetString((await Read($"/tasks/{id}/output?stream=stderr")).Body));
        (body, headers) = await Read($"/tasks/{id}/output?offset=6&attempt=1");
        Assert.Empty(body);
        Assert.Equal(("6", "6", "6", "false"), headers);

        await worker.Finish(offer, stdout: "abcdef", sent: true);
        Assert.Equal(("0", "6", "6", "true"), (await Read($"/tasks/{id}/output")).Headers);
    }

    [Fact]
    public async Task A_cut_is_never_jumped_over_in_silence()
    {
        var (id, worker, offer) = await Running();
        const int Size = 512 * 1024;
        for (var i = 0; i < 30; i++)
        {
            var data = new byte[Size];
            Array.Fill(data, (byte)i);
            await worker.Print(offer, new OutputChunk { Stream = "stdout", Sequence = i, Offset = (long)i * Size, Data = data });
        }

        var (head, (first, next, total, _)) = await Read($"/tasks/{id}/output");
        Assert.Equal(("0", (30L * Size).ToString(null as IFormatProvider)), (first, total));
        Assert.Equal(long.Parse(next, null), head.Length);
        Assert.True(head.Length < 30L * Size);
        var (tail, after) = await Read($"/tasks/{id}/output?offset={next}");
        var begin = long.Parse(after.First, null);
        Assert.True(begin > long.Parse(next, null));
        Assert.Equal(total, after.Next);
        Assert.Equal(30L * Size - begin, tail.Length);
        Assert.Equal((byte)(begin / Size), tail[0]);

        await worker.Finish(offer, stdout: new string('x', 30 * Size), sent: true);
        var (_, view) = await gateway.Client.Get($"/tasks/{id}");
        Assert.True(view.GetProperty("truncated").GetBoolean());
        Assert.Equal(30L * Size, view.GetProperty("stdoutBytes").GetInt64());
        Assert.Contains($"[... {begin - head.Length} bytes cut ...]", view.Text("stdout"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_start_there_is_nothing()
    {
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{SessionWorker.NewName()}}"}""");

        var (body, headers) = await Read($"/tasks/{id}/output");
        Assert.Empty(body);
        Assert.Equal(("0", "0", "0", "false"), headers);
    }

    [Theory]
    [InlineData("offset=-1")]
    [InlineData("offset=x")]
    [InlineData("stream=stdin")]
    [InlineData("attempt=0")]
    [InlineData("attempt=7")]
    public async Task A_wrong_question_is_400(string query)
    {
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{SessionWorker.NewName()}}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Client.Get($"/tasks/{id}/output?{query}")).Status);
    }

    private async Task<(string Id, SessionWorker Worker, Offer Offer)> Running()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        return (id, worker, await worker.Take());
    }

    private async Task<(byte[] Body, (string First, string Next, string Total, string Ended) Headers)> Read(string path)
    {
        using var response = await gateway.Client.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "application/octet-stream"),
            (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        string Header(string name) => Assert.Single(response.Headers.GetValues(name));
        return (await response.Content.ReadAsByteArrayAsync(),
            (Header("X-Output-Offset"), Header("X-Output-Next"), Header("X-Output-Total"), Header("X-Output-Ended")));
    }
}
