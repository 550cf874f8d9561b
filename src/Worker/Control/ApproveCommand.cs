using System.Text.Json;
using OpenClaw.Worker.Approvals;

namespace OpenClaw.Worker.Control;

/// <summary>Lists what waits for the owner's yes, and takes it.</summary>
internal sealed class ApproveCommand(ApprovalRecords books, StartHolds holds, TimeProvider clock)
{
    public const string Name = "approve";
    /// <summary><see cref="ApproveArguments.Revoke"/> of all.</summary>
    public const string All = "*";
    private const string AtOnce = "at once";
    private const string Decided = "it was decided already";

    /// <summary>True for what decides or changes something, in contrast to a look.</summary>
    public static bool IsOrder(JsonElement arguments) => ReadArguments(arguments) is { Yes: not null } or { Revoke: not null };

    public async Task<string?> Run(JsonElement arguments, ControlAnswer answer, CancellationToken clientGone)
    {
        var asked = ReadArguments(arguments);
        if (asked.Revoke is { } revoked) return RevokeRule(revoked);
        if (asked.Rules)
        {
            foreach (var rule in books.TemporaryApprovals.GetActive())
                await answer.WriteLine(ToView(rule), ControlJson.Default.TemporaryApprovalView, clientGone);
            return null;
        }
        var meant = asked.Id is { } id ? books.Pending.FindByPrefix(id) : books.Pending.All;
        if (asked.Yes is { } yes)
            return meant is [var one]
                ? await DecideAttempt(one, yes, asked, answer, clientGone)
                : $"{(meant.Count == 0 ? "nothing" : "more than one attempt")} with this id waits for a yes";
        if (asked.ForSeconds is not null) meant = meant is [var first] ? FindAlsoAllowed(first) : [];
        foreach (var waiting in meant)
            await answer.WriteLine(ToWaitingAttempt(waiting), ControlJson.Default.WaitingAttempt, clientGone);
        return asked.Id is not null && asked.ForSeconds is null && meant.Count == 0 ? "nothing with this id waits for a yes" : null;
    }

    private TemporaryApprovalView ToView(TemporaryApproval rule) => new(rule.Rule, rule.Kind, books.TemporaryApprovals.ToLocalEnd(rule));

    private static ApproveArguments ReadArguments(JsonElement arguments) =>
        (arguments.ValueKind == JsonValueKind.Object ? arguments.Deserialize(ControlJson.Default.ApproveArguments) : null) ?? new();

    private async Task<string?> DecideAttempt(
        PendingApproval waiting, bool yes, ApproveArguments asked, ControlAnswer answer, CancellationToken clientGone)
    {
        if (asked.Digest != waiting.Digest) return "what waits is not what was looked at";
        if (asked.ForSeconds is not null && !books.TemporaryApprovals.AreAllowed())
            return "the policy allows no yes for a while (approvalTerms.temporary)";
        if (asked.ForSeconds is { } time && (time < 1 || time > TemporaryApprovals.MaxDuration.TotalSeconds))
            return "a yes can stand for 1 second to 1 hour";
        try
        {
            if (!books.SaveDecision(waiting, yes)) return Decided;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the answer can't be kept: {error.Message}";
        }
        await WriteDecided(waiting, yes, answer, clientGone);
        return yes && asked.ForSeconds is { } seconds
            ? await AllowTemporarily(waiting, TimeSpan.FromSeconds(seconds), answer, clientGone) : null;
    }

