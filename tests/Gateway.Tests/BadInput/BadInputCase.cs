using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace OpenClaw.Gateway.Tests.BadInput;

/// <summary>
/// One row of cases.json: a request, and what it gets. In the texts of a request <c>%NAME%</c> stands for something of
/// <see cref="BadInputEstate"/>, and <c>%x*9000%</c> for a character so many times.
/// </summary>
public sealed partial record BadInputCase
{
    public required string Name { get; init; }
    public string? Method { get; init; }
    /// <summary>The target as it goes over the wire.</summary>
    public string? Path { get; init; }
    /// <summary>Whose token: a name of the estate's, <c>two</c>, <c>bearer:</c>, <c>basic:</c>, or a text. Null: no header.</summary>
    public string? Token { get; init; }
    /// <summary>Headers; Content-Type: application/json when left out.</summary>
    public Dictionary<string, string>? Headers { get; init; }
    public string? Body { get; init; }
    /// <summary>The body in hex, for bytes that are no text.</summary>
    public string? BodyHex { get; init; }
    /// <summary>A text and how often.</summary>
    public JsonElement? BodyRepeat { get; init; }
    /// <summary>Before, a text, how often, after.</summary>
    public JsonElement? BodyPad { get; init; }
    /// <summary>Sent in chunks, without a length.</summary>
    public bool Chunked { get; init; }
    /// <summary>The whole request instead of all the above: lines that end with CR LF, a character for each byte.</summary>
    public string[]? Raw { get; init; }

    public required int Status { get; init; }
    /// <summary>Type of the problem after <c>urn:openclaw:</c>; when left out the one that its status has.</summary>
    public string? Type { get; init; }
    /// <summary>A field that errors[] must name.</summary>
    public string? Place { get; init; }
    /// <summary>A text that the sentence must have: a limit, a range.</summary>
    public string? Says { get; init; }
    /// <summary>The scope that a 403 must name.</summary>
    public string? Scope { get; init; }
    /// <summary>Where output goes on: sequence, offsets of stdout and stderr.</summary>
    public long[]? Next { get; init; }
    /// <summary>What Allow must be.</summary>
    public string? Allow { get; init; }
    /// <summary>What is noted in the audit trail, and nothing beside it.</summary>
    public string[]? Notes { get; init; }
    /// <summary>Rows with the same word here get the same answer, byte for byte.</summary>
    public string? Same { get; init; }
    /// <summary>Refused by the HTTP server before there is a request: no body.</summary>
    public bool Bare { get; init; }
    /// <summary>A raw request that is refused as any other one: the connection is good for the next.</summary>
    public bool Open { get; init; }

    [JsonIgnore]
    public string FullType => "urn:openclaw:" + (Type ?? Status switch
    {
        400 => "invalid-request",
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not-found",
        405 => "method-not-allowed",
        408 => "request-timeout",
        413 => "too-large",
        415 => "unsupported-media-type",
        422 => "idempotency-key-reused",
        _ => "a type that the row names",
    });

    public static IReadOnlyList<BadInputCase> All { get; } = JsonSerializer.Deserialize<BadInputCase[]>(
        File.ReadAllBytes(System.IO.Path.Combine(AppContext.BaseDirectory, "BadInput", "cases.json")),
        new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow })!;

    /// <summary>The bytes of the request.</summary>
    public byte[] BuildRequest(IReadOnlyDictionary<string, string> names, string sender)
    {
        if (Raw is not null) return Encoding.Latin1.GetBytes(FillText(string.Join("\r\n", Raw), names));
        var body = BuildBody(names) ?? [];
        var head = new StringBuilder($"{Method} {FillText(Path!, names)} HTTP/1.1\r\nHost: {names["HOST"]}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"X-Forwarded-For: {sender}\r\n{FormatToken(names)}");
        foreach (var (header, value) in Headers ?? new() { ["Content-Type"] = "application/json" })
            head.Append(CultureInfo.InvariantCulture, $"{header}: {FillText(value, names)}\r\n");
        head.Append(Chunked ? $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n"
            : Method is "GET" or "TRACE" ? "\r\n" : $"Content-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body, .. Chunked ? "\r\n0\r\n\r\n"u8.ToArray() : []];
    }

    private string FormatToken(IReadOnlyDictionary<string, string> names) => Token switch
    {
        null => "",
        "two" => string.Concat(Enumerable.Repeat($"Authorization: Bearer {names["CLIENT"]}\r\n", 2)),
        "bearer:" => "Authorization: Bearer \r\n",
        "basic:" => $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"x:{names["CLIENT"]}"))}\r\n",
        _ => $"Authorization: Bearer {names.GetValueOrDefault(Token.ToUpperInvariant()) ?? FillText(Token, names)}\r\n",
    };

    private byte[]? BuildBody(IReadOnlyDictionary<string, string> names)
    {
        if (BodyHex is not null) return Convert.FromHexString(BodyHex);
        if (BodyRepeat is { } repeat) return Encoding.UTF8.GetBytes(RepeatText(repeat[0].GetString()!, repeat[1].GetInt32()));
        if (BodyPad is { } pad)
            return Encoding.UTF8.GetBytes(pad[0].GetString() + RepeatText(pad[1].GetString()!, pad[2].GetInt32()) + pad[3].GetString());
        return Body is null ? null : Encoding.UTF8.GetBytes(FillText(Body, names));
    }

    private static string FillText(string text, IReadOnlyDictionary<string, string> names)
    {
        var filled = Named().Replace(text, match => names.GetValueOrDefault(match.Groups[1].Value, match.Value));
        return Repeated().Replace(filled, match =>
            RepeatText(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
    }

    private static string RepeatText(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    [GeneratedRegex("%([A-Z_]+)%")]
    private static partial Regex Named();

    [GeneratedRegex(@"%(.)\*([0-9]+)%")]
    private static partial Regex Repeated();
}
