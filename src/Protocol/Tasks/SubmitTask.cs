using System.Text.Json;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;

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
    /// <summary>URL that is told of the end by a POST, a Standard Webhook.</summary>
    public string? CallbackUrl { get; init; }
    /// <summary>Answer with the result when it comes within so many ms, else with the id.</summary>
    public long? Wait { get; init; }

    /// <summary>The fields that are numbers, and what they may be.</summary>
    private static readonly (string Field, long Min, long Max, Func<Envelope, long?> Read)[] Numbers =
    [
        ("timeout", 1, Limits.Timeout, envelope => envelope.Timeout),
        ("startWithin", 1, Limits.StartWithin, envelope => envelope.StartWithin),
        ("killGrace", 0, Limits.KillGrace, envelope => envelope.KillGrace),
        ("silence", Limits.MinSilence, Limits.Timeout, envelope => envelope.Silence),
        ("priority", 0, Limits.Priority, envelope => envelope.Priority),
        ("maxAttempts", 1, Limits.MaxAttempts, envelope => envelope.MaxAttempts),
    ];

    /// <summary>The range of a number by its name on the wire; null for every other field. A longer wait is taken as the longest.</summary>
    public static (long Min, long Max)? FindRange(string field)
    {
        if (field == "wait") return (0, Limits.Wait);
        foreach (var number in Numbers)
        {
            if (number.Field == field) return (number.Min, number.Max);
        }
        return null;
    }

    /// <summary>Says everything that is wrong with the fields every submit shares. Pure.</summary>
    public void ValidateEnvelope(FieldErrors errors)
    {
        foreach (var (field, min, max, read) in Numbers) errors.RequireRange(field, read(this), min, max);
        if (Wait < 0) errors.Add("wait", $"must be from 0 to {Limits.Wait}");
        errors.RequireName("worker", Worker);
        errors.RequirePrintable("concurrencyKey", ConcurrencyKey, Limits.ConcurrencyKey);
        errors.RequireUrl("callbackUrl", CallbackUrl, Limits.CallbackUrl);
        if (Labels is { } labels) ValidateLabels(labels, errors);
        if (Tags is { } tags) ValidateTags(tags, errors);
    }

    /// <summary>The header's value is 1 to 255 visible ASCII characters (and spaces).</summary>
    public static void ValidateIdempotencyKey(string? key, FieldErrors errors)
    {
        if (key is null) return;
        if (key.Length is 0 or > Limits.IdempotencyKey || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            errors.Add("Idempotency-Key", $"must be 1 to {Limits.IdempotencyKey} printable ASCII characters");
        }
    }

    private static void ValidateLabels(string[] labels, FieldErrors errors)
    {
        if (labels.Length > Limits.Labels) errors.Add("labels", $"must be at most {Limits.Labels}");
        for (var i = 0; i < labels.Length && i < Limits.Labels; i++)
        {
            if (labels[i] is null || !Names.IsRequirable(labels[i]))
            {
                errors.Add($"labels[{i}]", "must be a name (a-z, 0-9 and -, at most 63, no - first), os:NAME or arch:NAME");
            }
        }
    }

    private static void ValidateTags(Dictionary<string, string> tags, FieldErrors errors)
    {
        if (tags.Count > Limits.Tags) errors.Add("tags", $"must be at most {Limits.Tags} pairs");
        var inside = errors.Within("tags");
        foreach (var (key, value) in tags)
        {
            inside.RequirePrintable(key, key, Limits.TagKey);
            if (value is null) inside.Add(key, "must be a string");
            else inside.RequireText(key, value, Limits.TagValue);
        }
    }
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
    /// <summary>What the client signed: kind, payload, target and times are in it, and need not be said again.</summary>
    public SignedTask? Signed { get; init; }

    /// <summary>The payload of the command it is when it names no other kind.</summary>
    internal CommandPayload ToCommandPayload() => new()
    {
        Command = Command,
        Argv = Argv,
        Env = Env,
        Cwd = Cwd,
        Shell = Shell,
        Stdin = Stdin,
        Pty = Pty,
        Cols = Cols,
        Rows = Rows,
        Limits = Limits,
    };

    /// <summary>What a server is sent instead: what was signed, and what is the server's to change.</summary>
    internal SubmitTask ReplaceBySigned(SignedTask signed) => new()
    {
        Signed = signed,
        Priority = Priority,
        StartWithin = StartWithin,
        KillGrace = KillGrace,
        Silence = Silence,
        ConcurrencyKey = ConcurrencyKey,
        Tags = Tags,
        CallbackUrl = CallbackUrl,
        Wait = Wait,
    };

    /// <summary>What belongs to a command has no place beside another kind.</summary>
    internal void RequireNoCommandFields(FieldErrors errors)
    {
        const string message = "belongs to kind command; other kinds have their fields in payload";
        if (Command is not null) errors.Add("command", message);
        if (Argv is not null) errors.Add("argv", message);
        if (Env is not null) errors.Add("env", message);
        if (Cwd is not null) errors.Add("cwd", message);
        if (Shell is not null) errors.Add("shell", message);
        if (Stdin is not null) errors.Add("stdin", message);
        if (Pty is not null) errors.Add("pty", message);
        if (Cols is not null) errors.Add("cols", message);
        if (Rows is not null) errors.Add("rows", message);
        if (Limits is not null) errors.Add("limits", message);
    }
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
