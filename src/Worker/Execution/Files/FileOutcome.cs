using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Files.Roots;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>How a file task ended: text for stdout and facts for the metadata, or a fault.</summary>
internal sealed record FileOutcome(byte[]? Text, JsonObject? Facts, FileFault? Fault)
{
    public static FileOutcome Done(string text, JsonObject facts) => new(Encoding.UTF8.GetBytes(text), facts, null);

    public static implicit operator FileOutcome(FileFault fault) => new(null, null, fault);
}

/// <summary>An expected failure of a file task: a word for programs and a sentence for people.</summary>
internal sealed record FileFault(string Reason, string Sentence)
{
    /// <summary>True when the owner's rules said no: the task ends <c>rejected</c> and not <c>failed</c>.</summary>
    public bool Refused { get; init; }

    /// <summary>A refusal by a rule of the owner's.</summary>
    public static FileFault ByRule(string rule, string sentence) => new(rule, sentence) { Refused = true };

    public static FileFault BadPath(string sentence) => new("bad-path", sentence);

    public static FileFault NotFound(string path) => new("not-found", $"{path} does not exist");

    public static FileFault NotRegular(string path, FileType type) =>
        new("not-a-regular-file", $"{path} is {Name(type)}; only regular files can be read, written or edited")
        {
            // A folder is a mistake; a pipe, a device or a link that was put there is not for tasks at all.
            Refused = type != FileType.Directory,
        };

    public static FileFault Encoding(string encoding) => new("bad-encoding", $"encoding {encoding} is unknown; use utf8 or base64");

    public static FileFault TooLarge(string sentence) => new("too-large", sentence);

    public static FileFault Stopped(string path) => new("stopped", $"{path} was left as it was");

    public static FileFault Exists(string path) => new("file-exists", $"{path} is there already");

    public static FileFault Changed(string path) =>
        new("file-changed", $"{path} was changed by somebody else meanwhile; nothing was written");

    /// <summary>What the operating system said no to.</summary>
    public static FileFault From(string path, Exception error) => error switch
    {
        RefusedPlaceException refused => ByRule(refused.Rule, $"{path} {refused.Message}"),
        LinkRefusedException => NotRegular(path, FileType.Other),
        FileNotFoundException => NotFound(path),
        DirectoryNotFoundException => NotFound(path),
        UnauthorizedAccessException => new("no-permission", $"{path}: permission denied"),
        _ => new("io-error", $"{path}: {error.Message}"),
    };

    /// <summary>The exceptions with which .NET reports an operating system's no.</summary>
    public static bool Covers(Exception error) =>
        error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    private static string Name(FileType type) => type switch
    {
        FileType.Directory => "a folder",
        FileType.Fifo => "a named pipe",
        FileType.Device => "a device",
        FileType.Socket => "a socket",
        _ => "not a regular file",
    };
}
