using CsCheck;
using OpenClaw.Gateway.Output;

namespace OpenClaw.Gateway.Tests.Output;

public sealed class EventPositionTests
{
    [Fact]
    public void An_id_is_read_as_it_was_written() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[0, int.MaxValue], Gen.Long[0, long.MaxValue], Gen.Bool)
            .Sample((version, attempt, sequence, ended) =>
        {
            var position = new EventPosition(version, attempt, sequence, ended);
            Assert.True(EventPosition.TryParse(position.ToString(), out var read) && read == position);
        });

    [Theory]
    [InlineData("")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.3.end.end")]
    [InlineData("-1.0.0")]
    [InlineData("+1.0.0")]
    [InlineData(" 1.0.0")]
    [InlineData("1.2147483648.0")]
    [InlineData("1.0.9223372036854775808")]
    [InlineData("1..0")]
    [InlineData("٣.0.0")]
    [InlineData("1.0.0\n")]
    [InlineData("0000000000000000000000000000000000000000000000000000000001.0.0")]
    public void Anything_else_is_refused(string text) => Assert.False(EventPosition.TryParse(text, out _));
}
