using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Grains.Tasks;

/// <summary>The server's own clocks. What a client may choose is in its spec.</summary>
internal sealed record TaskOptions
{
    /// <summary>How long a heartbeat keeps an attempt.</summary>
    public TimeSpan Lease { get; init; } = AttemptTiming.Lease;

    /// <summary>Time between the end of the lease and the end of the task as lost.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an offer stands.</summary>
    public TimeSpan OfferLife { get; init; } = AttemptTiming.OfferLife;

    /// <summary>
    /// How long the queue keeps a task for a compatible poll, whose gateway starts it at once. What was given to a gateway that does
    /// not hear the answer is given to another one so soon.
    /// </summary>
    public TimeSpan SilentOfferLife { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a worker may go by a yes to its start before it begins: the program may run so much later than its start says.
    /// </summary>
    public TimeSpan StartLasts { get; init; } = AttemptTiming.StartLasts;

    /// <summary>Time a worker has to report after it killed by its own clock, before the server calls it timed out.</summary>
    public TimeSpan ReportGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after its deadline an attempt may still say that its result is on the way.</summary>
    public TimeSpan LongestReport { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Added to timeout and killGrace for the lease of a worker that sends no heartbeats.</summary>
    public TimeSpan SilentLeaseExtra { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A task that runs longer than this gets a reminder of its own.</summary>
    public TimeSpan ReminderAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A read of an unfinished task goes to the store when the last contact with it is older than this, or came before a change in the
    /// cluster had been over for so long.
    /// </summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause between two attempts; doubles with each.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Everything that is wrong with these options, one sentence each; empty when they hold.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Positive(Lease, nameof(Lease));
        Positive(LostAfter, nameof(LostAfter));
        Positive(OfferLife, nameof(OfferLife));
        Positive(SilentOfferLife, nameof(SilentOfferLife));
        Positive(StartLasts, nameof(StartLasts));
        Positive(ReportGrace, nameof(ReportGrace));
        Positive(LongestReport, nameof(LongestReport));
        Positive(SilentLeaseExtra, nameof(SilentLeaseExtra));
        Positive(StaleAfter, nameof(StaleAfter));
        Positive(FirstBackOff, nameof(FirstBackOff));
        if (Lease < AttemptTiming.HeartbeatEvery * 3) errors.Add("Lease must be at least three heartbeats: one may be lost.");
        if (LongestBackOff < FirstBackOff) errors.Add("LongestBackOff must not be shorter than FirstBackOff.");
        if (ReminderAfter < Lease) errors.Add("ReminderAfter must not be shorter than Lease: short tasks have no reminders.");
        return errors;

        void Positive(TimeSpan value, string name)
        {
            if (value <= TimeSpan.Zero) errors.Add($"{name} must be longer than zero, not {value}.");
        }
    }
}
