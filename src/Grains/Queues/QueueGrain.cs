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
/// Brings one pool's tasks and workers together. Thin: what is known is <see cref="Backlog"/>, who waits is
/// <see cref="ParkedPolls"/>; this grain brings the two together, reads the table, and keeps the time.
/// </summary>
[Reentrant, RandomPlacement, CollectionAgeLimit(Minutes = 10)]
internal sealed partial class QueueGrain(
    ITaskIndex index, LimitedTokens limits, TimeProvider clock, TaskOptions options, IServiceProvider services, ILogger<QueueGrain> log)
    : Grain, IQueueGrain
{
    private readonly Backlog backlog = new(options.OfferLife, options.SilentOfferLife);
    private readonly ParkedPolls parked = new();
    private readonly CancelHints cancels = new();
    private readonly CancellationToken stopping =
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;

    public Task Enqueue(QueueEntry entry)
    {
        if (!backlog.Add(entry)) LoadSoon(backlog.GetGroup(GroupName.FromEntry(entry)));
        ServePolls();
        return Task.CompletedTask;
    }

    public Task Remove(Guid task, string? concurrencyKey, bool ended)
    {
        backlog.Remove(task, concurrencyKey, ended);
        ServePolls();
        return Task.CompletedTask;
    }

    public Task Return(Guid[] tasks)
    {
        backlog.ReturnOffers(tasks);
        ServePolls();
        return Task.CompletedTask;
    }

    public Task CancelRunning(string worker, Guid task)
    {
        if (!parked.TryFindSession(worker, out var poll) || !poll.TrySetResult(new PollReply([], false, [task])))
            cancels.Add(worker, task, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<QueueFacts> Why(Guid task, string requires, string? concurrencyKey) =>
        ExplainWait(task, requires, concurrencyKey, tokenId: "");

    public Task<QueueFacts> ExplainWait(Guid task, string requires, string? concurrencyKey, string tokenId)
    {
        backlog.ExpireOffers(clock.GetUtcNow());
        return Task.FromResult(backlog.GetFacts(task, concurrencyKey, parked.CountFor(requires), tokenId));
    }

    public async Task<PollReply> Poll(PollRequest request, CancellationToken cancellation)
    {
        if (stopping.IsCancellationRequested) return ParkedPoll.Nothing;
        if (!parked.SupersedeOlder(request)) return new PollReply([], true);
        var now = clock.GetUtcNow();
        if (request.Epoch > 0) backlog.ExtendLargeOffers(request.Worker, request.Epoch, request.Held, now);
        backlog.ExpireOffers(now);
        if (request.Epoch > 0) backlog.ReturnLost(request.Worker, request.Epoch, request.Held);
        if (FindUnloadedGroups(request, now) is { } groups) await LoadGroups(groups);
        var reply = AnswerNow(request, cancellation, now);
        ServePolls();
        if (reply is { } answer) return answer;
        if (request.Wait <= TimeSpan.Zero || cancellation.IsCancellationRequested) return ParkedPoll.Nothing;
        return await ParkPoll(request, cancellation);
    }

    private async Task<PollReply> ParkPoll(PollRequest request, CancellationToken cancellation)
    {
        var poll = new ParkedPoll(request, cancellation);
        parked.Add(poll);
        RecountSoon();
        ReleaseLater(poll, HeldCalls.Shorten(request.Wait));
        await using var gone = cancellation.UnsafeRegister(ParkedPoll.Release, poll);
        await using var stop = stopping.UnsafeRegister(ParkedPoll.Release, poll);
        var reply = await poll.Task;
        parked.Remove(poll);
        return reply;
    }

    /// <summary>What can be said at once: cancels, tasks, or both; null: nothing.</summary>
    private PollReply? AnswerNow(PollRequest request, CancellationToken cancellation, DateTimeOffset now)
    {
        if (cancellation.IsCancellationRequested) return null;
        var ends = request.Epoch > 0 ? cancels.TakeForWorker(request.Worker) : null;
        var tasks = request.Slots == 1 ? OfferOne(request, now) : OfferMany(request, now);
        return tasks.Length > 0 || ends is not null ? new PollReply(tasks, false, ends) : null;
    }

    private Guid[] OfferOne(PollRequest request, DateTimeOffset now) =>
        backlog.OfferBest(request.Worker, request.Epoch, request.Offers, now) is { } offered ? [RecordOffer(offered, now)] : [];

    private Guid[] OfferMany(PollRequest request, DateTimeOffset now)
    {
        if (request.Slots <= 0) return [];
        var tasks = new List<Guid>();
        var offers = request.Offers;
        while (tasks.Count < request.Slots && backlog.OfferBest(request.Worker, request.Epoch, offers, now) is { } offered)
        {
            tasks.Add(RecordOffer(offered, now));
            // One large payload an answer: more of them would be memory and line without a bound.
            if (LabelSet.Covers(offered.Group.Requires, LabelSet.Large)) offers = LabelSet.RemoveLabel(offers, LabelSet.Large);
            // What comes next of this group is to be read first; others might be handed out before it.
            if (offered.Group.WaitsForTable) break;
        }
        return [.. tasks];
    }

    private Guid RecordOffer(BacklogEntry entry, DateTimeOffset now)
    {
        QueueMetrics.RecordWait(entry.Entry.CreatedAt, now);
        // The next window is read while this one still lasts.
        if (backlog.NeedsLoad(entry.Group) && !(entry.Group.LoadAfter > now)) _ = LoadGroup(entry.Group);
        return entry.Task;
    }

    /// <summary>Hands what became ready to those who wait for it.</summary>
    private void ServePolls()
    {
        while (backlog.TryGetWoken(out var group))
        {
            if (parked.Count == 0) continue;
            var now = clock.GetUtcNow();
            while (group.First is not null && parked.TryFind(group, out var poll))
            {
                // Others may have got something at the same time that comes before it.
                if (backlog.FindBest(poll.Request.Worker, poll.Request.Offers) is not { } first) break;
                if (poll.TrySetResult(new PollReply([first.Task], false)))
                {
                    backlog.OfferEntry(first, poll.Request.Worker, poll.Request.Epoch, now);
                    QueueMetrics.RecordWait(first.Entry.CreatedAt, now);
                }
                parked.Remove(poll);
            }
            if (backlog.NeedsLoad(group)) LoadSoon(group);
        }
        if (backlog.HasUnreadLines) _ = ReadLines();
        RecountSoon();
    }
}
