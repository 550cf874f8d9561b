using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Approvals;

/// <summary>Why nothing is begun on this PC now.</summary>
internal sealed class StartHolds(PolicyGate policy, PauseOrder pause, AttemptTable attempts, Func<int> capacity, TimeProvider clock)
{
    /// <summary>For an offer, which was given a slot before it was judged.</summary>
    public StartHold OnOffers => attempts.IsClosed ? StartHold.Draining
        : pause.Left is not null ? StartHold.Paused
        : policy.Policy.IsQuiet(clock.GetLocalNow()) ? StartHold.QuietHours
        : StartHold.None;

    /// <summary>For what has its yes and needs a slot.</summary>
    public StartHold OnApproved => OnOffers is var hold and not StartHold.None ? hold
        : attempts.Taken >= capacity() ? StartHold.Full
        : StartHold.None;

    /// <summary>When it ends, to go behind "it starts"; null: nothing is held back.</summary>
    public string? Sentence => OnApproved switch
    {
        StartHold.Draining => "when the daemon has been started again: this one is ending",
        StartHold.Paused => pause.Sentence is { } until ? $"when the pause ends ({until}; openclaw-worker resume)" : null,
        StartHold.QuietHours => "when the quiet hours of the policy end",
        StartHold.Full => "when a running task has ended",
        _ => null,
    };
}
