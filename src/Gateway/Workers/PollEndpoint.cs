using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>POST /worker/poll: holds the request until there are offers, cancels, or no time left.</summary>
internal sealed class PollEndpoint(
    IGrainFactory grains, SessionGate gate, PollRates rates, TimeProvider clock, IHostApplicationLifetime lifetime,
    ILogger<PollEndpoint> log)
    : IEndpoint
{
    /// <summary>So long the other offers of an answer, and its cancels, wait for a task whose grain hangs.</summary>
    private static readonly TimeSpan LongestOffer = TimeSpan.FromSeconds(2);

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapChange(Routes.WorkerPoll, HoldPoll).RequirePolicy(AccessPolicy.Work);

    private async ValueTask<Reply> HoldPoll(HttpContext context)
    {
        var (poll, held, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.Poll, Limits.WorkerBody, ValidatePoll);
        if (poll is null) return problem!;
        if (rates.FindWait(poll.Session) is var early && early > TimeSpan.Zero)
        {
            await context.Answer(ProblemTable.TooManyPolls, (int)Math.Ceiling(early.TotalSeconds));
            return Reply.Written;
        }
        var caller = context.GetCaller();
        var queue = grains.GetGrain<IQueueGrain>(GrainKeys.ForQueue(caller.Tenant));
        var wait = TimeSpan.FromMilliseconds(Math.Min(poll.Wait, Limits.PollWait));
        using var hold = new HeldPoll(clock, wait, context.RequestAborted, lifetime.ApplicationStopping);
        using var cut = context.CutWhenRevoked();
        var entered = false;
        while (true)
        {
            // Anew for each slice: a drain or a newer session shows within one.
            if (await (entered ? gate.RecheckSession(caller, poll.Session) : gate.AdmitSession(caller, poll.Session)) is not { } session)
                return ProblemTable.SessionSuperseded;
            if (!entered) rates.CountPoll(poll.Session);
            entered = true;
            var reply = await hold.AskQueue(queue, CreateRequest(poll, session, held!));
            if (reply.Superseded) return ProblemTable.SessionSuperseded;
            if (await MakeAnswer(hold, queue, poll, session, reply) is not { } answer) continue;
            // Payloads may be large and the line slow: written while a revoked token still cuts it.
            await answer.Write(context);
            return Reply.Written;
        }
    }

    private static Guid[] ValidatePoll(Poll poll, FieldErrors errors)
    {
        errors.RequireRange("freeSlots", poll.FreeSlots, 0, Limits.FreeSlots);
        errors.RequireRange("wait", poll.Wait, 0, long.MaxValue);
        return Array.ConvertAll(AttemptId.ParseAll(poll.Held, "held", Limits.Held, errors), attempt => attempt.Task);
    }

    private static PollRequest CreateRequest(Poll poll, LiveSession session, Guid[] held) => new()
    {
        Worker = session.Holder.Worker,
        Epoch = session.Holder.Epoch,
        Offers = poll.TakesLarge is false ? LabelSet.RemoveLabel(session.Holder.Offers, LabelSet.Large) : session.Holder.Offers,
        Slots = session.Draining ? 0 : poll.FreeSlots,
        Held = held,
    };

    /// <summary>Makes offers of what the queue gave; null when there is nothing to say yet and time is left.</summary>
    private async ValueTask<Reply?> MakeAnswer(HeldPoll hold, IQueueGrain queue, Poll poll, LiveSession session, PollReply reply)
    {
        if (hold.IsClosed && reply.Tasks.Length > 0) await queue.Return(reply.Tasks);
        var offers = hold.IsClosed ? [] : await MakeOffers(queue, session.Holder, reply.Tasks, poll.TakesLarge is not null);
        if (hold.IsAborted)
        {
            await ReturnOffers(queue, session.Holder, offers);
            return Reply.Written;
        }
        var cancels = reply.Cancels is { Length: > 0 } tasks ? Array.ConvertAll(tasks, task => task.ToString("D")) : null;
        if (offers.Length > 0 || cancels is not null) rates.ForgivePolls(poll.Session);
        else if (!hold.IsOver) return null;
        return Reply.FromValue(new PollAnswer(offers, session.Draining, cancels, poll.Session), ProtocolJson.Default.PollAnswer);
    }

    private async ValueTask<Offer[]> MakeOffers(IQueueGrain queue, Holder holder, Guid[] tasks, bool fetches)
    {
        if (tasks.Length == 0) return [];
        var offers = await Task.WhenAll(tasks.Select(task => MakeOffer(queue, holder, task, fetches)));
        return [.. offers.OfType<Offer>()];
    }

    private async Task<Offer?> MakeOffer(IQueueGrain queue, Holder holder, Guid task, bool fetches)
    {
        var offer = Task.FromResult(default(OfferReply));
        try
        {
            offer = grains.GetTaskGrain(task).Offer(holder);
            var reply = await offer.WaitAsync(LongestOffer, clock);
            return reply is { Rejection: Rejection.None, Spec: { } spec } ? TaskSpecs.ToOffer(task, reply.Attempt, spec, fetches) : null;
        }
        catch (TimeoutException error) when (!offer.IsCompleted)
        {
            // Given back it would be the first to be handed out again. From the table the queue has it again in some seconds; meanwhile the
            // slot is for the others. An offer that is made after all is a hint in the grain's memory and expires.
            offer.Ignore();
            log.OfferFailed(task, error);
            await queue.Remove(task, null, ended: false);
            return null;
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            // The other tasks of this answer are good; this one is offered again.
            log.OfferFailed(task, error);
            await queue.Return([task]);
            return null;
        }
    }

    /// <summary>The offers were made and nobody is there to hear them.</summary>
    private async Task ReturnOffers(IQueueGrain queue, Holder holder, Offer[] offers)
    {
        if (offers.Length == 0) return;
        var tasks = Array.ConvertAll(offers, offer => Guid.ParseExact(offer.TaskId, "D"));
        await Task.WhenAll(tasks.Select(task => grains.GetTaskGrain(task).ReturnOffer(holder)));
        await queue.Return(tasks);
    }
}
