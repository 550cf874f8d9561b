using System.Globalization;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Attempts;

/// <summary>An attempt that a live session names. Whether it is that session's, the task knows.</summary>
internal readonly record struct NamedAttempt(Guid Task, int Number, Holder Holder)
{
    public string Id => AttemptId.FormatId(Task, Number);
}

/// <summary>An attempt as routes name it: <c>taskId.attempt</c>.</summary>
internal static class AttemptId
{
    private const int TaskLength = 36;

    public static string FormatId(Guid task, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{task:D}.{attempt}");

    public static bool TryParse(ReadOnlySpan<char> text, out AttemptRef attempt)
    {
        attempt = default;
        if (text.Length < TaskLength + 2 || text[TaskLength] != '.' || text[TaskLength + 1] == '0') return false;
        if (!Guid.TryParseExact(text[..TaskLength], "D", out var task)) return false;
        if (!int.TryParse(text[(TaskLength + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        attempt = new(task, number);
        return true;
    }

    /// <summary>The attempts of a request's field; wrong ones are named.</summary>
    public static AttemptRef[] ParseAll(string[]? texts, string field, int most, FieldErrors errors)
    {
        if (texts is null) return [];
        if (texts.Length > most)
        {
            errors.Add(field, $"must have at most {most} entries");
            return [];
        }
        var attempts = new AttemptRef[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!TryParse(texts[i], out attempts[i])) errors.Add($"{field}[{i}]", "must be taskId.attempt");
        }
        return attempts;
    }

    /// <summary>The attempt a route names; false for a text that can name none.</summary>
    public static bool TryReadRoute(HttpContext context, out AttemptRef attempt) =>
        TryParse(context.Request.RouteValues["id"] as string, out attempt);
}
