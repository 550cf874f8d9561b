using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Approvals;

/// <summary>Who answered for an attempt that waited.</summary>
internal enum DecidedBy
{
    /// <summary>The owner, about this attempt.</summary>
    Owner = 0,
    /// <summary>The owner, who lets the rule's tasks run for a while.</summary>
    Rule = 1,
    /// <summary>The policy, which was changed while the daemon was away and asks no more, or forbids it.</summary>
    Policy = 2,
}

/// <summary>The answer to an attempt that waits.</summary>
internal sealed record OwnerAnswer(bool Yes, DecidedBy By);

/// <summary>
/// The yes an attempt has. <paramref name="Rules"/> null: to itself; else only because these rules are allowed for a while.
/// </summary>
internal sealed record GrantedApproval(IReadOnlyList<string>? Rules)
{
    /// <summary>The owner has seen this attempt and said yes.</summary>
    public static GrantedApproval ForAttempt { get; } = new((IReadOnlyList<string>?)null);

    /// <summary>True when every rule that asks about the task has its yes.</summary>
    public bool Covers(ExplainedVerdict judged) => Rules is null || judged.Asking.All(asking => Rules.Contains(asking.Rule));
}
