using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Tasks;

/// <summary>Everything that can happen to a task. Closed: the machine answers each of these in each state.</summary>
internal abstract record TaskTrigger
{
    private TaskTrigger(string name) => Name = name;

    /// <summary>The word in the audit row.</summary>
    public string Name { get; }

    /// <summary>A client asks for the task.</summary>
    public sealed record Submit(Guid Id, TaskSpec Spec, Actor Actor) : TaskTrigger("submit");

    /// <summary>The queue picked a worker for it.</summary>
    public sealed record Offer(Holder Holder) : TaskTrigger("offer");

    /// <summary>The offer never reached its worker.</summary>
    public sealed record OfferReturned(Holder Holder) : TaskTrigger("offer-returned");

    /// <summary>It turned out on which PC its agent session lives.</summary>
    public sealed record Pin(string Worker) : TaskTrigger(Transition.Pin);

    /// <summary>A worker that journalled the offer asks for permission to run.</summary>
    public sealed record Start(Holder Holder, int Attempt) : TaskTrigger("start");

    /// <summary>A worker that holds the offer wants a human's yes first.</summary>
    public sealed record AskApproval(Holder Holder, int Attempt, ApprovalAsk Ask) : TaskTrigger("ask-approval");

    /// <summary>A human's yes or no about what has this digest. <paramref name="AtThePc"/>: told by the worker.</summary>
    public sealed record Decide(ApprovalDecision Decision, string Digest, Actor Actor, bool AtThePc)
        : TaskTrigger(Decision == ApprovalDecision.Approve ? "approve" : "reject");

    /// <summary>The compatible poll: seeing the task is starting it. A repeat carries the same ticket.</summary>
    public sealed record OfferAndStart(Holder Holder, Guid Ticket) : TaskTrigger("offer-and-start");

    /// <summary>The answer that carried the start with this ticket never left the gateway.</summary>
    public sealed record Undelivered(Holder Holder, Guid Ticket) : TaskTrigger("undelivered");

    /// <summary>The worker says that it still runs the attempt.</summary>
    public sealed record Heartbeat(Holder Holder, int Attempt) : TaskTrigger("heartbeat");

    /// <summary>The worker says how the attempt ended.</summary>
    public sealed record Finish(Holder Holder, AttemptOutcome Outcome, Actor Actor) : TaskTrigger("finish");

    /// <summary>A client asks for its end.</summary>
    public sealed record Cancel(Actor Actor) : TaskTrigger("cancel");

    /// <summary>The worker opened session <paramref name="Epoch"/> and does not hold the attempt any more.</summary>
    public sealed record HolderRestarted(string Worker, long Epoch) : TaskTrigger("holder-restarted");

    /// <summary>Wake and look at the clocks. The one way in of timers, reminders and sweeps.</summary>
    public sealed record Tick() : TaskTrigger("tick")
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>The record was read from the store: what is volatile is assumed afresh.</summary>
    public sealed record Recovered() : TaskTrigger("recovered")
    {
        public static Recovered Instance { get; } = new();
    }
}

/// <summary>What one trigger does to one record.</summary>
/// <param name="Record">The task after it; the very same object when nothing changed.</param>
/// <param name="Rejection">
/// Why the caller is refused. A refused call may still move the task: a start that comes too late expires it.
/// </param>
/// <param name="Durable">The record must be committed before anybody is answered.</param>
internal readonly record struct TaskStep(TaskRecord? Record, Rejection Rejection = Rejection.None, bool Durable = false)
{
    /// <summary>Answer to a heartbeat.</summary>
    public Directive Directive { get; init; }

    /// <summary>What became of a reported result.</summary>
    public ResultFate Fate { get; init; }

    /// <summary>The same call was answered before.</summary>
    public bool Repeated { get; init; }

    /// <summary>An event that changes nothing but must be seen in the audit trail; null: none.</summary>
    public string? Note { get; init; }
}
