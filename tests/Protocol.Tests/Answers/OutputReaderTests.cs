using System.Globalization;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Tests.Answers;

/// <summary>The bytes of an output prove nothing by themselves: the headers do, and how many there are.</summary>
public sealed class OutputReaderTests
{
    private readonly StubServer server = new();

    [Fact]
    public async Task The_bytes_of_an_answer_of_ours_are_read_to_their_end()
    {
        Say("hello"u8.ToArray(), 3, 8, 8);
        var answer = await Read(offset: 3);
        Assert.Equal("hello", await new StreamReader(answer.Value!).ReadToEndAsync());
    }

    [Theory]
    [InlineData("hell"), InlineData(""), InlineData("hello!")]
    public async Task Bytes_that_are_not_as_many_as_the_headers_say_are_an_error_and_not_the_end(string body)
    {
        Say(AskedRoute.Text(body), 0, 5, 5);
        var answer = await Read(offset: 0);
        await Assert.ThrowsAsync<IOException>(() => new StreamReader(answer.Value!).ReadToEndAsync());
    }

    [Fact]
    public async Task Without_the_headers_of_an_answer_to_this_offset_it_is_none_whatever_its_status()
    {
        foreach (var status in Enumerable.Range(200, 400))
        {
            foreach (var type in (string?[])[null, "text/html", "application/json", "application/octet-stream", "application/problem+json"])
            {
                server.Head = _ => { };
                server.Answer = new(status, type, "hello"u8.ToArray());
                Assert.NotNull((await Read(offset: 0)).Foreign);
            }
            Say("hello"u8.ToArray(), 0, 5, 5, status);
            if (status != 200) Assert.NotNull((await Read(offset: 0)).Foreign);
            // Of another offset.
            Assert.NotNull((await Read(offset: 1)).Foreign);
        }
        Say("hello"u8.ToArray(), 5, 3, 8);
        Assert.NotNull((await Read(offset: 0)).Foreign);
        server.Answer = new(404, "application/problem+json", AskedRoute.ProblemOf("urn:openclaw:not-found", 404));
        Assert.Equal(404, (await Read(offset: 0)).Problem?.Status);
    }

    private void Say(byte[] body, long first, long next, long total, int status = 200)
    {
        server.Answer = new(status, "application/octet-stream", body);
        server.Head = response =>
        {
            foreach (var (name, value) in (ReadOnlySpan<(string, long)>)[("Offset", first), ("Next", next), ("Total", total)])
                response.Headers.Add("X-Output-" + name, value.ToString(CultureInfo.InvariantCulture));
        };
    }

    private async Task<Answer<Stream>> Read(long offset)
    {
        using var client = server.Client();
        return await new TasksClient(client).ReadOutput(AskedRoute.Task, offset: offset);
    }
}
