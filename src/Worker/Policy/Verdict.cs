namespace OpenClaw.Worker.Policy;

/// <summary>What the owner's policy does with a task; the greater is the stricter.</summary>
internal enum VerdictKind
{
    Allowed = 0,
    /// <summary>Only when the person at the PC says yes.</summary>
    NeedsApproval = 1,
    /// <summary>Not now: nothing is taken before its time. The task stays where it is.</summary>
    Later = 2,
    Rejected = 3,
}

/// <summary>
/// The decision about one task: the rule that made it (its place in the policy file, <c>commands.deny[2]</c>) and a sentence for people.
/// Both are empty when nothing stands against it.
/// </summary>
internal sealed record Verdict(VerdictKind Kind, string Rule, string Sentence)
{
    /// <summary>Nothing stands against it.</summary>
    public static Verdict Allowed { get; } = new(VerdictKind.Allowed, "", "");

    /// <summary>The rule by which a task is refused whose folders can't be looked at.</summary>
    public const string NoAnswer = "file-system-unanswered";

    /// <summary>What it names is on a file system that does not answer, so nothing is known about it.</summary>
    public static Verdict Unanswered { get; } = Rejected(
        NoAnswer, "a folder or program that it names, or one of the policy, is on a file system that does not answer");

    /// <summary>The rule that refuses it.</summary>
    public static Verdict Rejected(string rule, string sentence) => new(VerdictKind.Rejected, rule, sentence);

    /// <summary>The rule that asks for a yes.</summary>
    public static Verdict NeedsApproval(string rule, string sentence) => new(VerdictKind.NeedsApproval, rule, sentence);

    /// <summary>The rule that makes it wait.</summary>
    public static Verdict Later(string rule, string sentence) => new(VerdictKind.Later, rule, sentence);
}

/// <summary>The verdict, and everything else that was found on the way to it, the strictest first.</summary>
internal sealed record ExplainedVerdict(Verdict Verdict, IReadOnlyList<Verdict> Findings)
{
    /// <summary>
    /// Whether it may run at all, whatever the time: quiet hours are stricter than a wish to be asked and would hide it, and then their end
    /// would pass for a yes.
    /// </summary>
    public Verdict Permission => Findings.FirstOrDefault(finding => finding.Kind != VerdictKind.Later) ?? Verdict.Allowed;

    /// <summary>The rules that want a yes, in the policy's order.</summary>
    public IEnumerable<Verdict> Asking => Findings.Where(finding => finding.Kind == VerdictKind.NeedsApproval);
}
