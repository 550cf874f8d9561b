using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Requests;

/// <summary>What was read, or why not; exactly one of the two.</summary>
internal readonly record struct Reading<T>(T? Value, Problem? Problem) where T : class;

/// <summary>Reads a JSON body of one type and nothing else: no guess, no leniency, the place named.</summary>
internal static class StrictJson
{
    /// <summary>Reads the body as <typeparamref name="T"/>.</summary>
    public static async ValueTask<Reading<T>> ReadValue<T>(HttpContext context, JsonTypeInfo<T> type, long limit) where T : class
    {
        if (FindMediaProblem(context.Request) is { } media) return new(null, media);
        var (body, length, problem) = await ReadBody(context, limit);
        try
        {
            if (problem is not null) return new(null, problem);
            await LargeBodies.WaitForTurn(context, length);
            return Parse(body.AsSpan(0, length), type);
        }
        finally
        {
            LargeBodies.ReturnArray(body);
        }
    }

    /// <summary>Reads the body, and has its fields checked: all that is wrong with them is one problem.</summary>
    public static async ValueTask<Reading<T>> ReadValid<T>(
        HttpContext context, JsonTypeInfo<T> type, long limit, Action<T, FieldErrors> validate) where T : class
    {
        var reading = await ReadValue(context, type, limit);
        if (reading.Value is not { } value) return reading;
        var errors = new FieldErrors();
        validate(value, errors);
        return errors.Any ? new(null, Problem400.ForFields(errors.ToArray())) : reading;
    }

    /// <summary>The same where the check makes something of the fields.</summary>
    public static async ValueTask<(T? Body, TValid? Valid, Problem? Problem)> ReadValid<T, TValid>(
        HttpContext context, JsonTypeInfo<T> type, long limit, Func<T, FieldErrors, TValid> validate) where T : class
    {
        var (body, problem) = await ReadValue(context, type, limit);
        if (body is null) return (null, default, problem);
        var errors = new FieldErrors();
        var valid = validate(body, errors);
        return errors.Any ? (null, default, Problem400.ForFields(errors.ToArray())) : (body, valid, null);
    }

    /// <summary>Parses a body of one type.</summary>
    internal static Reading<T> Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class
    {
        if (JsonInspection.FindError(body) is { } unfit) return new(null, Problem400.ForFields([unfit]));
        try
        {
            return JsonSerializer.Deserialize(body, type) is { } value
                ? new(value, null)
                : new(null, Problem400.ForField("body", "must be an object"));
        }
        catch (JsonException error)
        {
            return new(null, Problem400.ForFields(JsonErrors.FromException(error, body, type)));
        }
    }

    /// <summary>415 unless the body says it is plain JSON.</summary>
    internal static Problem? FindMediaProblem(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0) return ProblemTable.FromStatus(415);
        var contentType = request.ContentType;
        if (contentType is "application/json" or "application/json; charset=utf-8") return null;
        var json = MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            && parsed.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!parsed.Charset.HasValue || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        return json ? null : ProblemTable.FromStatus(415);
    }

    /// <summary>The whole body in an array of <see cref="LargeBodies"/>, which the caller gives back whatever the outcome.</summary>
    internal static async ValueTask<(byte[] Body, int Length, Problem? Problem)> ReadBody(HttpContext context, long limit)
    {
        if (context.Request.ContentLength > limit) return ([], 0, ProblemTable.CreateTooLarge(limit));
        // One byte more than announced, so that the end shows without growing.
        var body = LargeBodies.RentArray((int)Math.Min(limit, context.Request.ContentLength ?? 4096) + 1);
        var length = 0;
        var cut = default(LongRequest);
        try
        {
            while (true)
            {
                var reading = context.Request.Body.ReadAsync(body.AsMemory(length), context.RequestAborted);
                // Not there at once, as almost all are: it may take hours, and does nothing once its token has ended.
                if (!reading.IsCompleted && cut.Token is null) cut = context.CutWhenRevoked();
                var read = await reading;
                if (read == 0) return (body, length, null);
                length += read;
                if (length > limit) return (body, length, ProblemTable.CreateTooLarge(limit));
                if (length == body.Length) body = GrowBody(body, length);
            }
        }
        catch
        {
            LargeBodies.ReturnArray(body);
            throw;
        }
        finally
        {
            cut.Dispose();
        }
    }

    private static byte[] GrowBody(byte[] body, int length)
    {
        var larger = LargeBodies.RentArray(length * 2);
        body.AsSpan(0, length).CopyTo(larger);
        LargeBodies.ReturnArray(body);
        return larger;
    }
}

/// <summary>
/// One pass over a body before it becomes objects: syntax, encoding, text that can't be stored, numbers that can't be held. It sees
/// the parts that stay sealed JSON, too.
/// </summary>
internal static class JsonInspection
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    public const int MaxDepth = 32;

    /// <summary>The first error; null when there is none.</summary>
    public static FieldError? FindError(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return new("body", "is empty");
        if (body is [0xEF, 0xBB, 0xBF, ..]) return new("body", "must not begin with a byte order mark");
        if (!Utf8.IsValid(body)) return new("body", "must be valid UTF-8");
        var reader = new Utf8JsonReader(body, Options);
        try
        {
            var first = true;
            while (reader.Read())
            {
                if (first && reader.TokenType != JsonTokenType.StartObject) return new("body", "must be an object");
                first = false;
                if (FindTokenError(ref reader) is not { } error) continue;
                var place = JsonLocation.FormatPath(body, reader.TokenStartIndex);
                var range = reader.TokenType == JsonTokenType.Number ? Ranges.FindRange(place) : null;
                return new(place, range is null ? error : $"must be {range}");
            }
            return null;
        }
        catch (JsonException error)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
            return new("body", $"is not one JSON object of at most {MaxDepth} levels without comments: {place}");
        }
    }

    private static string? FindTokenError(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped => FindTextError(reader.ValueSpan),
        JsonTokenType.Number when !reader.TryGetDouble(out var number) || !double.IsFinite(number) =>
            "must be a number that a double can hold",
        _ => null,
    };

    /// <summary>Unpaired surrogates and U+0000 exist only as escapes: the raw bytes are valid UTF-8 without control characters.</summary>
    private static string? FindTextError(ReadOnlySpan<byte> escaped)
    {
        var high = false;
        for (var i = 0; i < escaped.Length; i++)
        {
            var unit = -1;
            if (escaped[i] == '\\' && escaped[++i] == 'u')
            {
                unit = Convert.ToInt32(Encoding.ASCII.GetString(escaped.Slice(i + 1, 4)), 16);
                i += 4;
            }
            if (unit == 0) return "must not contain U+0000; bytes travel as base64";
            var low = unit is >= 0xDC00 and <= 0xDFFF;
            if (low != high) return "must not contain half of a surrogate pair";
            high = unit is >= 0xD800 and <= 0xDBFF;
        }
        return high ? "must not contain half of a surrogate pair" : null;
    }
}
