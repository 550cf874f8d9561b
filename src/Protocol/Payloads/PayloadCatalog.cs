using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>A checked payload, closed: from here on only its kind and bytes travel.</summary>
public sealed record SealedPayload(string Kind, byte[] Json, bool NeedsSessionProtocol, long DefaultTimeout);

/// <summary>Checks and closes payloads, each as its kind in <see cref="BuiltInKinds"/> says.</summary>
public static class PayloadCatalog
{
    private const int LargeContent = 256 * 1024;

    /// <summary>Closes a payload of a built-in kind that has been checked.</summary>
    public static SealedPayload SealPayload(string kind, IPayload payload)
    {
        var known = BuiltInKinds.FindKind(kind) ?? throw new ArgumentException("not a built-in kind", nameof(kind));
        var needsSession = known.NeedsSessionProtocol || payload.NeedsSessionProtocol();
        return new(kind, SerializePayload(payload, known.GetJson()), needsSession, known.DefaultTimeout);
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
        var known = BuiltInKinds.FindKind(kind);
        if (known is null) return (SealCustom(kind, json, errors), null);
        if (DeserializePayload(known, json) is not { } payload)
        {
            errors.Add("payload", $"must be an object with the fields of {kind}: {FormatFields(known)}");
            return default;
        }
        payload.Validate(errors.Within("payload"));
        return errors.Any ? default : (SealPayload(kind, payload), payload);
    }

    private static IPayload? DeserializePayload(PayloadKind kind, JsonElement? json)
    {
        if (json is not { ValueKind: JsonValueKind.Object } element) return null;
        try
        {
            return (IPayload?)element.Deserialize(kind.GetJson());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string FormatFields(PayloadKind kind) =>
        string.Join(", ", kind.GetJson().Properties.Select(field => field.IsRequired ? field.Name + " (required)" : field.Name));

    private static SealedPayload? SealCustom(string kind, JsonElement? json, FieldErrors errors)
    {
        errors.RequireName("kind", kind);
        if (json is { ValueKind: not JsonValueKind.Object }) errors.Add("payload", "must be an object");
        else if (json is { } element && !IsText(element))
            errors.Add("payload", "must not contain U+0000 or broken text; send bytes as base64");
        if (errors.Any) return null;
        var bytes = json is { } given ? JsonSerializer.SerializeToUtf8Bytes(given, ProtocolJson.Default.JsonElement) : "{}"u8.ToArray();
        return new(kind, bytes, NeedsSessionProtocol: true, BuiltInKinds.DefaultTimeout);
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

/// <summary>Takes what a writer writes piece by piece, into an array of exactly that size; null: only counts.</summary>
internal sealed class FixedBuffer(byte[]? target) : IBufferWriter<byte>
{
    private byte[] piece = new byte[128 * 1024];

    /// <summary>Bytes so far.</summary>
    public int Written { get; private set; }

    public void Advance(int count)
    {
        if (target is not null) piece.AsSpan(0, count).CopyTo(target.AsSpan(Written));
        Written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (piece.Length < sizeHint) piece = new byte[sizeHint];
        return piece;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
