using System.Text;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>The bytes after an edit and how many places changed, or an error; exactly one of <c>Bytes</c> and <c>Error</c>.</summary>
internal sealed record EditedText(byte[]? Bytes, int Replacements, FileError? Error);

/// <summary>
/// The decision of file-edit, on bytes: the texts are literal, everything outside a match stays as it is, whatever its encoding
/// and its line ends.
/// </summary>
internal static class FileEdit
{
    public static EditedText Apply(string path, byte[] content, FileEditPayload payload)
    {
        if (payload.OldString.Length == 0) return CreateError("old-text-empty", "the old text is empty; say what to replace");
        if (FileText.TryEncodeUtf8(payload.OldString) is not { } old || FileText.TryEncodeUtf8(payload.NewString) is not { } fresh)
            return CreateError("bad-content", "a text has half a surrogate pair, which no UTF-8 file can hold");
        if (payload.Sha256 is { } wanted && !wanted.Equals(RegularFile.ComputeSha256(content), StringComparison.OrdinalIgnoreCase))
            return CreateError("file-changed",
                $"{path} is not the file that was meant: its sha256 is {RegularFile.ComputeSha256(content)}");

        var first = content.AsSpan().IndexOf(old);
        if (first < 0) return ReportAbsent(path, content, payload.OldString);
        // Overlapping places count: "aa" in "aaa" names two.
        if (!payload.ReplaceAll && content.AsSpan(first + 1).IndexOf(old) >= 0)
            return CreateError("old-text-not-unique", $"the old text is in {path} more than once; give more of it, or set replace_all");
        // One place, unless all were asked for.
        return ReplacePlaces(content, old, fresh);
    }

    /// <summary>From the front: what comes in for one place is not looked at again, and of overlapping places the first counts.</summary>
    private static EditedText ReplacePlaces(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> old, ReadOnlySpan<byte> fresh)
    {
        using var result = new MemoryStream(rest.Length);
        var replaced = 0;
        for (var at = rest.IndexOf(old); at >= 0; at = rest.IndexOf(old))
        {
            result.Write(rest[..at]);
            result.Write(fresh);
            rest = rest[(at + old.Length)..];
            replaced++;
        }
        result.Write(rest);
        return new(result.ToArray(), replaced, null);
    }

    private static EditedText ReportAbsent(string path, byte[] content, string old)
    {
        var withCrLf = old.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        var hint = withCrLf != old && content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(withCrLf)) >= 0
            ? "; it would be with CRLF line ends, which this file has"
            : "";
        return CreateError("old-text-absent", $"the old text is not in {path}{hint}");
    }

    private static EditedText CreateError(string reason, string sentence) => new(null, 0, new(reason, sentence));
}
