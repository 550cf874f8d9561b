using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Report;

public sealed class FiguresTests
{
    private static readonly Fault[] Faults = [new("kill", 100_000, 101_000, 1)];

    [Fact]
    public void A_call_that_touches_a_fault_or_its_aftermath_counts_as_slowed_by_it()
    {
        var figures = Of(Call("read", 90_000, 90_700), Call("read", 99_000, 104_000), Call("submit", 130_000, 133_000),
            Call("read", 131_001, 139_000));
        Assert.Equal(8_000 - 1, figures.Calm);
        Assert.Equal(5_000, figures.Worst);
    }

    [Fact]
    public void Workers_are_counted_apart()
    {
        var figures = Of(Call("poll", 100_000, 109_000), Call("read", 100_000, 101_000));
        Assert.Equal(1_000, figures.Worst);
        Assert.Equal(9_000, figures.WorstOfWorkers);
    }

    [Theory]
    [InlineData(nameof(CallOutcome.Ok), false), InlineData(nameof(CallOutcome.Refused), false)]
    [InlineData(nameof(CallOutcome.Doomed), false), InlineData(nameof(CallOutcome.Unavailable), true)]
    [InlineData(nameof(CallOutcome.Failed), true), InlineData(nameof(CallOutcome.Broken), true)]
    public void What_is_no_answer_and_no_refusal_is_a_failed_request(string outcome, bool fails) =>
        Assert.Equal(fails ? 1 : 0, Of(Call("read", 100_000, 100_001) with { Outcome = Enum.Parse<CallOutcome>(outcome) }).Failed.Count);

    [Fact]
    public void Unavailable_is_fine_only_where_it_is_said_so_and_only_about_a_fault()
    {
        Call[] calls =
        [
            Call("read", 10, 20) with { Outcome = CallOutcome.Unavailable },
            Call("read", 100_000, 100_001) with { Outcome = CallOutcome.Unavailable },
        ];
        Assert.Equal(2, Of(calls).Failed.Count);
        Assert.Equal(10, Assert.Single(Figures.Of(calls, Faults, Unavailable.AboutFaults).Failed).Begin);
        Assert.Empty(Figures.Of(calls, Faults, Unavailable.Always).Failed);
    }

    private static Figures Of(params Call[] calls) => Figures.Of(calls, Faults, Unavailable.Never);

    private static Call Call(string what, long begin, long end) => new(what, "t", "g", begin, end, end - begin, CallOutcome.Ok, 200);
}
