using System.Buffers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>Payload of <c>claude-cli</c>.</summary>
public sealed record ClaudePayload : IPayload
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

    /// <inheritdoc/>
    public bool NeedsProtocol2() => Model is not null || Cwd is not null;

    /// <inheritdoc/>
    public void Check(FieldErrors errors)
    {
        if (Prompt is null || Prompt.AsSpan().Trim().IsEmpty) errors.Add("prompt", "is required");
        else errors.Text("prompt", Prompt);
        if (SessionId is null) errors.Add("sessionId", "is required");
        else if (!IsSessionId(SessionId)) errors.Add("sessionId", "must be a UUID or the first 4 to 36 characters of one");
        if (Model is not null && !IsModel(Model)) errors.Add("model", "must be a model's name: letters, digits and . _ : / @ [ ] -");
        errors.Path("cwd", Cwd);
        if (CallbackChannel is not null && !IsChannel(CallbackChannel))
            errors.Add("callbackChannel", "must be a channel's id: 1 to 20 digits");
        if (CallbackBotToken is not null && !IsBotToken(CallbackBotToken)) errors.Add("callbackBotToken", "must be a bot token");
    }

    private static readonly SearchValues<char> SessionLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    private static readonly SearchValues<char> ModelLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:/@[]");

    /// <summary>True for a UUID or a prefix of one: never an option of the CLI, never a path.</summary>
    public static bool IsSessionId(ReadOnlySpan<char> id) =>
        id.Length is >= 4 and <= 36 && id[0] != '-' && !id.ContainsAnyExcept(SessionLetters);

    /// <summary>True for the id of a chat channel (a snowflake): it becomes part of a URL.</summary>
    public static bool IsChannel(ReadOnlySpan<char> id) => id.Length is >= 1 and <= 20 && !id.ContainsAnyExceptInRange('0', '9');

    private static bool IsModel(ReadOnlySpan<char> model) =>
        model.Length is >= 1 and <= 128 && char.IsAsciiLetterOrDigit(model[0]) && !model.ContainsAnyExcept(ModelLetters);

    /// <summary>Visible ASCII only: it becomes part of a header.</summary>
    private static bool IsBotToken(ReadOnlySpan<char> token) =>
        token.Length is >= 1 and <= 200 && !token.ContainsAnyExceptInRange('!', '~');
}
