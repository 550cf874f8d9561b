using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tasks;

/// <summary>The filter of GET /tasks, from a query string. Pure. A misspelt parameter is refused: it would show too much.</summary>
internal static class TaskListQuery
{
    private const int CursorBytes = 24;

    private static readonly TaskState[] Ends = [.. Enum.GetValues<TaskState>().Where(state => state.IsEnd())];

    public static TaskQuery Read(string? queryString, string tenant, FieldErrors errors)
    {
        var query = new TaskQuery { Tenant = tenant };
        var seen = new HashSet<string>();
        foreach (var pair in new QueryStringEnumerable(queryString))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if (seen.Count > FieldErrors.Most) break;
            if (!seen.Add(name)) errors.Add(name, "must be given once");
            else query = ApplyParameter(query, name, value, errors);
        }
        return query;
    }

    /// <summary>A place in the list as text that means nothing to a client.</summary>
    public static string FormatCursor(TaskCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, cursor.CreatedAt.UtcTicks);
        cursor.Id.TryWriteBytes(bytes[8..]);
        return Base64Url.EncodeToString(bytes);
    }

    private static TaskQuery ApplyParameter(TaskQuery query, string name, string value, FieldErrors errors)
    {
        switch (name)
        {
            case "status": return query with { States = ParseStates(value, errors) };
            case "worker":
                errors.RequireName(name, value);
                return query with { Worker = value };
            case "kind":
                errors.RequireName(name, value);
                return query with { Kind = value };
            case "since": return query with { Since = ParseSince(value, errors) };
            case "cursor": return query with { Cursor = ParseCursor(value, errors) };
            case "limit": return query with { Limit = ParseLimit(value, errors) };
            default:
                errors.Add(name, "is not a parameter of this route; it takes status, worker, kind, since, cursor, limit");
                return query;
        }
    }

    private static TaskState[] ParseStates(string value, FieldErrors errors)
    {
        var states = new List<TaskState>();
        foreach (var word in value.Split(','))
        {
            if (word is "pending" or "queued" or "offered") states.Add(TaskState.Queued);
            else if (word == "awaiting_approval") states.Add(TaskState.AwaitingApproval);
            else if (word == "running") states.Add(TaskState.Running);
            else if (Array.Find(Ends, end => end.ToWireName() == word) is var end and not TaskState.None) states.Add(end);
            else
            {
                errors.Add("status",
                    "must be of pending, awaiting_approval, running, " + string.Join(", ", Ends.Select(known => known.ToWireName())));
                break;
            }
        }
        return [.. states.Distinct()];
    }

    private static DateTimeOffset? ParseSince(string value, FieldErrors errors)
    {
        var max = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= max)
            return DateTimeOffset.FromUnixTimeMilliseconds(ms);
        if (value.Contains('-', StringComparison.Ordinal) && value.Length <= 40
            && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
        errors.Add("since", "must be milliseconds since 1970 or a time as in ISO 8601");
        return null;
    }

    /// <summary>The place that a text means; null with an error.</summary>
    public static TaskCursor? ParseCursor(string value, FieldErrors errors)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        if (value.Length == 32 && Base64Url.IsValid(value)
            && Base64Url.TryDecodeFromChars(value, bytes, out var length) && length == CursorBytes
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var ticks && ticks <= DateTimeOffset.MaxValue.Ticks)
            return new(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..]));
        errors.Add("cursor", "must be the nextCursor of a page");
        return null;
    }

    private static int ParseLimit(string value, FieldErrors errors)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= Limits.Page)
            return limit;
        errors.Add("limit", $"must be a whole number from 1 to {Limits.Page}");
        return 1;
    }
}
