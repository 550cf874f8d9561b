using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;
using Orleans.Concurrency;

namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>
/// One task, keyed by its id. Every answer is given after the commit it speaks of. Every call may be repeated.
/// </summary>
[Alias("ITaskGrain")]
public interface ITaskGrain : IGrainWithGuidKey
{
    /// <summary>Creates the task. A repeat with the same digest answers with the task as it is; another digest: KeyReused.</summary>
    [Alias("Submit")]
    Task<TaskReply> Submit(TaskSpec spec, Actor actor);

    /// <summary>The task now; null when there is none.</summary>
    [Alias("Get")]
    Task<TaskSnapshot?> Get();

    /// <summary>The task as the store has it now: for those who would turn somebody away by what <see cref="Get"/> says.</summary>
    [Alias("GetStored")]
    Task<TaskSnapshot?> GetStored();

    /// <summary>
    /// Answers once the task has ended, or once its version is above <paramref name="seenVersion"/> when one is given, or
    /// after <paramref name="wait"/>, at most 5 s, with the task as it then is. Null when there is none.
    /// </summary>
    [Alias("Wait"), AlwaysInterleave, ResponseTimeout("00:00:07")]
    Task<TaskSnapshot?> Wait(long? seenVersion, TimeSpan wait, CancellationToken cancellation);

    /// <summary>
    /// Marks it as offered to a worker (in memory) and hands out the payload. No permission to run. The latest offer counts: the
    /// queue alone decides to whom a task is offered.
    /// </summary>
    [Alias("Offer")]
    Task<OfferReply> Offer(Holder holder);

    /// <summary>The offer never reached the worker; call <c>IQueueGrain.Return</c> beside it.</summary>
    [Alias("ReturnOffer")]
    Task ReturnOffer(Holder holder);

    /// <summary>Commits the start of an attempt. A repeat by the same holder gets the same answer.</summary>
    [Alias("Start")]
    Task<OfferReply> Start(Holder holder, int attempt);

    /// <summary>
    /// Offer and start in one: the compatible poll. <paramref name="holder"/> sends no heartbeats. A repeat with the same ticket gets
    /// the same answer: there is no other way to tell a start whose answer was lost from somebody else's.
    /// </summary>
    [Alias("OfferAndStart")]
    Task<OfferReply> OfferAndStart(Holder holder, Guid ticket);

    /// <summary>
    /// The answer that carried the start with this ticket never left the gateway: back to the queue, nothing spent. Refused when
    /// there was no such start.
    /// </summary>
    [Alias("Undelivered")]
    Task<Rejection> Undelivered(Holder holder, Guid ticket);

    /// <summary>Renews the lease of a running attempt and says what the worker is to do with it.</summary>
    [Alias("Heartbeat")]
    Task<Directive> Heartbeat(Holder holder, int attempt);

    /// <summary>
    /// Records how an attempt ended. A compatible worker (epoch 0) does not know the number of its attempt: 0 means the latest one.
    /// </summary>
    [Alias("Finish")]
    Task<FinishReply> Finish(Holder holder, AttemptOutcome outcome, Actor actor);

    /// <summary>
    /// The same with all that the attempt printed, in one commit. Only in the plain case: the attempt runs, it is this worker's, and the
    /// store has no output of it yet. In every other one nothing is recorded, and the answer is <see cref="FinishReply.IsApart"/>.
    /// </summary>
    [Alias("FinishWithOutput")]
    Task<FinishReply> FinishWithOutput(Holder holder, AttemptOutcome outcome, EndOutput output, Actor actor);

    /// <summary>Asks for the task to end. Not started: cancelled at once.</summary>
    [Alias("Cancel")]
    Task<TaskReply> Cancel(Actor actor);

    /// <summary>
    /// The worker asks for a human's yes before it asks to start, or tells what was decided at the PC. The same digest again: the
    /// same wait. The task with its <see cref="TaskSnapshot.Approval"/>.
    /// </summary>
    [Alias("AskApproval")]
    Task<TaskReply> AskApproval(Holder holder, int attempt, ApprovalAsk ask);

    /// <summary>A human decides from elsewhere about what has this digest.</summary>
    [Alias("Decide")]
    Task<TaskReply> Decide(ApprovalDecision decision, string digest, Actor actor);

    /// <summary>The same with the decision as it was signed, JSON, for the worker to judge; null: it was not.</summary>
    [Alias("DecideSigned")]
    Task<TaskReply> DecideSigned(ApprovalDecision decision, string digest, string? signed, Actor actor);

    /// <summary>The worker opened a newer session that does not hold the attempt: it is lost, or runs again.</summary>
    [Alias("HolderRestarted")]
    Task HolderRestarted(string worker, long epoch);

    /// <summary>Wake and look: compares the clocks in the record with now. Any number of them is harmless.</summary>
    [Alias("Tick")]
    Task Tick();
}

/// <summary>
/// References to task grains without the factory's look-up of the interface, which reads attributes by reflection every time (6 % of the
/// server's CPU under load, measured). What it finds is the same for every task and every factory.
/// </summary>
public static class TaskGrains
{
    private static Ids? known;

    /// <summary>The task with this id, whether it exists or not.</summary>
    public static ITaskGrain GetTaskGrain(this IGrainFactory grains, Guid id)
    {
        if (known is { } ids)
            return (ITaskGrain)grains.GetGrain(GrainId.Create(ids.Type, GrainIdKeyExtensions.CreateGuidKey(id)), ids.Interface);
        var task = grains.GetGrain<ITaskGrain>(id);
        // A stand-in of a test is no reference and teaches nothing.
        if (task is GrainReference reference) known = new(reference.GrainId.Type, reference.InterfaceType);
        return task;
    }

    private sealed record Ids(GrainType Type, GrainInterfaceType Interface);
}
