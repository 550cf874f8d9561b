using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// What the original's worker reports. Read leniently: a command has run and its result must not be lost over a field. Bytes that
/// are no text become U+FFFD.
/// </summary>
internal sealed record CompatibleResult
{
    private const int MaxDepth = 256;

    public string? TaskId { get; private set; }
    public byte[] Stdout { get; private set; } = [];
    public byte[] Stderr { get; private set; } = [];
    public int? ExitCode { get; private set; }
    public string? Error { get; private set; }
    public TimeSpan? Duration { get; private set; }
    public byte[]? Metadata { get; private set; }

    /// <summary>The report; null for a body that is no JSON object.</summary>
    public static CompatibleResult? Read(Span<byte> body)
    {
        var json = Utf8.IsValid(body) ? body : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body));
        LoneSurrogates.ReplaceAll(json);
        try
        {
            return ReadResult(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CompatibleResult? ReadResult(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var result = new CompatibleResult();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) result.ReadMember(ref reader, json);
        // Runs into whatever follows the object, which is an error.
        reader.Read();
        return result;
    }

    private void ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (reader.ValueTextEquals("taskId"u8)) TaskId = ReadText(ref reader);
        else if (reader.ValueTextEquals("stdout"u8)) Stdout = ReadBytes(ref reader);
        else if (reader.ValueTextEquals("stderr"u8)) Stderr = ReadBytes(ref reader);
        else if (reader.ValueTextEquals("error"u8)) Error = ReadText(ref reader);
        else if (reader.ValueTextEquals("exitCode"u8)) ExitCode = ToExitCode(ReadNumber(ref reader));
        else if (reader.ValueTextEquals("duration"u8)) Duration = ToDuration(ReadNumber(ref reader));
        else if (reader.ValueTextEquals("metadata"u8)) Metadata = ReadRawObject(ref reader, json);
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }

    private static byte[] ReadBytes(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            if (!reader.ValueIsEscaped) return reader.ValueSpan.ToArray();
            // Unescaping only shrinks.
            var bytes = new byte[reader.ValueSpan.Length];
            return bytes[..reader.CopyString(bytes)];
        }
        reader.Skip();
        return [];
    }

    private static double? ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number)) return number;
        reader.Skip();
        return null;
    }

    /// <summary>Windows' exit codes are unsigned: 0xC0000005 and its like keep their bits. A fraction is no exit code.</summary>
    private static int? ToExitCode(double? number) =>
        number is >= int.MinValue and <= uint.MaxValue && double.IsInteger(number.Value) ? unchecked((int)(long)number.Value) : null;

    private static TimeSpan? ToDuration(double? ms) => ms is >= 0 and < 1e12 ? TimeSpan.FromMilliseconds(ms.Value) : null;

    private static byte[]? ReadRawObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        var (isObject, start) = (reader.TokenType == JsonTokenType.StartObject, (int)reader.TokenStartIndex);
        reader.Skip();
        return isObject ? json[start..(int)reader.BytesConsumed].ToArray() : null;
    }
}
