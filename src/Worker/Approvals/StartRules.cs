using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Approvals;

/// <summary>What the owner has said about an attempt.</summary>
internal enum ApprovalState
{
    /// <summary>He was not asked.</summary>
    NotAsked = 0,
    /// <summary>He was asked, by this daemon or by one before it, and has said nothing.</summary>
    Waiting = 1,
    /// <summary>Yes: to this attempt, or for a while to every rule that asks about it.</summary>
    Approved = 2,
    Denied = 3,
}

/// <summary>Why nothing is begun on this PC at the moment, whatever the task is.</summary>
internal enum StartHold
{
    None = 0,
    /// <summary>The policy's quiet hours.</summary>
    QuietHours = 1,
    /// <summary>As many tasks run as the worker, or the policy, lets run.</summary>
    Full = 2,
    /// <summary>The owner has paused the PC.</summary>
    Paused = 3,
    /// <summary>The daemon is ending.</summary>
    Draining = 4,
}

/// <summary>What becomes of an attempt now.</summary>
internal enum StartDecision
{
    Start = 0,
    /// <summary>It is not started now. An offer is left at the server; what the owner approved is kept and looked at again.</summary>
    Later = 1,
    /// <summary>It waits until the owner says yes or no.</summary>
    AskOwner = 2,
    /// <summary>It never runs here.</summary>
    Reject = 3,
}

/// <summary>
/// Whether an attempt may start. Two questions that must never be taken for each other: may it run at all (the policy's permission and the
/// owner's answer), and is now a time for it (the hold).
/// </summary>
internal static class StartRules
{
    /// <param name="permission">What the policy says of the task, whatever the time; never <see cref="VerdictKind.Later"/>.</param>
    /// <param name="approval">What the owner has said.</param>
    /// <param name="hold">Why nothing is begun now.</param>
    /// <param name="hasPolicy">There is a policy file. Without one a permission is nobody's decision, and ends no wait for a yes.</param>
    public static StartDecision Decide(VerdictKind permission, ApprovalState approval, StartHold hold, bool hasPolicy)
    {
        if (permission == VerdictKind.Rejected || approval == ApprovalState.Denied) return StartDecision.Reject;
        if (hold == StartHold.Draining) return StartDecision.Later;
        var mayRun = approval switch
        {
            ApprovalState.Approved => true,
            ApprovalState.Waiting => permission == VerdictKind.Allowed && hasPolicy,
            _ => permission == VerdictKind.Allowed,
        };
        if (!mayRun && approval == ApprovalState.Waiting) return StartDecision.AskOwner;
        if (hold != StartHold.None) return StartDecision.Later;
        return mayRun ? StartDecision.Start : StartDecision.AskOwner;
    }
}

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
