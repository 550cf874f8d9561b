using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files;

internal static class FileReading
{
    /// <summary>
    /// Most text one read gives; it is what the server keeps of a task's output, so nothing is cut silently. In base64 three
    /// quarters of it are bytes of the file.
    /// </summary>
    public const int MaxText = 10 * 1024 * 1024;

    public static FileOutcome ReadFile(RootedPath place, FileReadPayload payload)
    {
        if (payload.Offset is < 0 || payload.Length is < 0) return new FileError("bad-range", "offset and length can't be negative");
        if (!FileText.IsEncoding(payload.Encoding)) return FileError.UnknownEncoding(payload.Encoding!);
        var (handle, openError) = RegularFile.Open(place);
        if (handle is null) return openError!;
        using (handle)
        {
            try
            {
                return ReadFile(place.Full, payload, handle);
            }
            catch (Exception error) when (FileSystemCalls.IsExpected(error))
            {
                return FileError.FromException(place.Full, error);
            }
        }
    }

    private static FileOutcome ReadFile(string path, FileReadPayload payload, SafeFileHandle handle)
    {
        if ((payload.Line ?? payload.Lines) is not null) return FileLines.ReadRange(path, payload, handle);
        var most = payload.Encoding == "base64" ? MaxText / 4 * 3 : MaxText;
        var offset = payload.Offset ?? 0;
        var bytes = RegularFile.ReadBytes(handle, offset, Math.Min(payload.Length ?? long.MaxValue, most + 1L));
        var size = Math.Max(RandomAccess.GetLength(handle), offset == 0 ? bytes.Length : 0);
        if (bytes.Length > most)
            return FileError.TooLarge($"{path} is {size} bytes; one read gives at most {most}: read it in parts with offset and length");
        var (text, error) = FileText.Encode(path, bytes, payload.Encoding);
        return text is null ? error! : new FileOutcome(text, CreateFacts(payload, handle, bytes, size), null);
    }

    // sha256 is of the bytes returned: the whole file's unless a range was asked for, and then the range is beside it.
    private static JsonObject CreateFacts(FileReadPayload payload, SafeFileHandle handle, byte[] bytes, long size)
    {
        var facts = new JsonObject
        {
            ["size"] = size,
            ["sha256"] = RegularFile.ComputeSha256(bytes),
        };
        EntryFacts.AddTime(facts, Posix.GetChangeTime(handle));
        if (payload.Offset is null && payload.Length is null) return facts;
        facts["offset"] = payload.Offset ?? 0;
        facts["length"] = bytes.Length;
        return facts;
    }
}
