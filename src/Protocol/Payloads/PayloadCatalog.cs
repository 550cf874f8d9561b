using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>A built-in kind: how its payload is read and written, how long it may run by default (ms).</summary>
internal sealed record PayloadKind(string Name, JsonTypeInfo Json, long DefaultTimeout)
{
    /// <summary>Workers of the compatible protocol don't know the kind.</summary>
    public bool NeedsSessionProtocol { get; init; }
}

/// <summary>A checked payload, closed: from here on only its kind and bytes travel.</summary>
public sealed record SealedPayload(string Kind, byte[] Json, bool NeedsSessionProtocol, long DefaultTimeout);

/// <summary>
/// The sole list of built-in kinds. A new kind is a payload file, an executor in the worker, and a line in each of their lists.
/// </summary>
public static class PayloadCatalog
{
    private const long Default = 30_000;
    private const long OfAgents = 120_000;
    private const int LargeContent = 256 * 1024;

    private static readonly PayloadKind[] BuiltIn =
    [
        new(Kinds.Command, ProtocolJson.Default.CommandPayload, Default),
        new(Kinds.FileRead, ProtocolJson.Default.FileReadPayload, Default),
        new(Kinds.FileWrite, ProtocolJson.Default.FileWritePayload, Default),
        new(Kinds.FileEdit, ProtocolJson.Default.FileEditPayload, Default),
        new(Kinds.FileStat, ProtocolJson.Default.FileStatPayload, Default),
        new(Kinds.FileList, ProtocolJson.Default.FileListPayload, Default),
        new(Kinds.FileTar, ProtocolJson.Default.FileTarPayload, 300_000),
        new(Kinds.FileUpload, ProtocolJson.Default.FileUploadPayload, 120_000),
        new(Kinds.FileDownload, ProtocolJson.Default.FileDownloadPayload, 120_000),
        new(Kinds.Claude, ProtocolJson.Default.AgentPayload, OfAgents),
        new(Kinds.Codex, ProtocolJson.Default.AgentPayload, OfAgents) { NeedsSessionProtocol = true },
        new(Kinds.Gemini, ProtocolJson.Default.AgentPayload, OfAgents) { NeedsSessionProtocol = true },
    ];

    /// <summary>Names of the built-in kinds: those of <see cref="Kinds.BuiltIn"/>, as a test compares.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. BuiltIn.Select(kind => kind.Name)];

    /// <summary>Names of the kinds that workers of the compatible protocol run.</summary>
    public static IReadOnlyList<string> Compatible { get; } =
        [.. BuiltIn.Where(kind => !kind.NeedsSessionProtocol).Select(kind => kind.Name)];

    /// <summary>Closes a payload of a built-in kind that has been checked.</summary>
    public static SealedPayload SealPayload(string kind, IPayload payload)
    {
        var known = FindKind(kind) ?? throw new ArgumentException("not a built-in kind", nameof(kind));
        var needsSession = known.NeedsSessionProtocol || payload.NeedsSessionProtocol();
        return new(kind, SerializePayload(payload, known.Json), needsSession, known.DefaultTimeout);
    }

    /// <summary>
    /// A large one is counted first and then written into its place: the serializer's own memory would stay with the pool, once in each
    /// size it grew through, for each thread.
    /// </summary>
    private static byte[] SerializePayload(IPayload payload, JsonTypeInfo type)
    {
        var content = payload switch
        {
            FileUploadPayload upload => upload.Content.Length,
            FileWritePayload write => write.Content.Length,
            _ => 0,
        };
        if (content < LargeContent) return JsonSerializer.SerializeToUtf8Bytes(payload, type);
        var counted = new FixedBuffer(null);
        using (var writer = new Utf8JsonWriter(counted)) JsonSerializer.Serialize(writer, payload, type);
        var bytes = new byte[counted.Written];
        using (var writer = new Utf8JsonWriter(new FixedBuffer(bytes))) JsonSerializer.Serialize(writer, payload, type);
        return bytes;
    }

    /// <summary>
    /// Reads, checks and closes the payload of any kind. A kind that is not built in takes any JSON object and needs a worker
    /// of this protocol. The payload read is returned for a built-in kind. Null results: see the errors.
    /// </summary>
    public static (SealedPayload? Sealed, IPayload? Payload) ReadAndSeal(string kind, JsonElement? json, FieldErrors errors)
    {
        var known = FindKind(kind);
        if (known is null) return (SealCustom(kind, json, errors), null);
        if (DeserializePayload(known, json) is not { } payload)
        {
            errors.Add("payload", $"must be an object with the fields of {kind}: {FormatFields(known)}");
            return default;
        }
        payload.Validate(errors.Within("payload"));
        return errors.Any ? default : (SealPayload(kind, payload), payload);
    }

    private static PayloadKind? FindKind(string kind)
    {
        foreach (var known in BuiltIn)
        {
            if (known.Name == kind) return known;
        }
        return null;
    }

    private static IPayload? DeserializePayload(PayloadKind kind, JsonElement? json)
    {
        if (json is not { ValueKind: JsonValueKind.Object } element) return null;
        try
        {
            return (IPayload?)element.Deserialize(kind.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string FormatFields(PayloadKind kind) =>
        string.Join(", ", kind.Json.Properties.Select(field => field.IsRequired ? field.Name + " (required)" : field.Name));

    private static SealedPayload? SealCustom(string kind, JsonElement? json, FieldErrors errors)
    {
        errors.RequireName("kind", kind);
        if (json is { ValueKind: not JsonValueKind.Object }) errors.Add("payload", "must be an object");
        else if (json is { } element && !IsText(element))
            errors.Add("payload", "must not contain U+0000 or broken text; send bytes as base64");
        if (errors.Any) return null;
        var bytes = json is { } given ? JsonSerializer.SerializeToUtf8Bytes(given, ProtocolJson.Default.JsonElement) : "{}"u8.ToArray();
        return new(kind, bytes, NeedsSessionProtocol: true, Default);
    }

    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => FieldRules.IsText(element.GetString()),
                JsonValueKind.Array => element.EnumerateArray().All(IsText),
                JsonValueKind.Object => element.EnumerateObject().All(field => FieldRules.IsText(field.Name) && IsText(field.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false; // invalid UTF-8, or half a surrogate pair in an escape
        }
    }
}
