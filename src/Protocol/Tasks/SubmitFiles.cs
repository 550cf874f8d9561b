using System.Text.Json.Serialization;

namespace OpenClaw.Protocol.Tasks;

/// <summary>The body of POST /files/write.</summary>
public sealed record SubmitFileWrite : Envelope
{
    /// <summary>Where.</summary>
    public string? Path { get; init; }
    /// <summary>What, byte for byte after decoding.</summary>
    [JsonConverter(typeof(LongTextConverter))] public string? Content { get; init; }
    /// <summary><c>utf8</c> (default) or <c>base64</c>.</summary>
    public string? Encoding { get; init; }
    /// <summary>SHA-256 (hex) the file must have before.</summary>
    public string? Sha256 { get; init; }
    /// <summary>The file must not be there yet.</summary>
    public bool? IfAbsent { get; init; }
}

/// <summary>POST /files/upload: one piece of a large file, as kind <c>file-upload</c> has it.</summary>
public sealed record SubmitFileUpload : Envelope
{
    /// <summary>Where the file goes.</summary>
    public string? Path { get; init; }
    /// <summary>Name of this upload, the same for all pieces.</summary>
    public string? Upload { get; init; }
    /// <summary>Bytes of the file before this piece.</summary>
    public long? Offset { get; init; }
    /// <summary>The bytes, base64; none asks how much is there.</summary>
    [JsonConverter(typeof(LongTextConverter))] public string? Content { get; init; }
    /// <summary>SHA-256 (hex) of the bytes of this piece.</summary>
    public string? PieceSha256 { get; init; }
    /// <summary>On the last piece: SHA-256 (hex) of the whole file.</summary>
    public string? FileSha256 { get; init; }
    /// <summary>SHA-256 (hex) the file must have before it is replaced.</summary>
    public string? Sha256 { get; init; }
    /// <summary>The file must not be there yet.</summary>
    public bool? IfAbsent { get; init; }
}

/// <summary>The body of POST /files/read.</summary>
public sealed record SubmitFileRead : Envelope
{
    /// <summary>Which file.</summary>
    public string? Path { get; init; }
    /// <summary><c>utf8</c> (default) or <c>base64</c>.</summary>
    public string? Encoding { get; init; }
    /// <summary>First byte, default 0.</summary>
    public long? Offset { get; init; }
    /// <summary>Number of bytes, default all.</summary>
    public long? Length { get; init; }
    /// <summary>First line, from 1; instead of <see cref="Offset"/>.</summary>
    public long? Line { get; init; }
    /// <summary>Number of lines, default all.</summary>
    public long? Lines { get; init; }
}

/// <summary>POST /files/edit. Snake case as in the Node project.</summary>
public sealed record SubmitFileEdit : Envelope
{
    /// <summary>Which file.</summary>
    public string? Path { get; init; }
    /// <summary>Text to find, literally.</summary>
    [JsonPropertyName("old_string")] public string? OldString { get; init; }
    /// <summary>Text to put there, literally.</summary>
    [JsonPropertyName("new_string")] public string? NewString { get; init; }
    /// <summary>Replace every occurrence instead of requiring exactly one.</summary>
    [JsonPropertyName("replace_all")] public bool? ReplaceAll { get; init; }
    /// <summary>SHA-256 (hex) the file must have before.</summary>
    public string? Sha256 { get; init; }
}
