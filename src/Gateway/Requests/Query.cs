using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using OpenClaw.Gateway.Problems;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Requests;

/// <summary>Parameters of the query string, read without making a dictionary.</summary>
internal static class Query
{
    /// <summary>A parameter's text; null when absent. A repeated one is a problem.</summary>
    public static Problem? ReadText(HttpContext context, string name, out string? value)
    {
        value = null;
        var query = context.Request.QueryString;
        if (!query.HasValue) return null;
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (!pair.DecodeName().Span.SequenceEqual(name)) continue;
            if (value is not null) return Problem400.ForField(name, "must be given once");
            value = pair.DecodeValue().ToString();
        }
        return null;
    }

    /// <summary>
    /// A whole number of at least <paramref name="min"/>; absent: <paramref name="absent"/>. Above <paramref name="max"/> it is
    /// clamped when <paramref name="clamp"/>, else refused.
    /// </summary>
    public static Problem? ReadNumber(HttpContext context, string name, long absent, long min, long max, bool clamp, out long value)
    {
        value = absent;
        if (ReadText(context, name, out var text) is { } repeated) return repeated;
        if (text is null) return null;
        // Digits only: more of them than a long holds is still a number, and a large one.
        var digits = text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
        if (!digits) return CreateRangeProblem(name, min, max);
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)) value = long.MaxValue;
        if (value < min || (value > max && !clamp)) return CreateRangeProblem(name, min, max);
        value = Math.Min(value, max);
        return null;
    }

    /// <summary>A parameter that is <c>true</c> or <c>false</c>; a problem for anything else.</summary>
    public static Problem? ReadFlag(HttpContext context, string name, bool absent, out bool value)
    {
        var problem = ReadText(context, name, out var text);
        value = text is null ? absent : text == "true";
        return problem ?? (text is null or "true" or "false" ? null : Problem400.ForField(name, "must be true or false"));
    }

    /// <summary><c>limit</c> and <c>cursor</c> of a list by name: so many, after this name.</summary>
    public static Problem? ReadPage(HttpContext context, int byDefault, out int limit, out string? after)
    {
        after = null;
        var problem = ReadNumber(context, "limit", byDefault, 1, Protocol.Limits.Page, clamp: false, out var number);
        limit = (int)number;
        if ((problem ?? ReadText(context, "cursor", out after)) is { } wrong) return wrong;
        return after is null || Protocol.Names.IsName(after) ? null : Problem400.ForField("cursor", "must be the nextCursor of a page");
    }

    /// <summary><c>wait</c>, ms: 0 to <paramref name="max"/>, larger is clamped.</summary>
    public static Problem? ReadWait(HttpContext context, long absent, long max, out TimeSpan wait)
    {
        var problem = ReadNumber(context, "wait", absent, 0, max, clamp: true, out var ms);
        wait = TimeSpan.FromMilliseconds(ms);
        return problem;
    }

    private static Problem CreateRangeProblem(string name, long min, long max) =>
        Problem400.ForField(name, $"must be {Ranges.FormatRange(min, max)}");
}
