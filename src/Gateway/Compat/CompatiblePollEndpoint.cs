using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// GET /worker/poll of the original: the answer itself starts the attempt. It starts nothing for a connection that has gone, and
/// what it started for one that goes meanwhile is undone.
/// </summary>
internal sealed class CompatiblePollEndpoint(
    RevocableStarts starts, SharedPolls polls, CompatiblePollRates rates, TimeProvider clock, IHostApplicationLifetime lifetime) : IEndpoint
{
    /// <summary>
    /// Without <c>wait</c>. The contract allows up to 30 s; the first workers, which send no <c>wait</c>, hang up after 10 s of silence
    /// and then stay away for longer each time.
    /// </summary>
    private const long DefaultWait = 8_000;

    /// <summary>
    /// By the second blank it can't deliver a proxy tells that the worker has gone: what is given to it until then is lost.
    /// </summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private static readonly byte[] NoTask = "null"u8.ToArray();

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapWritingRead(Routes.WorkerPoll, PollTask).RequirePolicy(AccessPolicy.WorkWithoutSession);

    /// <summary>
    /// Writes its answers itself: it starts a task only while there is a connection to answer on, and thousands of polls are held, each
    /// of which would keep one more object for a reply.
    /// </summary>
    private Task PollTask(HttpContext context)
    {
        var badWait = Query.ReadWait(context, DefaultWait, Limits.CompatiblePollWait, out var wait);
        if ((ReadWorkerName(context, out var name) ?? badWait) is { } problem) return context.Answer(problem);
        // Somebody looks whether the route is there. A task given to it would be started by an answer that nobody reads.
        if (context.IsHead()) return context.AnswerRaw(NoTask);
        var (caller, worker) = (context.GetCaller(), name ?? CompatibleWorkers.DefaultName);
        var sender = CompatiblePollRates.FindSender(caller, worker, wait);
        if (rates.CountPoll(sender) is var early && early > TimeSpan.Zero)
            return context.Answer(ProblemTable.TooManyQuickPolls, (int)Math.Ceiling(early.TotalSeconds));
        return HoldPoll(context, caller, worker, clock.GetElapsedTime(0) + wait, sender);
    }

    /// <summary>What a held poll keeps in memory is this and little more: what comes after the wait is in a method of its own.</summary>
    private async Task HoldPoll(HttpContext context, Caller caller, string name, TimeSpan until, string? sender)
    {
        while (true)
        {
            var next = polls.WaitForTask(caller, name, until, context.RequestAborted);
            var (found, poll) = await context.HoldUntilReady(next, until - clock.GetElapsedTime(0), Beat, clock);
            if (await (found is { } task ? StartTask(context, caller, task, poll, sender) : AnswerNoTask(context))) return;
        }
    }

    /// <summary>The name a worker gives itself, <c>?name=</c>; null: none.</summary>
    internal static Problem? ReadWorkerName(HttpContext context, out string? name)
    {
        if (Query.ReadText(context, "name", out name) is { } problem) return problem;
        var fits = name is null || Names.IsName(name);
        return fits ? null : Problem400.ForField("name", "must be a name: a-z, 0-9 and -, at most 63, no - first");
    }

    /// <summary>True when the poll is answered, false when the task was somebody else's already.</summary>
    private async ValueTask<bool> StartTask(HttpContext context, Caller caller, Guid task, SharedPoll poll, string? sender)
    {
        var aborted = context.RequestAborted;
        if (aborted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await poll.ReturnTasks(task);
            return await AnswerNoTask(context);
        }
        // Nothing that can fail may stand between the queue's answer and the start.
        if (await starts.StartTask(task, poll.CreateHolder(caller), aborted) is not { } offer) return await AnswerNoTask(context);
        if (offer.Rejection != Rejection.None) return false;
        rates.ForgivePolls(sender);
        await context.Answer((task, offer), PolledTask.Write);
        return true;
    }

    private static async ValueTask<bool> AnswerNoTask(HttpContext context)
    {
        if (!context.RequestAborted.IsCancellationRequested) await context.AnswerRaw(NoTask);
        return true;
    }
}
