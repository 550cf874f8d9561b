using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>Bytes to and from the text of a task: utf8 (the default) or base64.</summary>
internal static class FileText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True for the encodings a task may name; none is utf8.</summary>
    public static bool IsEncoding(string? encoding) => encoding is null or "utf8" or "base64";

    /// <summary>The bytes that <paramref name="content"/> stands for.</summary>
    public static (byte[]? Bytes, FileError? Error) Decode(string content, string? encoding)
    {
        switch (encoding)
        {
            case null or "utf8":
                return TryEncodeUtf8(content) is { } bytes
                    ? (bytes, null)
                    : (null, new("bad-content", "the content has half a surrogate pair, which no UTF-8 file can hold; use base64"));
            case "base64":
                return Base64.IsValid(content)
                    ? (Convert.FromBase64String(content), null)
                    : (null, new("bad-content", "the content is not base64"));
            default:
                return (null, FileError.UnknownEncoding(encoding));
        }
    }

    /// <summary>Bytes for stdout that show <paramref name="bytes"/> in the encoding.</summary>
    public static (byte[]? Text, FileError? Error) Encode(string path, byte[] bytes, string? encoding)
    {
        switch (encoding)
        {
            case null or "utf8":
                return Utf8.IsValid(bytes)
                    ? (bytes, null)
                    : (null,
                        new("not-utf8", $"{path} is not UTF-8 (byte {FindFirstInvalid(bytes)} of what was read); use encoding base64"));
            case "base64":
                return (Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)), null);
            default:
                return (null, FileError.UnknownEncoding(encoding));
        }
    }

    /// <summary>UTF-8 of the text, or null when it has half a surrogate pair.</summary>
    public static byte[]? TryEncodeUtf8(string text)
    {
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static int FindFirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var taken) == System.Buffers.OperationStatus.Done) at += taken;
        return at;
    }
}
