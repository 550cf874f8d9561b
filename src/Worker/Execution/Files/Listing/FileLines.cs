using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>file-read of some lines. A line ends behind its LF; the last one may have none.</summary>
internal static class FileLines
{
    public static FileOutcome ReadRange(string path, FileReadPayload payload, SafeFileHandle handle)
    {
        var first = payload.Line ?? 1;
        var (start, end, lines) = FindRange(handle, first, payload.Lines ?? long.MaxValue);
        if (end - start > FileReading.MaxText)
            return FileError.TooLarge($"these lines of {path} are {end - start} bytes; one read gives at most {FileReading.MaxText}");
        var bytes = RegularFile.ReadBytes(handle, start, end - start);
        var (text, error) = FileText.Encode(path, bytes, payload.Encoding);
        if (text is null) return error!;
        var facts = new JsonObject
        {
            ["size"] = RandomAccess.GetLength(handle),
            ["sha256"] = RegularFile.ComputeSha256(bytes),
            ["line"] = first,
            ["lines"] = lines,
            ["offset"] = start,
            ["length"] = bytes.Length,
        };
        return new FileOutcome(text, facts, null);
    }

    /// <summary>Where the lines begin and end, and how many there are. Holds one block of the file at a time.</summary>
    private static (long Start, long End, long Lines) FindRange(SafeFileHandle handle, long first, long count)
    {
        var buffer = new byte[64 * 1024];
        // Behind how many line ends the wanted ones begin and are over.
        var (before, last) = (first - 1, count > long.MaxValue - first ? long.MaxValue : first - 1 + count);
        long at = 0, ends = 0, start = before == 0 ? 0 : -1, lineStart = 0;
        for (int got; (got = RandomAccess.Read(handle, buffer, at)) > 0; at += got)
        {
            var rest = buffer.AsSpan(0, got);
            for (int next; (next = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(next + 1)..])
            {
                ends++;
                lineStart = at + got - rest.Length + next + 1;
                if (ends == before) start = lineStart;
                if (ends == last) return (start, lineStart, count);
            }
        }
        return start < 0 ? (at, at, 0) : (start, at, ends - before + (at > lineStart ? 1 : 0));
    }
}
