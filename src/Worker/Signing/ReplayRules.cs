using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Signing;

/// <summary>What a signed statement was used for on this PC: a line of the store.</summary>
/// <param name="Key">Signer and id of the statement.</param>
/// <param name="Task">The task it was used for.</param>
/// <param name="Attempt">The last attempt.</param>
/// <param name="ExpiresAt">When the statement is no longer good, ms since 1970.</param>
internal sealed record SignedUse(string Key, string Task, int Attempt, long ExpiresAt);

/// <summary>Whether a statement may be used again. Pure.</summary>
internal static class ReplayRules
{
    /// <param name="statement">What was signed.</param>
    /// <param name="offer">The attempt that would run it.</param>
    /// <param name="known">What it was used for; null: nothing.</param>
    /// <param name="forgottenUntil">Uses of what expired by then are no longer known: whatever expired by then counts as used.</param>
    public static Verdict? FindObjection(ProvenStatement statement, Offer offer, SignedUse? known, long forgottenUntil)
    {
        if (known is null)
            return statement.Statement.ExpiresAt > forgottenUntil ? null : Reject("what was signed is older than what this PC remembers");
        if (known.Task != offer.TaskId) return Reject($"what was signed has run here already, as task {known.Task}");
        return offer.Attempt > known.Attempt ? null
            : Reject($"attempt {offer.Attempt} of what was signed has run here already");
    }

    private static Verdict Reject(string sentence) => Verdict.Rejected(SignatureReasons.Replayed, sentence);
}
