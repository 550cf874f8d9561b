using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;

namespace OpenClaw.Protocol.Tasks;

/// <summary>What a submit asks for beside its envelope: the closed payload, the conversation and the tags.</summary>
public sealed record ValidatedSubmit(SealedPayload Payload, IReadOnlyDictionary<string, string>? Tags)
{
    /// <summary>The turn of a conversation it is; null for every other task.</summary>
    public AgentTurn? Turn { get; init; }

    /// <summary>
    /// Where it may run is what the envelope says. A turn belongs to the PC of its conversation, and a custom kind to those that take its
    /// payload.
    /// </summary>
    public bool IsRoutedByEnvelope => Turn is null && Kinds.BuiltIn.Contains(Payload.Kind);
}

/// <summary>A turn of an agent's conversation. <see cref="Begins"/>: its id was made for this turn, nobody can know it yet.</summary>
public sealed record AgentTurn(Agent Agent, AgentPayload Payload, bool Begins)
{
    /// <summary>The conversation, as it is called among those of all agents.</summary>
    public string SessionKey => Agent.ToSessionKey(Payload.SessionId);
}

/// <summary>Checks a submit as a whole and closes its payload. Pure; null when something is wrong, with every error found.</summary>
public static class SubmitMapper
{
    /// <summary>What POST /tasks submits; null with errors.</summary>
    public static ValidatedSubmit? ToValidatedSubmit(this SubmitTask submit, FieldErrors errors)
    {
        submit = submit.Unfold();
        submit.ValidateEnvelope(errors);
        submit.ValidateSigned(errors);
        if (submit.Kind is null && submit.Payload is not null) errors.Add("payload", "needs a kind");
        if (submit.Kind is null || (submit.Kind == Kinds.Command && submit.Payload is null))
            return ValidateAndSeal(Kinds.Command, submit.ToCommandPayload(), submit, errors);
        submit.RequireNoCommandFields(errors);
        var (closed, opened) = PayloadCatalog.ReadAndSeal(submit.Kind, submit.Payload, errors);
        if (opened is AgentPayload) RequireNoConcurrencyKey(submit, errors);
        if (closed is null || errors.Any) return null;
        var turn = opened is AgentPayload said ? new AgentTurn(Agents.FindByKind(submit.Kind)!, said, Begins: false) : null;
        return new(closed, submit.Tags) { Turn = turn };
    }

    /// <summary>What POST /files/write submits; null with errors.</summary>
    public static ValidatedSubmit? ToValidatedSubmit(this SubmitFileWrite submit, FieldErrors errors)
    {
        submit.ValidateEnvelope(errors);
        var payload = new FileWritePayload
        {
            Path = submit.Path!,
            Content = submit.Content!,
            Encoding = submit.Encoding,
            Sha256 = submit.Sha256,
            IfAbsent = submit.IfAbsent,
        };
        return ValidateAndSeal(Kinds.FileWrite, payload, submit, errors);
    }

    /// <summary>What POST /files/upload submits; null with errors.</summary>
    public static ValidatedSubmit? ToValidatedSubmit(this SubmitFileUpload submit, FieldErrors errors)
    {
        submit.ValidateEnvelope(errors);
        if (submit.Offset is null) errors.Add("offset", "is required");
        var payload = new FileUploadPayload
        {
            Path = submit.Path!,
            Upload = submit.Upload!,
            Offset = submit.Offset ?? 0,
            Content = submit.Content!,
            PieceSha256 = submit.PieceSha256!,
            FileSha256 = submit.FileSha256,
            Sha256 = submit.Sha256,
            IfAbsent = submit.IfAbsent,
        };
        return ValidateAndSeal(Kinds.FileUpload, payload, submit, errors);
    }

    /// <summary>What POST /files/read submits; null with errors.</summary>
    public static ValidatedSubmit? ToValidatedSubmit(this SubmitFileRead submit, FieldErrors errors)
    {
        submit.ValidateEnvelope(errors);
        var payload = new FileReadPayload
        {
            Path = submit.Path!,
            Encoding = submit.Encoding,
            Offset = submit.Offset,
            Length = submit.Length,
            Line = submit.Line,
            Lines = submit.Lines,
        };
        return ValidateAndSeal(Kinds.FileRead, payload, submit, errors);
    }

