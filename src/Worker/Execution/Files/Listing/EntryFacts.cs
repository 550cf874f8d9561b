using System.Globalization;
using System.Text.Json.Nodes;

namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>What is said of a file or folder.</summary>
internal static class EntryFacts
{
    public static JsonObject Of(string path, FileStatus status)
    {
        var facts = new JsonObject
        {
            ["path"] = path,
            ["type"] = Word(status),
            ["size"] = status.Size,
            ["mtime"] = status.Changed.ToString("O", CultureInfo.InvariantCulture),
        };
        if (!OperatingSystem.IsWindows())
            facts["mode"] = "0" + Convert.ToString((int)status.Mode, 8);
        return facts;
    }

    private static string Word(FileStatus status) => status.Type switch
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
