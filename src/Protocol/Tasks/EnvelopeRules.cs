using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Tasks;

/// <summary>What an envelope may say. Pure; everything that is wrong, at once.</summary>
public static class EnvelopeRules
{
    /// <summary>Checks the fields every submit shares.</summary>
    public static void ValidateEnvelope(Envelope envelope, FieldErrors errors)
    {
        errors.RequireRange("timeout", envelope.Timeout, 1, Limits.Timeout);
        errors.RequireRange("startWithin", envelope.StartWithin, 1, Limits.StartWithin);
        errors.RequireRange("killGrace", envelope.KillGrace, 0, Limits.KillGrace);
        errors.RequireRange("silence", envelope.Silence, Limits.MinSilence, Limits.Timeout);
        errors.RequireRange("priority", envelope.Priority, 0, Limits.Priority);
        errors.RequireRange("maxAttempts", envelope.MaxAttempts, 1, Limits.MaxAttempts);
        if (envelope.Wait < 0) errors.Add("wait", $"must be from 0 to {Limits.Wait}");
        errors.RequireName("worker", envelope.Worker);
        errors.RequirePrintable("concurrencyKey", envelope.ConcurrencyKey, Limits.ConcurrencyKey);
        if (envelope.Labels is { } labels) ValidateLabels(labels, errors);
        if (envelope.Tags is { } tags) ValidateTags(tags, errors);
    }

    /// <summary>The header's value is 1 to 255 visible ASCII characters (and spaces).</summary>
    public static void ValidateIdempotencyKey(string? key, FieldErrors errors)
    {
        if (key is null) return;
        if (key.Length is 0 or > Limits.IdempotencyKey || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            errors.Add("Idempotency-Key", $"must be 1 to {Limits.IdempotencyKey} printable ASCII characters");
        }
    }

    private static void ValidateLabels(string[] labels, FieldErrors errors)
    {
        if (labels.Length > Limits.Labels) errors.Add("labels", $"must be at most {Limits.Labels}");
        for (var i = 0; i < labels.Length && i < Limits.Labels; i++)
        {
            if (labels[i] is null || !Names.IsRequirable(labels[i]))
            {
                errors.Add($"labels[{i}]", "must be a name (a-z, 0-9 and -, at most 63, no - first), os:NAME or arch:NAME");
            }
        }
    }

    private static void ValidateTags(Dictionary<string, string> tags, FieldErrors errors)
    {
        if (tags.Count > Limits.Tags) errors.Add("tags", $"must be at most {Limits.Tags} pairs");
        var inside = errors.Within("tags");
        foreach (var (key, value) in tags)
        {
            inside.RequirePrintable(key, key, Limits.TagKey);
            if (value is null) inside.Add(key, "must be a string");
            else inside.RequireText(key, value, Limits.TagValue);
        }
    }
}
