using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Protocol.Tasks;

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
