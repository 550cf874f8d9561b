using System.Buffers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>One turn of a command-line agent: payload of <c>claude-cli</c>, <c>codex-cli</c>, <c>gemini-cli</c>.</summary>
public sealed record AgentPayload : IPayload
{
    /// <summary>The turn's text; reaches the CLI on stdin, byte for byte.</summary>
    public required string Prompt { get; init; }
    /// <summary>Conversation: a UUID, or a prefix of one that exists on the PC.</summary>
    public required string SessionId { get; init; }
    /// <summary>
    /// A conversation this turn begins a copy of, under <see cref="SessionId"/>; it is left as it is. Null: the turn goes on.
    /// </summary>
    public string? ForkOf { get; init; }
    /// <summary>Model.</summary>
    public string? Model { get; init; }
    /// <summary>Model to take when that one is overloaded; several with a comma between them.</summary>
    public string? FallbackModel { get; init; }
    /// <summary>Most rounds with tools.</summary>
    public int? MaxTurns { get; init; }
    /// <summary>Most US dollars the turn may cost.</summary>
    public double? MaxBudgetUsd { get; init; }
    /// <summary>Permission mode, not laxer than the owner's own.</summary>
    public string? PermissionMode { get; init; }
    /// <summary>Tools of those the owner allows that it may use unasked; null: all of those.</summary>
    public string[]? AllowedTools { get; init; }
    /// <summary>Working directory.</summary>
    public string? Cwd { get; init; }
    /// <summary>What its processes may use; the owner may set lower ones.</summary>
    public TaskLimits? Limits { get; init; }
    /// <summary>Chat channel that gets the answer.</summary>
    public string? CallbackChannel { get; init; }
    /// <summary>Bot token for it.</summary>
    public string? CallbackBotToken { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => Model is not null || Cwd is not null || ForkOf is not null || FallbackModel is not null
        || MaxTurns is not null || MaxBudgetUsd is not null || PermissionMode is not null || AllowedTools is not null || Limits is not null;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        if (Prompt is null || Prompt.AsSpan().Trim().IsEmpty) errors.Add("prompt", "is required");
        else errors.RequireText("prompt", Prompt);
        ValidateSession(errors);
        if (Model is not null && !IsModel(Model)) errors.Add("model", ModelRule);
        if (FallbackModel is not null && !FallbackModel.Split(',').All(model => IsModel(model))) errors.Add("fallbackModel", ModelRule);
        errors.RequireRange("maxTurns", MaxTurns, 1, Protocol.Limits.AgentTurns);
        if (MaxBudgetUsd is { } budget && !(budget is > 0 and <= Protocol.Limits.AgentBudgetUsd))
            errors.Add("maxBudgetUsd", $"must be over 0 and at most {Protocol.Limits.AgentBudgetUsd}");
        if (PermissionMode is not null && !IsModeName(PermissionMode))
            errors.Add("permissionMode", "must be a mode's name: letters, digits, _ and -");
        ValidateTools(errors);
        errors.RequirePath("cwd", Cwd);
        Limits?.Validate(errors.Within("limits"));
        if (CallbackChannel is not null && !IsChannel(CallbackChannel))
            errors.Add("callbackChannel", "must be a channel's id: 1 to 20 digits");
        if (CallbackBotToken is not null && !IsBotToken(CallbackBotToken)) errors.Add("callbackBotToken", "must be a bot token");
    }

    private const string ModelRule = "must be a model's name: letters, digits and . _ : / @ [ ] -";

    private static readonly SearchValues<char> SessionLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    private static readonly SearchValues<char> ModelLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:/@[]");

    /// <summary>True for a UUID or a prefix of one: never an option of the CLI, never a path.</summary>
    public static bool IsSessionId(ReadOnlySpan<char> id) =>
        id.Length is >= 4 and <= 36 && id[0] != '-' && !id.ContainsAnyExcept(SessionLetters);

    /// <summary>True for a whole id.</summary>
    public static bool IsWholeSessionId(ReadOnlySpan<char> id) => Guid.TryParseExact(id, "D", out _);

    /// <summary>True for the id of a chat channel (a snowflake): it becomes part of a URL.</summary>
    public static bool IsChannel(ReadOnlySpan<char> id) => id.Length is >= 1 and <= 20 && !id.ContainsAnyExceptInRange('0', '9');

    private void ValidateSession(FieldErrors errors)
    {
        const string rule = "must be a UUID or the first 4 to 36 characters of one";
        if (SessionId is null) errors.Add("sessionId", "is required");
        else if (!IsSessionId(SessionId)) errors.Add("sessionId", rule);
        if (ForkOf is null) return;
        if (!IsSessionId(ForkOf)) errors.Add("forkOf", rule);
        else if (SessionId is not null && !IsWholeSessionId(SessionId))
            errors.Add("sessionId", "must be a whole UUID when forkOf is given");
        else if (ForkOf.Equals(SessionId, StringComparison.OrdinalIgnoreCase)) errors.Add("forkOf", "must not be the session itself");
    }

    private void ValidateTools(FieldErrors errors)
    {
        if (AllowedTools is not { } tools) return;
        if (tools.Length > Protocol.Limits.AgentTools)
            errors.Add("allowedTools", $"must have at most {Protocol.Limits.AgentTools} entries");
        for (var i = 0; i < tools.Length && i < Protocol.Limits.AgentTools; i++)
        {
            if (string.IsNullOrWhiteSpace(tools[i]) || tools[i].StartsWith('-')) errors.Add($"allowedTools[{i}]", "must be a tool's name");
            else errors.RequireText($"allowedTools[{i}]", tools[i], Protocol.Limits.AgentTool);
        }
    }

    private static bool IsModel(ReadOnlySpan<char> model) =>
        model.Length is >= 1 and <= 128 && char.IsAsciiLetterOrDigit(model[0]) && !model.ContainsAnyExcept(ModelLetters);

    private static bool IsModeName(string word) =>
        word.Length is >= 1 and <= 64 && char.IsAsciiLetter(word[0]) && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>Visible ASCII only: it becomes part of a header.</summary>
    private static bool IsBotToken(ReadOnlySpan<char> token) =>
        token.Length is >= 1 and <= 200 && !token.ContainsAnyExceptInRange('!', '~');
}
