using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Protocol;

/// <summary>
/// A text of megabytes, the same on the wire as any other. The writer takes room for what a text would be if each of its characters were
/// escaped, six times its length, and the pool that lends it keeps it: a piece of 8 MiB cost 200 MB for good. So it is written bit by bit.
/// </summary>
internal sealed class LongTextConverter : JsonConverter<string>
{
    private const int Segment = 16 * 1024;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (value.Length <= Segment)
        {
            writer.WriteStringValue(value);
            return;
        }
        // Half a pair at the end of a segment is kept by the writer for the next one.
        for (var at = 0; at < value.Length; at += Segment)
            writer.WriteStringValueSegment(
                value.AsSpan(at, Math.Min(Segment, value.Length - at)), isFinalSegment: at + Segment >= value.Length);
    }
}
