namespace OpenClaw.Protocol.Payloads;

/// <summary>Names of the built-in kinds. A custom kind is any other <c>[a-z0-9][a-z0-9-]{0,62}</c>.</summary>
public static class Kinds
{
    /// <summary>Shell text or a program with arguments.</summary>
    public const string Command = "command";
    /// <summary>Reads a file.</summary>
    public const string FileRead = "file-read";
    /// <summary>Writes a file.</summary>
    public const string FileWrite = "file-write";
    /// <summary>Edits a file.</summary>
    public const string FileEdit = "file-edit";
    /// <summary>What stands at a path.</summary>
    public const string FileStat = "file-stat";
    /// <summary>What is in a folder, page by page.</summary>
    public const string FileList = "file-list";
    /// <summary>A folder as a tar archive.</summary>
    public const string FileTar = "file-tar";
    /// <summary>A piece of a large file to the PC.</summary>
    public const string FileUpload = "file-upload";
    /// <summary>A piece of a large file from the PC.</summary>
    public const string FileDownload = "file-download";
    /// <summary>One turn of Claude Code.</summary>
    public const string Claude = "claude-cli";
    /// <summary>One turn of Codex.</summary>
    public const string Codex = "codex-cli";
    /// <summary>One turn of Gemini CLI.</summary>
    public const string Gemini = "gemini-cli";
    /// <summary>All of them, in the order of <see cref="PayloadCatalog"/>.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } =
        [Command, FileRead, FileWrite, FileEdit, FileStat, FileList, FileTar, FileUpload, FileDownload, Claude, Codex, Gemini];
}