    /// <summary>What POST /files/edit submits; null with errors.</summary>
    public static ValidatedSubmit? ToValidatedSubmit(this SubmitFileEdit submit, FieldErrors errors)
    {
        submit.ValidateEnvelope(errors);
        var payload = new FileEditPayload
        {
            Path = submit.Path!,
            OldString = submit.OldString!,
            NewString = submit.NewString!,
            ReplaceAll = submit.ReplaceAll ?? false,
            Sha256 = submit.Sha256,
        };
        return ValidateAndSeal(Kinds.FileEdit, payload, submit, errors.WithNames(ToSnakeCase));
    }

    /// <summary>
    /// POST /claude and its like. A turn that names no conversation begins <paramref name="newSession"/>, and so does one that forks.
    /// </summary>
    public static ValidatedSubmit? ToValidatedSubmit(this SubmitTurn submit, Agent agent, string newSession, FieldErrors errors)
    {
        submit = submit with { Tags = AddOriginTags(submit) };
        submit.ValidateEnvelope(errors);
        RequireNoConcurrencyKey(submit, errors);
        var (named, forks) = (TrimToNull(submit.SessionId), submit.Fork is true);
        if (forks && named is null) errors.Add("fork", "needs the sessionId of the conversation to copy");
        var payload = new AgentPayload
        {
            Prompt = submit.Prompt!,
            SessionId = forks ? newSession : named ?? newSession,
            ForkOf = forks ? named : null,
            Model = submit.Model,
            FallbackModel = submit.FallbackModel,
            MaxTurns = submit.MaxTurns,
            MaxBudgetUsd = submit.MaxBudgetUsd,
            PermissionMode = submit.PermissionMode,
            AllowedTools = submit.AllowedTools,
            Cwd = submit.Cwd,
            Limits = submit.Limits,
            CallbackChannel = TrimToNull(submit.CallbackChannel),
            CallbackBotToken = TrimToNull(submit.CallbackBotToken),
        };
        var names = errors.WithNames(field => field == "forkOf" ? "sessionId" : field);
        return ValidateAndSeal(agent.Kind, payload, submit, names) is { } made
            ? made with { Turn = new(agent, payload, Begins: forks || named is null) }
            : null;
    }

    private static ValidatedSubmit? ValidateAndSeal(string kind, IPayload payload, Envelope envelope, FieldErrors errors)
    {
        payload.Validate(errors);
        return errors.Any ? null : new(PayloadCatalog.SealPayload(kind, payload), envelope.Tags);
    }

    private static void RequireNoConcurrencyKey(Envelope submit, FieldErrors errors)
    {
        if (submit.ConcurrencyKey is not null)
            errors.Add("concurrencyKey", "can't be chosen: turns of a conversation run in order by themselves");
    }

    /// <summary>What chat plugins say of themselves is kept as tags; the client's own tags win.</summary>
    private static Dictionary<string, string>? AddOriginTags(SubmitTurn submit)
    {
        (string Key, string? Value)[] said =
        [
            ("origin", submit.Origin), ("dispatchMode", submit.DispatchMode),
            ("responseMode", submit.ResponseMode), ("entrypoint", submit.Entrypoint),
        ];
        if (said.All(pair => string.IsNullOrEmpty(pair.Value))) return submit.Tags;
        var tags = new Dictionary<string, string>(submit.Tags ?? []);
        foreach (var (key, value) in said)
        {
            if (!string.IsNullOrEmpty(value)) tags.TryAdd(key, value);
        }
        return tags;
    }

    /// <summary>Chat plugins send an empty text for what they don't have.</summary>
    private static string? TrimToNull(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static string ToSnakeCase(string field) => field switch
    {
        "oldString" => "old_string",
        "newString" => "new_string",
        _ => field,
    };
}
