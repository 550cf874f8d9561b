using OpenClaw.Gateway.Output;

namespace OpenClaw.Gateway.Tests.Output;

public sealed class OutputSignalsTests
{
    private static readonly Guid Task1 = Guid.NewGuid();

    [Fact]
    public async Task A_raise_before_the_wait_is_not_missed_and_many_are_one()
    {
        var signals = new OutputSignals();
        using var watch = signals.Watch(Task1);
        for (var i = 0; i < 1000; i++) signals.Raise(Task1);

        await watch.Wait(CancellationToken.None);
        var second = watch.Wait(CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        signals.Raise(Task1);
        await second;
    }

    [Fact]
    public void Every_reader_of_the_task_is_told_and_no_other()
    {
        var signals = new OutputSignals();
        using OutputWatch one = signals.Watch(Task1), two = signals.Watch(Task1), other = signals.Watch(Guid.NewGuid());
        signals.Raise(Task1);

        Assert.True(one.Wait(CancellationToken.None).AsTask().IsCompleted);
        Assert.True(two.Wait(CancellationToken.None).AsTask().IsCompleted);
        Assert.False(other.Wait(CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact]
    public void Nothing_is_kept_once_nobody_reads()
    {
        var signals = new OutputSignals();
        Parallel.For(0, 200, _ =>
        {
            using var watch = signals.Watch(Task1);
            signals.Raise(Task1);
        });

        Assert.Equal(0, signals.Count);
    }
}
