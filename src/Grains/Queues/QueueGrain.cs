using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Tasks;
using Orleans.Concurrency;
using Orleans.Placement;

namespace OpenClaw.Grains.Queues;

/// <summary>
/// The meeting place of one pool's tasks and workers. Thin: what is known is <see cref="Backlog"/>, who waits is
/// <see cref="Waiters"/>; this grain brings the two together, reads the table, and keeps the time.
/// </summary>
[Reentrant, RandomPlacement, CollectionAgeLimit(Minutes = 10)]
internal sealed partial class QueueGrain(
    ITaskIndex index, TimeProvider clock, TaskOptions options, IServiceProvider services, ILogger<QueueGrain> log) : Grain, IQueueGrain
{

    private readonly Backlog backlog = new(options.OfferLife, options.SilentOfferLife);
    private readonly Waiters waiters = new();
    private readonly CancelHints cancels = new();
    private readonly CancellationToken stopping =
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;

    public Task Enqueue(QueueEntry entry)
    {
        if (!backlog.Add(entry)) LookSoon(backlog.Known(entry.Requires));
        Serve();
        return Task.CompletedTask;
    }

    public Task Remove(Guid task, string? concurrencyKey, bool ended)
    {
        backlog.Remove(task, concurrencyKey, ended);
        Serve();
        return Task.CompletedTask;
    }

    public Task Return(Guid[] tasks)
    {
        backlog.Return(tasks);
        Serve();
        return Task.CompletedTask;
    }

    public Task CancelRunning(string worker, Guid task)
    {
        if (!waiters.TryFindSession(worker, out var waiter) || !waiter.TrySetResult(new PollReply([], false, [task])))
            cancels.Add(worker, task, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<QueueFacts> Why(Guid task, string requires, string? concurrencyKey)
    {
        backlog.Expire(clock.GetUtcNow());
        return Task.FromResult(backlog.Why(task, concurrencyKey, waiters.CountFor(requires)));
    }

    public async Task<PollReply> Poll(PollRequest request, CancellationToken cancellation)
    {
        if (stopping.IsCancellationRequested) return Waiter.Nothing;
        if (!waiters.Supersede(request)) return new PollReply([], true);
        var now = clock.GetUtcNow();
        if (request.Epoch > 0) backlog.KeepLarge(request.Worker, request.Epoch, request.Held, now);
        backlog.Expire(now);
        if (request.Epoch > 0) backlog.ReturnLost(request.Worker, request.Epoch, request.Held);
        if (Unloaded(request, now) is { } groups) await Load(groups);
        var reply = Answer(request, cancellation, now);
        Serve();
        if (reply is { } answer) return answer;
        return request.Wait > TimeSpan.Zero && !cancellation.IsCancellationRequested ? await Parked(request, cancellation) : Waiter.Nothing;
    }

    private async Task<PollReply> Parked(PollRequest request, CancellationToken cancellation)
    {
        var waiter = new Waiter(request, cancellation);
        waiters.Park(waiter);
        LetGoLater(waiter, HeldCalls.Shorten(request.Wait));
        await using var gone = cancellation.UnsafeRegister(Waiter.LetGo, waiter);
        await using var stop = stopping.UnsafeRegister(Waiter.LetGo, waiter);
        var reply = await waiter.Task;
        waiters.Remove(waiter);
        return reply;
    }

    /// <summary>What can be said at once: cancels, tasks, or both; null: nothing.</summary>
    private PollReply? Answer(PollRequest request, CancellationToken cancellation, DateTimeOffset now)
    {
        if (cancellation.IsCancellationRequested) return null;
        var ends = request.Epoch > 0 ? cancels.Take(request.Worker) : null;
        var tasks = request.Slots == 1 ? TakeOne(request, now) : TakeMany(request, now);
        return tasks.Length > 0 || ends is not null ? new PollReply(tasks, false, ends) : null;
    }

    private Guid[] TakeOne(PollRequest request, DateTimeOffset now) =>
        backlog.Take(request.Worker, request.Epoch, request.Offers, now) is { } place ? [Given(place, now)] : [];

    private Guid[] TakeMany(PollRequest request, DateTimeOffset now)
    {
        if (request.Slots <= 0) return [];
        var tasks = new List<Guid>();
        var offers = request.Offers;
        while (tasks.Count < request.Slots && backlog.Take(request.Worker, request.Epoch, offers, now) is { } place)
        {
            tasks.Add(Given(place, now));
            // One large payload an answer: more of them would be memory and line without a bound.
            if (LabelSet.Covers(place.Group.Requires, LabelSet.Large)) offers = LabelSet.Without(offers, LabelSet.Large);
            // What comes next of this group is to be read first; others might be handed out before it.
            if (place.Group.WaitsForTable) break;
        }
        return [.. tasks];
    }

    private Guid Given(Place place, DateTimeOffset now)
    {
        QueueMetrics.Given(place.Entry.CreatedAt, now);
        // The next window is read while this one still lasts.
        if (backlog.WantsLoad(place.Group) && !(place.Group.LoadAfter > now)) _ = LoadGroup(place.Group);
        return place.Task;
    }

    /// <summary>Hands what became ready to those who wait for it.</summary>
    private void Serve()
    {
        while (backlog.TryGetWoken(out var group))
        {
            if (waiters.Count == 0) continue;
            var now = clock.GetUtcNow();
            while (group.First is not null && waiters.TryFind(group, out var waiter))
            {
                // Others may have got something at the same time that comes before it.
                if (backlog.First(waiter.Request.Worker, waiter.Request.Offers) is not { } first) break;
                if (waiter.TrySetResult(new PollReply([first.Task], false)))
                {
                    backlog.Offer(first, waiter.Request.Worker, waiter.Request.Epoch, now);
                    QueueMetrics.Given(first.Entry.CreatedAt, now);
                }
                waiters.Remove(waiter);
            }
            if (backlog.WantsLoad(group)) LookSoon(group);
        }
        if (backlog.HasUnreadLines) _ = ReadLines();
    }
}
