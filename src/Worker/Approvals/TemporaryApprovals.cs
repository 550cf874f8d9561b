using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Identity;

namespace OpenClaw.Worker.Approvals;

/// <summary>A yes of the owner's for all tasks of a kind that meet a rule, until a time.</summary>
internal sealed record TemporaryApproval(string Rule, string Kind, DateTimeOffset Until);

[JsonSerializable(typeof(TemporaryApproval[]))]
internal sealed partial class TemporaryApprovalJson : JsonSerializerContext;

/// <summary>
/// The owner's yes for a while, in a file of the home folder: listed by <c>status</c> and <c>approve --rules</c>, taken back by
/// <c>approve --revoke</c>, over by itself. A file that can't be read allows nothing.
/// </summary>
internal sealed class TemporaryApprovals(string path, TimeProvider clock)
{
    /// <summary>No longer: a yes to what is not yet known is given again.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromHours(1);
    private readonly Lock gate = new();
    private TemporaryApproval[]? rules;

    /// <summary>The policy lets the owner say yes for a while.</summary>
    public Func<bool> AreAllowed { get; init; } = () => true;

    /// <summary>Those that count now.</summary>
    public IReadOnlyList<TemporaryApproval> GetActive()
    {
        lock (gate)
        {
            if (!AreAllowed()) return [];
            rules ??= LoadFile();
            var now = clock.GetUtcNow();
            return [.. rules.Where(rule => rule.Until > now && rule.Until <= now + MaxDuration)];
        }
    }

    /// <summary>When one ends, as the PC's clock shows it.</summary>
    public DateTimeOffset ToLocalEnd(TemporaryApproval rule) => HomeClock.ToWallTime(clock, rule.Until);

    /// <summary>The one that allows a task, if any.</summary>
    public TemporaryApproval? FindActive(string rule, string kind) =>
        GetActive().FirstOrDefault(known => known.Rule == rule && known.Kind == kind);

    /// <summary>From now on; one a rule and kind. Throws IOException when it can't be kept.</summary>
    public TemporaryApproval Add(string rule, string kind, TimeSpan time)
    {
        var made = new TemporaryApproval(rule, kind, clock.GetUtcNow() + (time < MaxDuration ? time : MaxDuration));
        SaveAll([.. GetActive().Where(known => known.Rule != rule || known.Kind != kind), made]);
        return made;
    }

    /// <summary>Takes one back, or all of them; how many.</summary>
    public int Revoke(string? rule)
    {
        var known = GetActive();
        TemporaryApproval[] left = [.. known.Where(one => rule is not null && one.Rule != rule)];
        SaveAll(left);
        return known.Count - left.Length;
    }

    private void SaveAll(TemporaryApproval[] next)
    {
        lock (gate)
        {
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(next, TemporaryApprovalJson.Default.TemporaryApprovalArray));
            rules = next;
        }
    }

    private TemporaryApproval[] LoadFile()
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), TemporaryApprovalJson.Default.TemporaryApprovalArray) ?? [] : [];
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
