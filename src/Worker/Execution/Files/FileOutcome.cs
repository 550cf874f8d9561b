using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files;

/// <summary>How a file task ended: text for stdout and facts for the metadata, or an error.</summary>
internal sealed record FileOutcome(byte[]? Text, JsonObject? Facts, FileError? Error)
{
    public static FileOutcome FromText(string text, JsonObject facts) => new(Encoding.UTF8.GetBytes(text), facts, null);

    public static implicit operator FileOutcome(FileError error) => new(null, null, error);
}

/// <summary>An expected failure of a file task: a word for programs and a sentence for people.</summary>
internal sealed record FileError(string Reason, string Sentence)
{
    /// <summary>True when the owner's rules said no: the task ends <c>rejected</c> and not <c>failed</c>.</summary>
    public bool IsRejection { get; init; }

    /// <summary>A rejection by one of the owner's rules.</summary>
    public static FileError RejectedByRule(string rule, string sentence) => new(rule, sentence) { IsRejection = true };

    public static FileError BadPath(string sentence) => new("bad-path", sentence);

    public static FileError NotFound(string path) => new("not-found", $"{path} does not exist");

    public static FileError NotRegular(string path, FileType type) =>
        new("not-a-regular-file", $"{path} is {DescribeType(type)}; only regular files can be read, written or edited")
        {
            // A folder is a mistake; a pipe, a device or a link that was put there is not for tasks at all.
            IsRejection = type != FileType.Directory,
        };

    public static FileError UnknownEncoding(string encoding) => new("bad-encoding", $"encoding {encoding} is unknown; use utf8 or base64");

    public static FileError TooLarge(string sentence) => new("too-large", sentence);

    public static FileError TaskStopped(string path) => new("stopped", $"{path} was left as it was");

    public static FileError AlreadyExists(string path) => new("file-exists", $"{path} is there already");

    public static FileError ChangedMeanwhile(string path) =>
        new("file-changed", $"{path} was changed by somebody else meanwhile; nothing was written");

    /// <summary>Maps an error of the operating system.</summary>
    public static FileError FromException(string path, Exception error) => error switch
    {
        ClosedFolderException closed => RejectedByRule(closed.Rule, $"{path} {closed.Message}"),
        UnexpectedLinkException => NotRegular(path, FileType.Other),
        FileNotFoundException => NotFound(path),
        DirectoryNotFoundException => NotFound(path),
        UnauthorizedAccessException => new("no-permission", $"{path}: permission denied"),
        _ => new("io-error", $"{path}: {error.Message}"),
    };

    private static string DescribeType(FileType type) => type switch
    {
        FileType.Directory => "a folder",
        FileType.Fifo => "a named pipe",
        FileType.Device => "a device",
        FileType.Socket => "a socket",
        _ => "not a regular file",
    };
}
