using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Identity;

namespace OpenClaw.Worker.Approvals;

/// <summary>A yes of the owner's for all tasks of a kind that meet a rule, until a time.</summary>
internal sealed record HourRule(string Rule, string Kind, DateTimeOffset Until);

[JsonSerializable(typeof(HourRule[]))]
internal sealed partial class HourRuleJson : JsonSerializerContext;

/// <summary>
/// The owner's yes for a while, in a file of the home folder: seen by <c>status</c> and <c>approve --rules</c>, taken back by
/// <c>approve --revoke</c>, over by itself. A file that can't be read allows nothing.
/// </summary>
internal sealed class HourRules(string path, TimeProvider clock)
{
    /// <summary>No longer: a yes to what is not yet known is given again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private readonly Lock gate = new();
    private HourRule[]? rules;

    /// <summary>Those that count now.</summary>
    public IReadOnlyList<HourRule> Now()
    {
        lock (gate)
        {
            rules ??= Load();
            var now = clock.GetUtcNow();
            return [.. rules.Where(rule => rule.Until > now && rule.Until <= now + Longest)];
        }
    }

    /// <summary>When one ends, as the PC's clock shows it.</summary>
    public DateTimeOffset Shown(HourRule rule) => HomeClock.Shown(clock, rule.Until);

    /// <summary>The one that allows a task, if any.</summary>
    public HourRule? Find(string rule, string kind) => Now().FirstOrDefault(known => known.Rule == rule && known.Kind == kind);

    /// <summary>From now on; one a rule and kind. Throws IOException when it can't be kept.</summary>
    public HourRule Add(string rule, string kind, TimeSpan time)
    {
        var made = new HourRule(rule, kind, clock.GetUtcNow() + (time < Longest ? time : Longest));
        Keep([.. Now().Where(known => known.Rule != rule || known.Kind != kind), made]);
        return made;
    }

    /// <summary>Takes one back, or all of them; how many.</summary>
    public int Revoke(string? rule)
    {
        var known = Now();
        HourRule[] left = [.. known.Where(one => rule is not null && one.Rule != rule)];
        Keep(left);
        return known.Count - left.Length;
    }

    private void Keep(HourRule[] next)
    {
        lock (gate)
        {
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(next, HourRuleJson.Default.HourRuleArray));
            rules = next;
        }
    }

    private HourRule[] Load()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), HourRuleJson.Default.HourRuleArray) ?? [] : [];
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
