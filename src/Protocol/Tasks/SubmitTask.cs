using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Protocol.Tasks;

/// <summary>What every submit may carry beside its payload. All optional; durations in ms.</summary>
public abstract record Envelope
{
    /// <summary>How long one attempt may run, ms.</summary>
    public long? Timeout { get; init; }
    /// <summary>Name of the one PC that may run it.</summary>
    public string? Worker { get; init; }
    /// <summary>Labels the PC must have, all of them.</summary>
    public string[]? Labels { get; init; }
    /// <summary>0 to 9; higher goes first.</summary>
    public int? Priority { get; init; }
    /// <summary>How long it may wait for its first start, ms.</summary>
    public long? StartWithin { get; init; }
    /// <summary>How many attempts may fail before the task does.</summary>
    public int? MaxAttempts { get; init; }
    /// <summary>Time between SIGTERM and SIGKILL, ms.</summary>
    public long? KillGrace { get; init; }
    /// <summary>How long it may print nothing, ms.</summary>
    public long? Silence { get; init; }
    /// <summary>Tasks with the same key run one at a time, in order.</summary>
    public string? ConcurrencyKey { get; init; }
    /// <summary>Free text pairs, kept and shown.</summary>
    public Dictionary<string, string>? Tags { get; init; }
    /// <summary>Answer with the result when it comes within so many ms, else with the id.</summary>
    public long? Wait { get; init; }
}

/// <summary>POST /tasks: a shell command, a program with arguments, or any kind with its payload.</summary>
public sealed record SubmitTask : Envelope
{
    /// <summary>Text for the user's shell.</summary>
    public string? Command { get; init; }
    /// <summary>Program and arguments, no shell.</summary>
    public string[]? Argv { get; init; }
    /// <summary>Extra environment.</summary>
    public Dictionary<string, string>? Env { get; init; }
    /// <summary>Working directory; default the worker's home.</summary>
    public string? Cwd { get; init; }
    /// <summary>Shell program to use instead of the user's.</summary>
    public string? Shell { get; init; }
    /// <summary>Text for standard input.</summary>
    public string? Stdin { get; init; }
    /// <summary>Runs it on a terminal: everything it prints is standard output.</summary>
    public bool? Pty { get; init; }
    /// <summary>Columns of the terminal, 80.</summary>
    public int? Cols { get; init; }
    /// <summary>Rows of the terminal, 24.</summary>
    public int? Rows { get; init; }
    /// <summary>What its processes may use.</summary>
    public TaskLimits? Limits { get; init; }
    /// <summary>Kind, when it is not a command.</summary>
    public string? Kind { get; init; }
    /// <summary>Payload of that kind.</summary>
    public JsonElement? Payload { get; init; }
}

/// <summary>POST /files/write.</summary>
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

/// <summary>POST /files/read.</summary>
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
    [System.Text.Json.Serialization.JsonPropertyName("old_string")] public string? OldString { get; init; }
    /// <summary>Text to put there, literally.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("new_string")] public string? NewString { get; init; }
    /// <summary>Replace every occurrence instead of requiring exactly one.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("replace_all")] public bool? ReplaceAll { get; init; }
    /// <summary>SHA-256 (hex) the file must have before.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>POST /claude, /codex, /gemini: a turn of a command-line agent.</summary>
public sealed record SubmitTurn : Envelope
{
    /// <summary>The turn's text.</summary>
    public string? Prompt { get; init; }
    /// <summary>Conversation to go on with, or the beginning of its id; made when absent.</summary>
    public string? SessionId { get; init; }
    /// <summary>Begin a copy of that conversation instead, with an id of its own; the answer says which.</summary>
    public bool? Fork { get; init; }
    /// <summary>Chat channel that gets the answer.</summary>
    public string? CallbackChannel { get; init; }
    /// <summary>Bot token for that channel, instead of the server's.</summary>
    public string? CallbackBotToken { get; init; }
    /// <summary>Model to use.</summary>
    public string? Model { get; init; }
    /// <summary>Model to take when that one is overloaded; several with a comma between them.</summary>
    public string? FallbackModel { get; init; }
    /// <summary>Most rounds with tools.</summary>
    public int? MaxTurns { get; init; }
    /// <summary>Most US dollars the turn may cost.</summary>
    public double? MaxBudgetUsd { get; init; }
    /// <summary>Permission mode, not laxer than the owner's own.</summary>
    public string? PermissionMode { get; init; }
    /// <summary>Tools of those the owner allows that it may use unasked.</summary>
    public string[]? AllowedTools { get; init; }
    /// <summary>Working directory.</summary>
    public string? Cwd { get; init; }
    /// <summary>What its processes may use; the owner may set lower ones.</summary>
    public TaskLimits? Limits { get; init; }
    /// <summary>Kept as a tag.</summary>
    public string? Origin { get; init; }
    /// <summary>Kept as a tag.</summary>
    public string? DispatchMode { get; init; }
    /// <summary>Kept as a tag.</summary>
    public string? ResponseMode { get; init; }
    /// <summary>Kept as a tag.</summary>
    public string? Entrypoint { get; init; }
}

/// <summary>Answer to a submit.</summary>
public sealed record Submitted
{
    /// <summary>Id of the task.</summary>
    public required string TaskId { get; init; }
    /// <summary>Conversation, for an agent's turn.</summary>
    public string? SessionId { get; init; }
    /// <summary>A sentence.</summary>
    public required string Message { get; init; }
}
