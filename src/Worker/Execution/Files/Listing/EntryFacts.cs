using System.Globalization;
using System.Text.Json.Nodes;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>The facts that are listed about a file or folder.</summary>
internal static class EntryFacts
{
    public static JsonObject FromStatus(string path, FileStatus status)
    {
        var facts = new JsonObject
        {
            ["path"] = FileName.Escape(path),
            ["type"] = FormatType(status),
            ["size"] = status.Size,
        };
        // Otherwise a name that only looks escaped could not be distinguished from an escaped one.
        if (!FileName.IsText(path)) facts["escaped"] = true;
        AddTime(facts, status.Changed);
        if (!OperatingSystem.IsWindows()) facts["mode"] = "0" + Convert.ToString((int)status.Mode, 8);
        return facts;
    }

    /// <summary>When it was last changed; a time that no calendar of four digits has is given in seconds since 1970.</summary>
    public static void AddTime(JsonObject facts, FileTime changed)
    {
        facts["mtime"] = changed.Utc?.ToString("O", CultureInfo.InvariantCulture);
        if (changed.Utc is null) facts["mtimeSeconds"] = changed.Seconds;
    }

    private static string FormatType(FileStatus status) => status.Type switch
    {
        _ when status.IsLink => "link",
        FileType.Regular => "file",
        FileType.Directory => "folder",
        FileType.Fifo => "pipe",
        FileType.Device => "device",
        FileType.Socket => "socket",
        _ => "other",
    };
}
