using System.Text.Json.Serialization;

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
    /// <summary>One turn of Claude Code.</summary>
    public const string Claude = "claude-cli";
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = [Command, FileRead, FileWrite, FileEdit, Claude];
}

/// <summary>Payload of <c>command</c>: exactly one of <see cref="Command"/> and <see cref="Argv"/>.</summary>
public sealed record CommandPayload
{
    /// <summary>Text for the shell.</summary>
    public string? Command { get; init; }
    /// <summary>Program and arguments.</summary>
    public string[]? Argv { get; init; }
    /// <summary>Extra environment.</summary>
    public Dictionary<string, string>? Env { get; init; }
    /// <summary>Working directory.</summary>
    public string? Cwd { get; init; }
    /// <summary>Shell instead of the user's.</summary>
    public string? Shell { get; init; }
    /// <summary>Text for standard input.</summary>
    public string? Stdin { get; init; }
    /// <summary>True when a worker of the original's protocol can run it: nothing but a command text.</summary>
    [JsonIgnore] public bool IsPlain => Command is not null && Argv is null && Env is null && Cwd is null && Shell is null && Stdin is null;
}

/// <summary>Payload of <c>file-read</c>.</summary>
public sealed record FileReadPayload
{
    /// <summary>Which file.</summary>
    public required string Path { get; init; }
    /// <summary>utf8 or base64.</summary>
    public string? Encoding { get; init; }
    /// <summary>First byte.</summary>
    public long? Offset { get; init; }
    /// <summary>Number of bytes.</summary>
    public long? Length { get; init; }
}

/// <summary>Payload of <c>file-write</c>.</summary>
public sealed record FileWritePayload
{
    /// <summary>Which file.</summary>
    public required string Path { get; init; }
    /// <summary>Content in the encoding.</summary>
    public required string Content { get; init; }
    /// <summary>utf8 or base64.</summary>
    public string? Encoding { get; init; }
}

/// <summary>Payload of <c>file-edit</c>.</summary>
public sealed record FileEditPayload
{
    /// <summary>Which file.</summary>
    public required string Path { get; init; }
    /// <summary>Text to find, literally.</summary>
    public required string OldString { get; init; }
    /// <summary>Text to put there, literally.</summary>
    public required string NewString { get; init; }
    /// <summary>All occurrences.</summary>
    public bool ReplaceAll { get; init; }
    /// <summary>SHA-256 (hex) before.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>Payload of <c>claude-cli</c>.</summary>
public sealed record ClaudePayload
{
    /// <summary>The turn's text; reaches the CLI on stdin, byte for byte.</summary>
    public required string Prompt { get; init; }
    /// <summary>Conversation: a UUID, or a prefix of one that exists on the PC.</summary>
    public required string SessionId { get; init; }
    /// <summary>Model.</summary>
    public string? Model { get; init; }
    /// <summary>Working directory.</summary>
    public string? Cwd { get; init; }
    /// <summary>Chat channel that gets the answer.</summary>
    public string? CallbackChannel { get; init; }
    /// <summary>Bot token for it.</summary>
    public string? CallbackBotToken { get; init; }
}
