namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>The task after a call, or why it refused.</summary>
[GenerateSerializer, Immutable, Alias("TaskReply")]
public readonly record struct TaskReply(
    [property: Id(0)] Rejection Rejection,
    [property: Id(1)] TaskSnapshot? Task,
    [property: Id(2)] bool Repeated = false);

/// <summary>What a worker needs to run an attempt, or why it may not.</summary>
[GenerateSerializer, Immutable, Alias("OfferReply")]
public readonly record struct OfferReply(
    [property: Id(0)] Rejection Rejection,
    [property: Id(1)] TaskSpec? Spec,
    [property: Id(2)] int Attempt,
    [property: Id(3)] DateTimeOffset CreatedAt);

/// <summary>
/// How a reported result was taken. <see cref="Turn"/> is the whole spec when the task is a turn of an agent session
/// (<see cref="TaskSpec.Session"/>), because the gateway may have to post the answer; null for every other task.
/// <see cref="IsApart"/>: nothing was recorded, output and end are to be reported one after the other.
/// </summary>
[GenerateSerializer, Immutable, Alias("FinishReply")]
public readonly record struct FinishReply(
    [property: Id(0)] Rejection Rejection,
    [property: Id(1)] ResultFate Fate,
    [property: Id(2)] TaskState State,
    [property: Id(3)] TaskSpec? Turn = null,
    [property: Id(4)] bool IsApart = false,
    [property: Id(5)] int Attempt = 0);

/// <summary>What became of a reported result.</summary>
[GenerateSerializer, Alias("ResultFate")]
public enum ResultFate
{
    /// <summary>Refused; see the rejection.</summary>
    None = 0,
    /// <summary>It ended the attempt.</summary>
    Recorded = 1,
    /// <summary>The same result was recorded before.</summary>
    Duplicate = 2,
    /// <summary>The task had ended otherwise; kept as lateResult.</summary>
    Late = 3,
}

/// <summary>What a heartbeat tells the worker about one attempt.</summary>
[GenerateSerializer, Alias("Directive")]
public enum Directive
{
    /// <summary>Invalid.</summary>
    None = 0,
    /// <summary>Go on.</summary>
    Continue = 1,
    /// <summary>End it and report.</summary>
    Cancel = 2,
    /// <summary>It is not yours any more: end it; its result changes nothing.</summary>
    Superseded = 3,
}
