using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Problems;

namespace OpenClaw.Gateway.Tests.Problems;

public sealed class LineLimitTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void An_outage_is_a_few_lines_a_minute_and_how_many_more_there_were()
    {
        var limit = new LineLimit(clock);
        var written = Enumerable.Range(0, 1_000).Count(_ => limit.TryTakeLine(out var before) && before == 0);
        Assert.Equal(LineLimit.PerMinute, written);

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limit.TryTakeLine(out var unheard));
        Assert.Equal(1_000 - LineLimit.PerMinute, unheard);
        Assert.True(limit.TryTakeLine(out unheard));
        Assert.Equal(0, unheard);
    }
}
