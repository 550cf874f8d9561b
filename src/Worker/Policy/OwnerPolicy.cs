using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// What the owner of this PC lets tasks do (<c>policy.json</c> in the worker's home; docs/worker/policy.md). An immutable value: a changed file
/// is a new policy. The server can never widen it.
/// </summary>
internal sealed record OwnerPolicy
{
    /// <summary>No file: whoever enrolled the PC runs everything as himself.</summary>
    public static OwnerPolicy None { get; } = new();

    /// <summary>Kinds that may run; null: all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Where file tasks may read and write.</summary>
    public FileRoots Files { get; init; } = FileRoots.Anywhere;

    /// <summary>What agents may do, by the agent's name (<c>claude</c>, <c>codex</c>, <c>gemini</c>).</summary>
    public IReadOnlyDictionary<string, AgentRules> Agents { get; init; } = new Dictionary<string, AgentRules>();

    /// <summary>The rules for an agent; null: none, its settings alone count.</summary>
    public AgentRules? Agent(string name) => Agents.GetValueOrDefault(name);

    /// <summary>The strictest verdict. Pure.</summary>
    public Verdict Judge(WorkRequest request) => Explain(request).Verdict;

    /// <summary>The verdict and every rule that has something to say. Pure.</summary>
    public Judgement Explain(WorkRequest request)
    {
        var findings = Kinds is { } kinds && !kinds.Contains(request.Kind)
            ? [Verdict.Rejected("kinds", $"tasks of kind {request.Kind} are not allowed on this PC")]
            : Array.Empty<Verdict>();
        return new Judgement(findings.FirstOrDefault() ?? Verdict.Allowed, findings);
    }
}
