using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Gateway.Tests.Hostile;

/// <summary>One row of hostile-input.json.</summary>
public sealed record HostileCase
{
    public required string Name { get; init; }
    public required string Method { get; init; }
    /// <summary>The target as it goes over the wire; %TOKEN% is a good client's token.</summary>
    public required string Path { get; init; }
    /// <summary>Whose token: see the driver. Null: no Authorization header.</summary>
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
    /// <summary>Refused by the HTTP server before there is a request: no body.</summary>
    public bool Bare { get; init; }
    public required int Status { get; init; }
    /// <summary>A field that errors[] must name.</summary>
    public string? Place { get; init; }
    /// <summary>What Allow must be.</summary>
    public string? Allow { get; init; }

    public byte[]? Bytes()
    {
        if (BodyHex is not null) return Convert.FromHexString(BodyHex);
        if (BodyRepeat is { } repeat) return Encoding.UTF8.GetBytes(Times(repeat[0].GetString()!, repeat[1].GetInt32()));
        if (BodyPad is { } pad)
            return Encoding.UTF8.GetBytes(pad[0].GetString() + Times(pad[1].GetString()!, pad[2].GetInt32()) + pad[3].GetString());
        return Body is null ? null : Encoding.UTF8.GetBytes(Body);
    }

    public static IReadOnlyList<HostileCase> All { get; } = JsonSerializer.Deserialize<HostileCase[]>(
        File.ReadAllBytes(System.IO.Path.Combine(AppContext.BaseDirectory, "Hostile", "hostile-input.json")),
        new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow })!;

    private static string Times(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
