using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Compat;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Compat;

/// <summary>The held polls of one worker name of the compatible protocol, which stand in the queue once.</summary>
public sealed class SharedPollTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);
    private static readonly Caller Caller = new("token", "tenant", Roles.Worker, null);

    private readonly FakeTimeProvider clock = new();
    private readonly FakeGrains grains = new();
    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ScriptedQueue queue;
    private readonly SharedPolls polls;
    private bool draining;

    public SharedPollTests()
    {
        queue = new(grains);
        grains.On<IWorkerGrain>("TouchCompatible", (_, args) =>
            Task.FromResult(new SessionInfo { Session = "", Epoch = 0, Offers = (string)args[0]!, Draining = draining }));
        polls = new(grains, new CompatibleWorkers(grains, clock, NullLogger<CompatibleWorkers>.Instance), clock, lifetime);
    }

    [Fact]
    public async Task Fifty_polls_make_one_question_with_as_many_slots()
    {
        var polls = Enumerable.Range(0, 50).Select(_ => Poll(Minute)).ToArray();
        (await queue.Asked()).Answer();

        var question = await queue.Asked();

        var request = question.Request;
        Assert.Equal((50, Slice, 0L, "pc"), (request.Slots, request.Wait, request.Epoch, request.Worker));
        Assert.Equal(2, grains.Count("Poll"));
        Assert.All(polls, poll => Assert.False(poll.IsCompleted));
        var tasks = Ids(50);
        question.Answer(tasks);
        Assert.Equal(tasks.Reverse().Cast<Guid?>(), await All(polls));
    }

    [Fact]
    public async Task A_task_goes_to_the_newest_poll_as_an_older_one_may_be_of_a_worker_that_died_behind_a_proxy()
    {
        Task<Guid?>[] polls = [Poll(Minute), Poll(Minute), Poll(Minute)];
        var tasks = Ids(3);

        (await queue.Asked()).Answer(tasks[0]);
        Assert.Equal(tasks[0], await Soon(polls[2]));
        var rest = await queue.Asked();
        Assert.Equal(2, rest.Request.Slots);
        rest.Answer(tasks[1], tasks[2]);

        Assert.Equal([tasks[2], tasks[1], tasks[0]], await All(polls));
    }

    [Fact]
    public async Task A_task_for_which_no_live_poll_is_left_is_returned()
    {
        using var leave = new CancellationTokenSource();
        Task<Guid?>[] polls = [Poll(Minute), Poll(Minute, leave.Token)];
        (await queue.Asked()).Answer();
        var question = await queue.Asked();
        await leave.CancelAsync();
        var tasks = Ids(2);

        question.Answer(tasks);

        Assert.Equal([tasks[1]], await queue.Returned());
        Assert.Equal([tasks[0], null], await All(polls));
    }

    [Fact]
    public async Task A_task_that_comes_after_the_question_was_taken_back_is_returned()
    {
        using var leave = new CancellationTokenSource();
        var poll = Poll(Minute, leave.Token);
        var question = await queue.Asked();
        question.HeedsCancel = false;
        await leave.CancelAsync();
        Assert.Null(await Soon(poll));
        var task = Guid.NewGuid();

        question.Answer(task);

        Assert.Equal([task], await queue.Returned());
        await NoSharedPoll();
    }

    [Fact]
    public async Task A_poll_whose_connection_goes_leaves_at_once_and_the_last_one_takes_the_question_back()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        Task<Guid?>[] polls = [Poll(Minute, first.Token), Poll(Minute, second.Token)];
        var question = await queue.Asked();

        await first.CancelAsync();
        Assert.Null(await Soon(polls[0]));
        Assert.False(question.Cancellation.IsCancellationRequested);

        await second.CancelAsync();
        Assert.Null(await Soon(polls[1]));
        Assert.True(question.Cancellation.IsCancellationRequested);
        await NoSharedPoll();
        Assert.Equal(1, grains.Count("Poll"));
    }

    [Fact]
    public async Task A_poll_that_comes_while_the_question_is_taken_back_is_asked_for()
    {
        using var leave = new CancellationTokenSource();
        var gone = Poll(Minute, leave.Token);
        var question = await queue.Asked();
        question.HeedsCancel = false;
        await leave.CancelAsync();
        Assert.Null(await Soon(gone));

        var poll = Poll(Minute);
        question.Answer();

        var (next, task) = (await queue.Asked(), Guid.NewGuid());
        Assert.Equal((1, Slice, false), (next.Request.Slots, next.Request.Wait, next.Cancellation.IsCancellationRequested));
        next.Answer(task);
        Assert.Equal(task, await Soon(poll));
    }

    [Fact]
    public async Task A_poll_with_a_shorter_wait_is_answered_at_its_time_although_a_longer_question_is_under_way()
    {
        var second = TimeSpan.FromSeconds(1);
        var patient = Poll(Minute);
        var longer = await queue.Asked();

        var hasty = Poll(second);
        var shorter = await queue.Asked();
        Assert.True(longer.Cancellation.IsCancellationRequested);
        Assert.Equal((2, second), (shorter.Request.Slots, shorter.Request.Wait));
        clock.Advance(second);
        shorter.Answer();

        Assert.Null(await Soon(hasty));
        var rest = await queue.Asked();
        Assert.Equal((1, Slice, false), (rest.Request.Slots, rest.Request.Wait, patient.IsCompleted));
    }

    [Fact]
    public async Task A_poll_is_held_in_slices_to_its_end()
    {
        var poll = Poll(TimeSpan.FromSeconds(12));
        foreach (var wait in new[] { 5, 5, 2 })
        {
            var question = await queue.Asked();
            Assert.Equal(TimeSpan.FromSeconds(wait), question.Request.Wait);
            Assert.False(poll.IsCompleted);
            clock.Advance(question.Request.Wait);
            question.Answer();
        }
        Assert.Null(await Soon(poll));
        Assert.Equal(3, grains.Count("Poll"));
    }

    [Fact]
    public async Task A_poll_that_does_not_wait_asks_once()
    {
        var poll = Poll(TimeSpan.Zero);
        var question = await queue.Asked();
        Assert.Equal((1, TimeSpan.Zero), (question.Request.Slots, question.Request.Wait));

        question.Answer();

        Assert.Null(await Soon(poll));
        await NoSharedPoll();
        Assert.Equal(1, grains.Count("Poll"));
    }

    [Fact]
    public async Task A_poll_that_does_not_wait_is_asked_for_though_it_came_during_a_question()
    {
        var first = Poll(TimeSpan.Zero);
        var question = await queue.Asked();
        Task<Guid?>[] polls = [first, Poll(TimeSpan.Zero), Poll(TimeSpan.Zero)];
        var tasks = Ids(2);
        question.Answer(tasks[0]);

        var rest = await queue.Asked();
        Assert.Equal((2, TimeSpan.Zero), (rest.Request.Slots, rest.Request.Wait));
        rest.Answer(tasks[1]);

        Assert.Equal([null, tasks[1], tasks[0]], await All(polls));
        Assert.Equal(2, grains.Count("Poll"));
    }

    [Fact]
    public async Task Polls_beyond_the_most_at_once_have_their_turn_when_the_queue_has_more()
    {
        var first = Poll(TimeSpan.Zero);
        var question = await queue.Asked();
        Task<Guid?>[] polls = [first, .. Enumerable.Range(0, 150).Select(_ => Poll(TimeSpan.Zero))];
        var tasks = Ids(151);
        var asked = new List<int>();
        for (var given = 0; given < tasks.Length; given += asked[^1])
        {
            if (given > 0) question = await queue.Asked();
            asked.Add(question.Request.Slots);
            question.Answer(tasks[given..(given + question.Request.Slots)]);
        }
        Assert.Equal([1, 100, 50], asked);
        Assert.Equal(tasks.Cast<Guid?>().Order(), (await All(polls)).Order());
    }

    [Fact]
    public async Task A_failing_queue_fails_the_polls_and_the_next_poll_works_again()
    {
        Task<Guid?>[] polls = [Poll(Minute), Poll(Minute)];
        (await queue.Asked()).Fail(new InvalidOperationException("a defect"));
        foreach (var poll in polls) await Assert.ThrowsAsync<InvalidOperationException>(() => Soon(poll));
        await NoSharedPoll();

        var (next, task) = (Poll(Minute), Guid.NewGuid());
        (await queue.Asked()).Answer(task);

        Assert.Equal(task, await Soon(next));
    }

    [Fact]
    public async Task A_queue_that_does_not_answer_is_asked_again_and_no_poll_hears_of_it()
    {
        var poll = Poll(Minute);
        var lost = await queue.Asked();
        lost.HeedsCancel = false;
        clock.Advance(Slice + QueuePollCall.MaxDelay);
        var again = queue.Asked();
        await TimePasses(() => again.IsCompleted);
        var question = await again;
        Assert.True(lost.Cancellation.IsCancellationRequested);
        var (late, task) = (Guid.NewGuid(), Guid.NewGuid());
        lost.Answer(late);
        Assert.Equal([late], await queue.Returned());
        question.Answer(task);
        Assert.Equal(task, await Soon(poll));
    }

    [Fact]
    public async Task A_poll_is_answered_at_its_time_although_the_queue_s_silo_has_died()
    {
        var began = clock.GetTimestamp();
        var poll = Poll(TimeSpan.FromSeconds(1));
        (await queue.Asked()).Fail(new SiloUnavailableException());
        await TimePasses(() => poll.IsCompleted);
        Assert.Null(await poll);
        Assert.True(clock.GetElapsedTime(began) < TimeSpan.FromSeconds(5), $"after {clock.GetElapsedTime(began)}");
    }

    [Fact]
    public async Task A_sign_of_life_that_nobody_takes_holds_up_no_poll_but_the_first()
    {
        var poll = Poll(Minute);
        (await queue.Asked()).Answer();
        var second = await queue.Asked();
        grains.On<IWorkerGrain>("TouchCompatible", (_, _) => new TaskCompletionSource<SessionInfo>().Task);
        clock.Advance(TimeSpan.FromSeconds(6));
        second.Answer();
        var task = Guid.NewGuid();
        (await queue.Asked()).Answer(task);
        Assert.Equal(2, grains.Count("TouchCompatible"));
        Assert.Equal(task, await Soon(poll));
    }

    [Fact]
    public async Task A_draining_worker_asks_for_no_tasks_and_is_held_to_its_end()
    {
        draining = true;
        var poll = Poll(Slice);
        var question = await queue.Asked();
        Assert.Equal((0, Slice), (question.Request.Slots, question.Request.Wait));

        clock.Advance(Slice);
        question.Answer();

        Assert.Null(await Soon(poll));
    }

    [Fact]
    public async Task A_desk_whose_last_poll_was_given_a_task_leaves_the_registry()
    {
        var poll = Poll(Minute);
        Assert.Equal(1, polls.Count);
        (await queue.Asked()).Answer(Guid.NewGuid());
        await Soon(poll);

        await NoSharedPoll();
    }

    [Fact]
    public async Task Each_worker_name_has_its_own_desk()
    {
        _ = Poll(Minute);
        Assert.Equal("pc", (await queue.Asked()).Request.Worker);
        _ = Poll(Minute, name: "other");
        Assert.Equal("other", (await queue.Asked()).Request.Worker);
        Assert.Equal(2, polls.Count);
    }

    [Fact]
    public async Task A_host_that_stops_answers_the_polls_it_holds_and_those_that_still_come()
    {
        var poll = Poll(Minute);
        var question = await queue.Asked();

        lifetime.StopApplication();

        Assert.Null(await Soon(poll));
        Assert.True(question.Cancellation.IsCancellationRequested);
        Assert.Null(await Soon(Poll(Minute)));
        await NoSharedPoll();
        Assert.Equal(1, grains.Count("Poll"));
    }

    /// <summary>The fake clock goes on, in small steps, until something has happened.</summary>
    private Task TimePasses(Func<bool> until) => Eventually.Holds(() =>
    {
        if (!until()) clock.Advance(TimeSpan.FromMilliseconds(20));
        return Task.FromResult(until());
    });

    private static Guid[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid())];

    private static async Task<Guid?[]> All(Task<Guid?>[] polls) => await Task.WhenAll(polls).WaitAsync(ScriptedQueue.Patience);

    private static Task<Guid?> Soon(Task<Guid?> poll) => poll.WaitAsync(ScriptedQueue.Patience);

    private async Task<Guid?> Poll(TimeSpan wait, CancellationToken aborted = default, string name = "pc") =>
        (await polls.WaitForTask(Caller, name, clock.GetElapsedTime(0) + wait, aborted)).Task;

    private Task NoSharedPoll() => Eventually.Holds(() => Task.FromResult(polls.Count == 0));
}
