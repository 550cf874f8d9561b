using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>A held poll of the session protocol while its queue's silo dies, hangs or comes back.</summary>
public sealed class HeldPollTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly FakeGrains grains = new();
    private readonly ScriptedQueue queue;
    private readonly HeldPoll poll;
    private readonly PollRequest request = new() { Worker = "pc", Epoch = 1, Offers = "" };

    public HeldPollTests()
    {
        queue = new(grains);
        poll = new(clock, TimeSpan.FromSeconds(50), CancellationToken.None, CancellationToken.None);
    }

    private IQueueGrain Queue => grains.GetGrain<IQueueGrain>("default/default");

    public void Dispose() => poll.Dispose();

    [Fact]
    public async Task A_silo_that_dies_costs_a_slice_and_nobody_hears_of_it()
    {
        var slice = poll.AskQueue(Queue, request).AsTask();
        (await queue.Asked()).Fail(new SiloUnavailableException());
        await TimePasses(() => slice.IsCompleted);
        Assert.Empty((await slice).Tasks);

        var next = poll.AskQueue(Queue, request).AsTask();
        var task = Guid.NewGuid();
        (await queue.Asked()).Answer(task);
        Assert.Equal([task], (await next).Tasks);
    }

    [Fact]
    public async Task A_cluster_that_cancels_what_nobody_cancelled_is_asked_again()
    {
        var slice = poll.AskQueue(Queue, request).AsTask();
        (await queue.Asked()).Fail(new OperationCanceledException("expired before placement"));
        await TimePasses(() => slice.IsCompleted);
        Assert.Empty((await slice).Tasks);
        Assert.False(poll.IsOver);
    }

    [Fact]
    public async Task A_silo_that_hangs_costs_the_slice_and_two_seconds()
    {
        var slice = poll.AskQueue(Queue, request).AsTask();
        var question = await queue.Asked();
        question.HeedsCancel = false;
        clock.Advance(question.Request.Wait + QueuePollCall.MaxDelay);
        await TimePasses(() => slice.IsCompleted);
        Assert.Empty((await slice).Tasks);
        var late = Guid.NewGuid();
        question.Answer(late);
        Assert.Equal([late], await queue.Returned());
    }

    [Fact]
    public async Task A_cluster_that_stays_away_is_told_in_the_end()
    {
        Exception? told = null;
        for (var tries = 0; told is null && tries < 1000; tries++)
        {
            var slice = poll.AskQueue(Queue, request).AsTask();
            (await queue.Asked()).Fail(new SiloUnavailableException());
            await TimePasses(() => slice.IsCompleted);
            told = slice.Exception?.InnerException;
        }
        Assert.IsType<SiloUnavailableException>(told);
        Assert.False(poll.IsOver);
    }

    [Fact]
    public async Task A_defect_is_told_at_once()
    {
        var slice = poll.AskQueue(Queue, request).AsTask();
        (await queue.Asked()).Fail(new InvalidOperationException("a defect"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => slice);
    }

    private Task TimePasses(Func<bool> until) => Eventually.Holds(() =>
    {
        if (!until()) clock.Advance(TimeSpan.FromMilliseconds(100));
        return Task.FromResult(until());
    });
}
