using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Workers;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>Output goes as frames, and as JSON to a server that knows nothing else.</summary>
public sealed class OutputFormTests : IAsyncLifetime
{
    private FakeGateway gateway = null!;
    private ServerLink link = null!;
    private string attempt = "";
    private string session = "";

    public async Task InitializeAsync()
    {
        gateway = await FakeGateway.Start();
        link = new ServerLink(new GatewayRoute(gateway.Url), FakeGateway.Token, TimeProvider.System);
        attempt = gateway.Command("true");
        await Open();
    }

    public async Task DisposeAsync()
    {
        link.Dispose();
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task To_a_server_that_takes_frames_output_goes_as_frames()
    {
        Assert.True((await Append(Chunk(0, 0, "hello "), Chunk(1, 6, "world"))).IsOk);

        Assert.Equal((1, 1, "hello world"), (gateway.FramedCalls, gateway.Count("output"), gateway.Attempt(attempt).Text));
    }

    [Fact]
    public async Task To_a_server_of_before_it_goes_as_JSON_and_frames_are_not_tried_again_in_that_session()
    {
        gateway.IsOfBefore = true;
        await Open();
        Assert.True((await Append(Chunk(0, 0, "hello "))).IsOk);
        Assert.True((await Append(Chunk(1, 6, "world"))).IsOk);
        Assert.Equal((3, "hello world"), (gateway.Count("output"), gateway.Attempt(attempt).Text));

        gateway.IsOfBefore = false;
        await Open();
        Assert.True((await Append(Chunk(2, 11, "!"))).IsOk);
        Assert.Equal((1, "hello world!"), (gateway.FramedCalls, gateway.Attempt(attempt).Text));
    }

    [Fact]
    public async Task What_fits_one_call_of_frames_is_several_of_JSON()
    {
        gateway.IsOfBefore = true;
        await Open();
        var chunks = Enumerable.Range(0, 15).Select(i => Chunk(i, i * 65536L, new string((char)('a' + i), 65536))).ToArray();
        Assert.True((await Append(chunks)).IsOk);

        Assert.Equal((1 + 3, 15 * 65536), (gateway.Count("output"), gateway.Attempt(attempt).Stdout.Length));
    }

    [Fact]
    public async Task A_gap_is_a_gap_in_both_forms()
    {
        Assert.Equal(new NextOutput(0, 0, 0), (await Append(Chunk(1, 6, "world"))).Problem?.Next);
        gateway.IsOfBefore = true;
        await Open();
        Assert.Equal(new NextOutput(0, 0, 0), (await Append(Chunk(1, 6, "world"))).Problem?.Next);
    }

    [Fact]
    public async Task An_attempt_that_is_not_there_is_said_so_and_frames_go_on()
    {
        var reply =
            await link.AppendOutput("00000000-0000-0000-0000-000000000099.1", new AppendOutput(session, [Chunk(0, 0, "x")]), default);
        Assert.Equal(404, reply.Problem?.Status);
        var before = gateway.FramedCalls;
        Assert.True((await Append(Chunk(0, 0, "x"))).IsOk);
        Assert.Equal(before + 1, gateway.FramedCalls);
    }

    private Task<Reply<OutputTaken>> Append(params OutputChunk[] chunks) =>
        link.AppendOutput(attempt, new AppendOutput(session, chunks), default);

    private async Task Open()
    {
        var open = new OpenSession
        {
            Name = "w", Instance = "i", Kinds = ["command"], Os = "linux", Arch = "x64", Version = "test",
            MaxConcurrent = 1
        };
        session = (await link.OpenSession(open, default)).Value!.Session;
    }

    private static OutputChunk Chunk(long sequence, long offset, string text) =>
        new() { Stream = "stdout", Sequence = sequence, Offset = offset, Data = System.Text.Encoding.UTF8.GetBytes(text) };
}
