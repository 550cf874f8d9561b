using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Output;

public sealed class CallSizeTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);
    private readonly BodyLimit limit = new(TimeProvider.System);

    [Fact]
    public void A_quick_line_gets_large_calls_that_still_fit_a_body()
    {
        var size = new CallSize(limit);
        for (var i = 0; i < 20; i++) size.RecordAnswer(Quick);

        Assert.Equal(CallSize.Largest, size.Bytes);
        Assert.True(size.Bytes + (CallSize.Chunks * OutputFrames.HeadSize) <= Protocol.Limits.OutputBody);
    }

    [Fact]
    public void A_slow_line_gets_smaller_ones_and_a_broken_line_the_smallest()
    {
        var size = new CallSize(limit);
        for (var i = 0; i < 20; i++) size.RecordAnswer(Quick);
        size.RecordAnswer(TimeSpan.FromSeconds(1));
        Assert.Equal(CallSize.Largest, size.Bytes);
        size.RecordAnswer(TimeSpan.FromSeconds(10));
        Assert.Equal(CallSize.Largest / 2, size.Bytes);
        size.RecordFailure();
        Assert.Equal(CallSize.Smallest, size.Bytes);
        for (var i = 0; i < 20; i++) size.RecordAnswer(TimeSpan.FromSeconds(10));
        Assert.Equal(CallSize.Smallest, size.Bytes);
    }

    [Fact]
    public void A_call_takes_what_fits_and_at_least_one_chunk()
    {
        var size = new CallSize(limit);
        var large = Enumerable.Range(0, 5).Select(_ => Chunk(PendingChunk.Largest)).ToArray();
        Assert.Equal(2, size.SelectChunks(large).Length);
        Assert.Single(size.SelectChunks([Chunk(10 * PendingChunk.Largest), Chunk(1)]));
        Assert.Equal(CallSize.Chunks, size.SelectChunks([.. Enumerable.Range(0, 500).Select(_ => Chunk(1))]).Length);
    }

    [Fact]
    public void Never_is_a_call_larger_than_what_comes_through_however_quick_the_line()
    {
        var size = new CallSize(limit);
        for (var i = 0; i < 20; i++) size.RecordAnswer(Quick);
        limit.Halve(40_000);
        for (var i = 0; i < 20; i++) size.RecordAnswer(Quick);

        Assert.Equal((20_000, 20_000), (size.Bytes, size.Most));
        Assert.Equal(2, size.SelectChunks([Chunk(9_000), Chunk(9_000), Chunk(9_000)]).Length);
    }

    private static OutputChunk Chunk(int length) => new() { Stream = "stdout", Sequence = 0, Offset = 0, Data = new byte[length] };
}
