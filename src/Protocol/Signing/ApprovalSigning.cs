using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Signing;

/// <summary>Decisions with a signature, which PCs that require signatures take from elsewhere.</summary>
public static class ApprovalSigning
{
    /// <summary>Signs a decision about what a task waits with, as its view shows it.</summary>
    /// <param name="decision">Yes or no, and the digest that was looked at.</param>
    /// <param name="key">A key that the PC trusts.</param>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt that would start.</param>
    /// <param name="expiresAt">It counts no later.</param>
    /// <param name="temporary">
    /// Which rule asks about tasks of the same kind no more, and for how long (until <paramref name="expiresAt"/> at most); null: this
    /// attempt alone.
    /// </param>
    /// <param name="tenant">The task's tenant; null: <c>default</c>.</param>
    /// <param name="signedAt">
    /// Now, so that the time of <paramref name="temporary"/> is counted from here; null: from when the PC has it. A PC of before this was
    /// takes no yes that says it, so it is left out of one for this attempt alone.
    /// </param>
    public static DecideApproval Sign(
        this DecideApproval decision, SigningKey key, Guid task, int attempt, DateTimeOffset expiresAt,
        (string Rule, TimeSpan For)? temporary = null, string? tenant = null, DateTimeOffset? signedAt = null)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return decision with
        {
            Signed = SignedApproval.Sign(
                new ApprovalStatement
                {
                    Task = task,
                    Attempt = attempt,
                    Digest = decision.Digest,
                    Decision = decision.Decision,
                    For = (long?)temporary?.For.TotalMilliseconds,
                    Rule = temporary?.Rule,
                    SignedAt = temporary is null ? null : signedAt?.ToUnixTimeMilliseconds(),
                    ExpiresAt = expiresAt.ToUnixTimeMilliseconds(),
                    Tenant = tenant,
                },
                key),
        };
    }

    /// <summary>
    /// Says what is wrong with the form of what was signed, and what beside it says something else. Whether the signature is good only the
    /// worker can say. Pure.
    /// </summary>
    public static void ValidateSigned(this DecideApproval decision, FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(errors);
        var inside = errors.Within("signed");
        if (decision.Signed?.Decode(inside) is not { } bytes || ApprovalStatement.Parse(bytes.Body, inside) is not { } statement) return;
        if (statement.Decision != decision.Decision) errors.Add("decision", "is not what was signed");
        if (statement.Digest != decision.Digest) errors.Add("digest", "is not what was signed");
    }

    /// <summary>What was signed; null: nothing, or it can't be read.</summary>
    public static ApprovalStatement? FindStatement(this DecideApproval decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var errors = new FieldErrors();
        return decision.Signed?.Decode(errors) is { } bytes ? ApprovalStatement.Parse(bytes.Body, errors) : null;
    }
}
