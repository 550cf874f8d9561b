using System.Text.Json;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Gateway.Compat;

/// <summary>A task as the original's worker reads it: the fields of its payload beside those of every task.</summary>
internal static class PolledTask
{
    public static void Write(Utf8JsonWriter json, (Guid Task, OfferReply Offer) polled)
    {
        var spec = polled.Offer.Spec!;
        json.WriteStartObject();
        json.WriteString("id"u8, polled.Task);
        // A task without a type is a shell command: the first kind there was.
        if (spec.Kind != Kinds.Command) json.WriteString("type"u8, spec.Kind);
        WritePayload(json, spec);
        json.WriteNumber("timeout"u8, (long)spec.Timeout.TotalMilliseconds);
        json.WriteString("status"u8, "running"u8);
        json.WriteNumber("createdAt"u8, polled.Offer.CreatedAt.ToUnixTimeMilliseconds());
        json.WriteEndObject();
    }

    /// <summary>The sealed payload is an object the gateway wrote itself; its members are copied as they are.</summary>
    private static void WritePayload(Utf8JsonWriter json, TaskSpec spec)
    {
        var encoding = spec.Kind != Kinds.FileWrite;
        var reader = new Utf8JsonReader(spec.Payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            encoding |= reader.ValueTextEquals("encoding"u8);
            json.WritePropertyName(reader.ValueSpan);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            json.WriteRawValue(spec.Payload.AsSpan(start, (int)reader.BytesConsumed - start), skipInputValidation: true);
        }
        if (!encoding) json.WriteString("encoding"u8, "utf8"u8);
    }
}
