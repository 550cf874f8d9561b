using System.Text.Json;
using OpenClaw.Worker.Approvals;

namespace OpenClaw.Worker.Control;

/// <summary>Lists what waits for the owner's yes, and takes it.</summary>
internal sealed class ApproveCommand(ApprovalBooks books, StartHolds holds, TimeProvider clock)
{
    public const string Name = "approve";
    /// <summary><see cref="ApproveArguments.Revoke"/> of all.</summary>
    public const string All = "*";
    private const string AtOnce = "at once";
    private const string Decided = "it was decided already";

    /// <summary>True for what decides or changes something, in contrast to a look.</summary>
    public static bool IsOrder(JsonElement arguments) => Read(arguments) is { Yes: not null } or { Revoke: not null };

    public async Task<string?> Run(JsonElement arguments, ControlAnswer answer, CancellationToken gone)
    {
        var asked = Read(arguments);
        if (asked.Revoke is { } revoked)
            return Revoke(revoked);
        if (asked.Rules)
        {
            foreach (var rule in books.Rules.Now())
                await answer.Write(Standing(rule), ControlJson.Default.StandingYes, gone).ConfigureAwait(false);
            return null;
        }
        var meant = asked.Id is { } id ? books.Pending.Find(id) : books.Pending.All;
        if (asked.Yes is { } yes)
            return meant is [var one]
                ? await Decide(one, yes, asked, answer, gone).ConfigureAwait(false)
                : $"{(meant.Count == 0 ? "nothing" : "more than one attempt")} with this id waits for a yes";
        if (asked.ForSeconds is not null)
            meant = meant is [var first] ? AlsoAllowed(first) : [];
        foreach (var waiting in meant)
            await answer.Write(Show(waiting), ControlJson.Default.WaitingAttempt, gone).ConfigureAwait(false);
        return asked.Id is not null && asked.ForSeconds is null && meant.Count == 0 ? "nothing with this id waits for a yes" : null;
    }

    private StandingYes Standing(HourRule rule) => new(rule.Rule, rule.Kind, books.Rules.Shown(rule));

    private static ApproveArguments Read(JsonElement arguments) =>
        (arguments.ValueKind == JsonValueKind.Object ? arguments.Deserialize(ControlJson.Default.ApproveArguments) : null) ?? new();

    private async Task<string?> Decide(
        PendingApproval waiting, bool yes, ApproveArguments asked, ControlAnswer answer, CancellationToken gone)
    {
        if (asked.Digest != waiting.Digest)
            return "what waits is not what was looked at";
        if (asked.ForSeconds is { } time && (time < 1 || time > HourRules.Longest.TotalSeconds))
            return "a yes can stand for 1 second to 1 hour";
        try
        {
            if (!books.Decide(waiting, yes))
                return Decided;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the answer can't be kept: {error.Message}";
        }
        await Tell(waiting, yes, answer, gone).ConfigureAwait(false);
        return yes && asked.ForSeconds is { } seconds
            ? await Stand(waiting, TimeSpan.FromSeconds(seconds), answer, gone).ConfigureAwait(false) : null;
    }

    /// <summary>From now on, and for those that wait already and that no other rule asks about.</summary>
    private async Task<string?> Stand(PendingApproval waiting, TimeSpan time, ControlAnswer answer, CancellationToken gone)
    {
        HourRule rule;
        var others = AlsoAllowed(waiting);
        try
        {
            rule = books.Rules.Add(waiting.Rule, waiting.Offer.Kind, time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"this attempt was answered, but the rule can't be kept: {error.Message}";
        }
        books.Audit.Owner("rule", rule.Rule, rule.Kind, $"until {books.Rules.Shown(rule).UtcDateTime:O}");
        await answer.Write(Standing(rule), ControlJson.Default.StandingYes, gone).ConfigureAwait(false);
        foreach (var other in others.Where(other => other.Decide(new OwnerAnswer(true, DecidedBy.Rule))))
            await Tell(other, true, answer, gone).ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// What else a yes for a while to its rule and kind lets run. What another rule asks about as well needs a yes to that one, too.
    /// </summary>
    private IReadOnlyList<PendingApproval> AlsoAllowed(PendingApproval waiting) =>
    [
        .. books.Pending.All.Where(other => other != waiting && other.Answer is null && other.Offer.Kind == waiting.Offer.Kind
            && other.Rules.Contains(waiting.Rule)
            && other.Rules.All(rule => rule == waiting.Rule || books.Rules.Find(rule, other.Offer.Kind) is not null)),
    ];

    private Task Tell(PendingApproval decided, bool yes, ControlAnswer answer, CancellationToken gone) => answer.Write(
        new DecidedAttempt(decided.Offer.AttemptId, yes, yes ? holds.Sentence : null), ControlJson.Default.DecidedAttempt, gone);

    private string? Revoke(string asked)
    {
        var known = books.Rules.Now().Select(one => one.Rule).Distinct(StringComparer.Ordinal).ToArray();
        var rule = asked == All ? All : FindRule(known, asked);
        if (known.Length == 0)
            return "no rule stands: nothing is allowed for a while";
        if (rule is null)
        {
            return $"there is no such rule; {(known.Length == 1 ? "only this one stands" : "these stand")}: "
                + string.Join(", ", known.Select(ShownText.Escape));
        }
        try
        {
            books.Rules.Revoke(rule == All ? null : rule);
            books.Audit.Owner("revoke", rule);
            foreach (var waiting in books.Pending.All.Where(waiting => rule == All || waiting.Rules.Contains(rule)))
                waiting.Withdraw();
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

    private WaitingAttempt Show(PendingApproval waiting)
    {
        var now = clock.GetUtcNow();
        return new WaitingAttempt(
            waiting.Offer.AttemptId, waiting.Offer.Kind, ShownText.Escape(waiting.Rule), ShownText.Escape(waiting.Sentence), waiting.Digest,
            ShownText.Of(waiting.Offer), (long)(now - waiting.Since).TotalMilliseconds,
            waiting.Until is { } until ? Math.Max(0, (long)(until - now).TotalMilliseconds) : null)
        {
            OtherRules = waiting.Rules.Count > 1 ? [.. waiting.Rules.Skip(1).Select(ShownText.Escape)] : null,
            Starts = waiting.Agreed || waiting.Answer is { Yes: true } ? holds.Sentence ?? AtOnce : null,
        };
    }
}
