using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Policy.Hooks;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// What the owner of this PC lets tasks do (<c>policy.json</c> in the worker's home; docs/worker/policy.md). An immutable value: a changed
/// file is a new policy. The server can never widen it.
/// </summary>
internal sealed record OwnerPolicy
{
    /// <summary>Longest stretch of quiet hours that is reported: ranges may join so that they never end.</summary>
    private const int MostQuietDays = 7;

    /// <summary>No file: whoever enrolled the PC runs everything as himself.</summary>
    public static OwnerPolicy None { get; } = new();

    /// <summary>SHA-256 of the file, in hex; empty: there is none.</summary>
    public string Digest { get; init; } = "";
    /// <summary>What <c>status</c> and <c>doctor</c> call it; null: there is no file.</summary>
    public string? Name => Digest.Length == 0 ? null : $"{PolicyFile.Name} {Digest[..12]}";
    /// <summary>Kinds that may run; null: all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }
    public CommandRules Commands { get; init; } = new();
    /// <summary>Which folders; null: all the person can use.</summary>
    public FolderRules? Folders { get; init; }
    /// <summary>The same for file tasks, which hold what they opened.</summary>
    public FileRoots Files { get; init; } = FileRoots.Anywhere;
    /// <summary>Whether the folders it names are still those that were meant.</summary>
    public RootIdentities Roots { get; init; } = RootIdentities.None;
    public EnvironmentRules Environment { get; init; } = new();
    /// <summary>Variables whose values are masked in what leaves the PC.</summary>
    public SecretRules Secrets { get; init; } = new();
    /// <summary>Whom programs run as when the worker is root; null: as the worker.</summary>
    public RunAsUser? RunAs { get; init; }
    public PolicyLimits Limits { get; init; } = new();
    /// <summary>How programs are shut in; null: they are not.</summary>
    public SandboxProfile? Sandbox { get; init; }
    /// <summary>When the person is asked.</summary>
    public IReadOnlyList<ApprovalRule> Approval { get; init; } = [];
    /// <summary>Who may say yes, and how long one waits for it.</summary>
    public ApprovalTerms ApprovalTerms { get; init; } = ApprovalTerms.Default;
    /// <summary>What becomes of tasks that nobody signed whom the owner trusts.</summary>
    public SignatureMode Signatures { get; init; }
    /// <summary>When nothing is taken.</summary>
    public IReadOnlyList<QuietHours> Quiet { get; init; } = [];
    /// <summary>What agents may do, by the agent's name (<c>claude</c>, <c>codex</c>, <c>gemini</c>).</summary>
    public IReadOnlyDictionary<string, AgentRules> Agents { get; init; } = new Dictionary<string, AgentRules>();
    /// <summary>Run before each task; it may refuse.</summary>
    public Hook? Before { get; init; }
    /// <summary>Run after each task.</summary>
    public Hook? After { get; init; }

    /// <summary>The rules for an agent; null: none, its settings alone count.</summary>
    public AgentRules? FindAgentRules(string name) => Agents.GetValueOrDefault(name);

    /// <summary>True when it is a time to take nothing.</summary>
    public bool IsQuiet(DateTimeOffset local) => Quiet.Any(hours => hours.Contains(local));

    /// <summary>When it is a time to take work again; null: it is now. Pure.</summary>
    public DateTimeOffset? QuietUntil(DateTimeOffset local)
    {
        DateTimeOffset? end = null;
        for (var at = local; at < local.AddDays(MostQuietDays) && Quiet.FirstOrDefault(hours => hours.Contains(at)) is { } quiet;)
            end = at = quiet.EndAfter(at);
        return end;
    }

    /// <summary>The strictest verdict. Pure.</summary>
    public Verdict JudgeTask(PolicyInput request) => ExplainVerdict(request).Verdict;

    /// <summary>The verdict and every rule that has something to say, the strictest first. Pure.</summary>
    public ExplainedVerdict ExplainVerdict(PolicyInput request)
    {
        Verdict[] findings = [.. FindObjections(request).OrderByDescending(finding => finding.Kind)];
        return new ExplainedVerdict(findings.FirstOrDefault() ?? Verdict.Allowed, findings);
    }

    private IEnumerable<Verdict> FindObjections(PolicyInput request)
    {
        if (request.Signature?.Rejection is { } unproven) yield return unproven;
        if (Kinds is { } kinds && !kinds.Contains(request.Kind))
            yield return Verdict.Rejected("kinds", $"tasks of kind {request.Kind} are not allowed on this PC");
        foreach (var finding in Commands.FindObjections(request).Concat(Environment.FindObjections(request)))
            yield return finding;
        if (request.Folder is { } folder && Folders?.FindObjection(folder) is { } outside) yield return outside;
        foreach (var finding in FindFileObjections(request))
            yield return finding;
        for (var i = 0; i < Quiet.Count; i++)
        {
            if (Quiet[i].Contains(request.LocalTime))
                yield return Verdict.Later($"quietHours[{i}]", $"this PC takes no work until {Quiet[i].To:HH\\:mm}");
        }
        foreach (var finding in Approval.Select(rule => rule.FindObjection(request)).OfType<Verdict>())
            yield return finding;
    }

    private IEnumerable<Verdict> FindFileObjections(PolicyInput request)
    {
        if (request.File is not { } file) yield break;
        if (RunAs is { } user)
            yield return Verdict.Rejected("runAs", $"file tasks run in the worker itself, which is root, not as {user.Name}");
        if (Files.JudgePath(file.Named, file.Real, request.Access) is { } rejection)
            yield return Verdict.Rejected(rejection.Reason, rejection.Sentence);
        if (request.FileBytes > Limits.Disk)
            yield return Verdict.Rejected("limits.disk",
                $"{request.FileBytes} bytes are more than the {Limits.Disk} a task may write on this PC");
    }
}