    /// <summary>From now on, and for those that wait already and that no other rule asks about.</summary>
    private async Task<string?> AllowTemporarily(PendingApproval waiting, TimeSpan time, ControlAnswer answer, CancellationToken clientGone)
    {
        TemporaryApproval rule;
        var others = FindAlsoAllowed(waiting);
        try
        {
            rule = books.TemporaryApprovals.Add(waiting.Rule, waiting.Offer.Kind, time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"this attempt was answered, but the rule can't be kept: {error.Message}";
        }
        books.Audit.RecordOwnerAction("rule", rule.Rule, rule.Kind, $"until {books.TemporaryApprovals.ToLocalEnd(rule).UtcDateTime:O}");
        await answer.WriteLine(ToView(rule), ControlJson.Default.TemporaryApprovalView, clientGone);
        foreach (var other in others.Where(other => other.TryDecide(new OwnerAnswer(true, DecidedBy.Rule))))
            await WriteDecided(other, true, answer, clientGone);
        return null;
    }

    /// <summary>
    /// What else a yes for a while to its rule and kind lets run. What another rule asks about as well needs a yes to that one, too.
    /// </summary>
    private IReadOnlyList<PendingApproval> FindAlsoAllowed(PendingApproval waiting) =>
    [
        .. books.Pending.All.Where(other => other != waiting && other.Answer is null && other.Offer.Kind == waiting.Offer.Kind
            && other.Rules.Contains(waiting.Rule)
            && other.Rules.All(rule => rule == waiting.Rule || books.TemporaryApprovals.FindActive(rule, other.Offer.Kind) is not null)),
    ];

    private Task WriteDecided(PendingApproval decided, bool yes, ControlAnswer answer, CancellationToken clientGone) => answer.WriteLine(
        new DecidedAttempt(decided.Offer.AttemptId, yes, yes ? holds.Sentence : null), ControlJson.Default.DecidedAttempt, clientGone);

    private string? RevokeRule(string asked)
    {
        var known = books.TemporaryApprovals.GetActive().Select(one => one.Rule).Distinct(StringComparer.Ordinal).ToArray();
        var rule = asked == All ? All : FindRule(known, asked);
        if (known.Length == 0) return "no rule stands: nothing is allowed for a while";
        if (rule is null)
        {
            return $"there is no such rule; {(known.Length == 1 ? "only this one stands" : "these stand")}: "
                + string.Join(", ", known.Select(TerminalEscaper.Escape));
        }
        try
        {
            books.TemporaryApprovals.Revoke(rule == All ? null : rule);
            books.Audit.RecordOwnerAction("revoke", rule);
            foreach (var waiting in books.Pending.All.Where(waiting => rule == All || waiting.Rules.Contains(rule)))
                waiting.TryWithdraw();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the rule can't be taken back: {error.Message}";
        }
    }

    /// <summary>By its name, or by the end of it when that is of no other: <c>pushes</c> for <c>approval.pushes</c>.</summary>
    private static string? FindRule(string[] known, string asked) => known.Contains(asked, StringComparer.Ordinal) ? asked
        : known.Where(rule => rule.EndsWith($".{asked}", StringComparison.Ordinal)).ToArray() is [var only] ? only : null;

    private WaitingAttempt ToWaitingAttempt(PendingApproval waiting)
    {
        var now = clock.GetUtcNow();
        return new WaitingAttempt(
            waiting.Offer.AttemptId, waiting.Offer.Kind, TerminalEscaper.Escape(waiting.Rule), TerminalEscaper.Escape(waiting.Sentence),
            waiting.Digest,
            TerminalEscaper.DescribeOffer(waiting.Offer), (long)(now - waiting.Since).TotalMilliseconds,
            waiting.Until is { } until ? Math.Max(0, (long)(until - now).TotalMilliseconds) : null)
        {
            Bound = waiting.Binding.Files.Count > 0 ? [.. waiting.Binding.Lines.Select(TerminalEscaper.Escape)] : null,
            Unbound = waiting.Binding.Unbound is { } why ? TerminalEscaper.Escape(why) : null,
            OtherRules = waiting.Rules.Count > 1 ? [.. waiting.Rules.Skip(1).Select(TerminalEscaper.Escape)] : null,
            Starts = waiting.Agreed || waiting.Answer is { Yes: true } ? holds.Sentence ?? AtOnce : null,
        };
    }
}
