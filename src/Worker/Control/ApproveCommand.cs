using System.Text.Json;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Audit;

namespace OpenClaw.Worker.Control;

/// <summary>
/// Arguments of <c>approve</c>. <paramref name="Id"/>: the beginning of an attempt's or task's id; <paramref name="Digest"/>: what the person
/// looked at. <paramref name="ForSeconds"/>: the same rule and kind are allowed for so long.
/// </summary>
internal sealed record ApproveArguments(
    string? Id = null, bool? Yes = null, string? Digest = null, long? ForSeconds = null, bool Rules = false, string? Revoke = null);

/// <summary>An attempt that waits for the owner. <paramref name="What"/>: what would run, escaped; <paramref name="LeftMs"/> null: not known.</summary>
internal sealed record WaitingAttempt(
    string Attempt, string Kind, string Rule, string Why, string Digest, string What, long WaitedMs, long? LeftMs);

/// <summary>A yes for a while, or one that was just taken back.</summary>
internal sealed record StandingYes(string Rule, string Kind, DateTimeOffset Until);

/// <summary>Lists what waits for the owner's yes, and takes it.</summary>
internal sealed class ApproveCommand(PendingApprovals pending, HourRules rules, AuditLog audit, TimeProvider clock)
{
    public const string Name = "approve";
    /// <summary><see cref="ApproveArguments.Revoke"/> of all.</summary>
    public const string All = "*";

    public async Task<string?> Run(JsonElement arguments, ControlAnswer answer, CancellationToken gone)
    {
        var asked = (arguments.ValueKind == JsonValueKind.Object ? arguments.Deserialize(ControlJson.Default.ApproveArguments) : null) ?? new();
        if (asked.Revoke is { } revoked)
            return Revoke(revoked);
        if (asked.Rules)
        {
            foreach (var rule in rules.Now())
                await answer.Write(new StandingYes(rule.Rule, rule.Kind, rule.Until), ControlJson.Default.StandingYes, gone).ConfigureAwait(false);
            return null;
        }
        var meant = asked.Id is { } id ? pending.Find(id) : pending.All;
        if (asked.Yes is { } yes)
            return meant is [var one] ? Decide(one, yes, asked) : $"{(meant.Count == 0 ? "nothing" : "more than one attempt")} with this id waits for a yes";
        foreach (var waiting in meant)
            await answer.Write(Show(waiting), ControlJson.Default.WaitingAttempt, gone).ConfigureAwait(false);
        return asked.Id is not null && meant.Count == 0 ? "nothing with this id waits for a yes" : null;
    }

    private string? Decide(PendingApproval waiting, bool yes, ApproveArguments asked)
    {
        if (asked.Digest != waiting.Digest)
            return "what waits is not what was looked at";
        if (asked.ForSeconds is { } time && (time < 1 || time > HourRules.Longest.TotalSeconds))
            return "a yes can stand for 1 second to 1 hour";
        if (!waiting.Decide(yes))
            return "it was decided already";
        return yes && asked.ForSeconds is { } seconds ? Stand(waiting, TimeSpan.FromSeconds(seconds)) : null;
    }

    /// <summary>From now on, and for those of the same rule and kind that wait already.</summary>
    private string? Stand(PendingApproval waiting, TimeSpan time)
    {
        try
        {
            var rule = rules.Add(waiting.Rule, waiting.Offer.Kind, time);
            audit.Owner("rule", rule.Rule, rule.Kind, $"until {rule.Until.UtcDateTime:O}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the rule can't be kept: {error.Message}";
        }
        foreach (var other in pending.All.Where(other => other.Rule == waiting.Rule && other.Offer.Kind == waiting.Offer.Kind))
            other.Decide(true);
        return null;
    }

    private string? Revoke(string rule)
    {
        try
        {
            if (rules.Revoke(rule == All ? null : rule) == 0)
                return "there is no such rule";
            audit.Owner("revoke", rule);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the rule can't be taken back: {error.Message}";
        }
    }

    private WaitingAttempt Show(PendingApproval waiting)
    {
        var now = clock.GetUtcNow();
        return new WaitingAttempt(
            waiting.Offer.AttemptId, waiting.Offer.Kind, ShownText.Escape(waiting.Rule), ShownText.Escape(waiting.Sentence), waiting.Digest,
            ShownText.Of(waiting.Offer), (long)(now - waiting.Since).TotalMilliseconds,
            waiting.Until is { } until ? Math.Max(0, (long)(until - now).TotalMilliseconds) : null);
    }
}
