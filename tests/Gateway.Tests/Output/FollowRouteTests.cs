using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Gateway.Tests.Output;

public sealed partial class FollowRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private const int Size = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Bytes_of_one_stream_come_as_they_are_printed_until_the_attempt_is_over()
    {
        var (id, worker, offer) = await Running();
        using var follower = await Follower.Open(gateway.Client, id, "stream=stderr");
        await worker.Print(offer, SessionWorker.Chunk("stdout", 0, 0, "no"), SessionWorker.Chunk("stderr", 1, 0, "one "));
        Assert.Equal("one ", await follower.Read(4));
        await worker.Print(offer, SessionWorker.Chunk("stderr", 2, 4, "two"));
        Assert.Equal("two", await follower.Read(3));
        await worker.Finish(offer, stdout: "no", sent: true);

        Assert.Equal("", await follower.Rest());
    }

    [Fact]
    public async Task Who_comes_before_the_start_waits_for_it_and_sees_the_output_of_the_result()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        using var follower = await Follower.Open(gateway.Client, id);
        await worker.Finish(await worker.Take(), stdout: "hello");

        Assert.Equal("hello", await follower.Rest());
    }

    [Theory]
    [InlineData(0, "hello world")]
    [InlineData(3, "lo world")]
    [InlineData(5, " world")]
    [InlineData(11, "")]
    public async Task It_begins_at_an_offset(int offset, string expected)
    {
        var (id, worker, offer) = await Running();
        await worker.Print(offer, SessionWorker.Chunk("stdout", 0, 0, "hello"), SessionWorker.Chunk("stderr", 1, 0, "!"));
        using var follower = await Follower.Open(gateway.Client, id, $"offset={offset}");
        await worker.Print(offer, SessionWorker.Chunk("stdout", 2, 5, " world"));
        await worker.Finish(offer, stdout: "hello world", sent: true);

        Assert.Equal(expected, await follower.Rest());
    }

    [Fact]
    public async Task The_output_of_one_attempt_ends_where_the_next_one_begins()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}","maxAttempts":2}""");
        var offer = await worker.Take();
        using var first = await Follower.Open(gateway.Client, id);
        await worker.Finish(offer, "failed", 1, "first");
        offer = await worker.Take();
        Assert.Equal("first", await first.Rest());
        using var second = await Follower.Open(gateway.Client, id);
        await worker.Finish(offer, "succeeded", 0, "second");

        Assert.Equal("second", await second.Rest());
        using var again = await Follower.Open(gateway.Client, id, "attempt=1");
        Assert.Equal("first", await again.Rest());
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_up_nobody_and_finds_the_cut_marked()
    {
        var (id, worker, offer) = await Running();
        using var slow = await Follower.Open(gateway.Client, id);
        using var quick = await Follower.Open(gateway.Client, id);
        var reading = quick.Rest();
        const int Calls = 40;
        for (var i = 0; i < Calls; i++)
        {
            var chunks = Enumerable.Range(i * 15, 15).Select(n => Block(n)).ToArray();
            await worker.PrintFrames(offer, chunks);
            Assert.InRange(gateway.Services.GetRequiredService<LiveOutput>().Budget.Held, 0, FeedBudget.PerTask);
        }
        await worker.Finish(offer, stdout: new string('x', Calls * 15 * Size), sent: true);

        var late = await slow.Rest();
        var mark = Mark().Match(late);
        Assert.True(mark.Success, "the reader that came too late sees no cut");
        Assert.Equal(Calls * 15L * Size, late.Length - mark.Length + long.Parse(mark.Groups[1].Value, null));
        Assert.Equal('n', late[0]);
        Assert.Equal(Letter((Calls * 15) - 1), late[^1]);
        Assert.Equal(Calls * 15L * Size,
            Mark().Replace(await reading, found => new string('x', int.Parse(found.Groups[1].Value, null))).Length);
    }

    [Fact]
    public async Task Readers_at_another_gateway_see_output_and_end()
    {
        await using var second = await SecondGateway.Start(gateway);
        var (id, worker, offer) = await Running();
        using var follower = await Follower.Open(second.Client, id);
        using var other = await Follower.Open(second.Client, id);
        for (var i = 0; i < 5; i++)
        {
            await worker.Print(offer, SessionWorker.Chunk("stdout", i, i * 4, $"({i})\n"));
            Assert.Equal($"({i})\n", await follower.Read(4));
            Assert.Equal($"({i})\n", await other.Read(4));
        }
        await worker.Finish(offer, stdout: "(0)\n(1)\n(2)\n(3)\n(4)\n", sent: true);

        Assert.Equal("", await follower.Rest());
        Assert.Equal("", await other.Rest());
    }

    [Fact]
    public async Task A_worker_that_changes_gateways_in_between_leaves_nothing_out()
    {
        await using var second = await SecondGateway.Start(gateway);
        var (id, worker, offer) = await Running();
        using var here = await Follower.Open(gateway.Client, id);
        using var there = await Follower.Open(second.Client, id);
        var elsewhere = worker.At(second.Client.BaseAddress!, gateway.Tokens["worker"]);
        var text = "";
        for (var i = 0; i < 20; i++)
        {
            await (i % 2 == 0 ? worker : elsewhere).PrintFrames(offer, SessionWorker.Chunk("stdout", i, text.Length, $"{i},"));
            text += $"{i},";
        }
        await elsewhere.Finish(offer, stdout: text, sent: true);

        Assert.Equal(text, await here.Rest());
        Assert.Equal(text, await there.Rest());
    }

    [Theory]
    [InlineData("follow=yes")]
    [InlineData("follow=true&follow=true")]
    [InlineData("follow=true&offset=-1")]
    [InlineData("follow=true&attempt=7")]
    public async Task A_wrong_question_is_400(string query)
    {
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{SessionWorker.NewName()}}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Client.Get($"/tasks/{id}/output?{query}")).Status);
    }

    [GeneratedRegex(@"\n\[\.\.\. (\d+) bytes cut \.\.\.\]\n")]
    private static partial Regex Mark();

    private static char Letter(int n) => (char)('a' + ((n + 13) % 26));

    private static OutputChunk Block(int n) => new()
    {
        Stream = "stdout",
        Sequence = n,
        Offset = (long)n * Size,
        Data = Encoding.ASCII.GetBytes(new string(Letter(n), Size)),
    };

    private async Task<(string Id, SessionWorker Worker, Offer Offer)> Running()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        return (id, worker, await worker.Take());
    }

    private sealed class Follower(HttpResponseMessage response, Stream body) : IDisposable
    {
        public static async Task<Follower> Open(HttpClient http, string id, string query = "stream=stdout")
        {
            var response = await http.GetAsync($"/tasks/{id}/output?follow=true&{query}", HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((HttpStatusCode.OK, "application/octet-stream"),
                (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            return new(response, await response.Content.ReadAsStreamAsync());
        }

        public async Task<string> Read(int bytes)
        {
            var buffer = new byte[bytes];
            await body.ReadExactlyAsync(buffer).AsTask().WaitAsync(Patience);
            return Encoding.UTF8.GetString(buffer);
        }

        public async Task<string> Rest()
        {
            using var all = new MemoryStream();
            await body.CopyToAsync(all).WaitAsync(Patience);
            return Encoding.UTF8.GetString(all.ToArray());
        }

        public void Dispose() => response.Dispose();
    }
}
