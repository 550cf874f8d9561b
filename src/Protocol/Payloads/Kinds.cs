using System.Text.Json.Serialization.Metadata;

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

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = [.. BuiltInKinds.All.Select(kind => kind.Name)];

    /// <summary>Those that workers of the compatible protocol run.</summary>
    public static IReadOnlyList<string> Compatible { get; } =
        [.. BuiltInKinds.All.Where(kind => !kind.NeedsSessionProtocol).Select(kind => kind.Name)];

    /// <summary>Those that only look at files and change nothing.</summary>
    public static IReadOnlyList<string> Reading { get; } =
        [.. BuiltInKinds.All.Where(kind => kind.OnlyReads).Select(kind => kind.Name)];
}

/// <summary>A built-in kind: how its payload is read and written, how long it may run by default (ms).</summary>
internal sealed record PayloadKind(string Name, Func<JsonTypeInfo> GetJson, long DefaultTimeout)
{
    /// <summary>Workers of the compatible protocol don't know the kind.</summary>
    public bool NeedsSessionProtocol { get; init; }

    /// <summary>It looks at files and changes nothing, which the policy of a PC may allow where writing is not.</summary>
    public bool OnlyReads { get; init; }
}

/// <summary>
/// The sole list of built-in kinds. A new kind is a name and a line here, a payload with its line in <see cref="ProtocolJson"/>, and in the
/// worker an executor with its line in <c>ConfiguredExecutors</c>.
/// </summary>
internal static class BuiltInKinds
{
    /// <summary>Of kinds that say nothing else, ms.</summary>
    public const long DefaultTimeout = 30_000;

    private const long OfAgents = 120_000;
    private const long OfTransfers = 120_000;

    public static readonly PayloadKind[] All =
    [
        new(Kinds.Command, () => ProtocolJson.Default.CommandPayload, DefaultTimeout),
        new(Kinds.FileRead, () => ProtocolJson.Default.FileReadPayload, DefaultTimeout) { OnlyReads = true },
        new(Kinds.FileWrite, () => ProtocolJson.Default.FileWritePayload, DefaultTimeout),
        new(Kinds.FileEdit, () => ProtocolJson.Default.FileEditPayload, DefaultTimeout),
        new(Kinds.FileStat, () => ProtocolJson.Default.FileStatPayload, DefaultTimeout) { OnlyReads = true },
        new(Kinds.FileList, () => ProtocolJson.Default.FileListPayload, DefaultTimeout) { OnlyReads = true },
        new(Kinds.FileTar, () => ProtocolJson.Default.FileTarPayload, 300_000) { OnlyReads = true },
        new(Kinds.FileUpload, () => ProtocolJson.Default.FileUploadPayload, OfTransfers),
        new(Kinds.FileDownload, () => ProtocolJson.Default.FileDownloadPayload, OfTransfers) { OnlyReads = true },
        new(Kinds.Claude, () => ProtocolJson.Default.AgentPayload, OfAgents),
        new(Kinds.Codex, () => ProtocolJson.Default.AgentPayload, OfAgents) { NeedsSessionProtocol = true },
        new(Kinds.Gemini, () => ProtocolJson.Default.AgentPayload, OfAgents) { NeedsSessionProtocol = true },
    ];

    /// <summary>The kind with this name; null: it is a custom one.</summary>
    public static PayloadKind? FindKind(string name)
    {
        foreach (var kind in All)
        {
            if (kind.Name == name) return kind;
        }
        return null;
    }
}
