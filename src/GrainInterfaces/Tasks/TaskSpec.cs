namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>
/// What a client asked for, fixed at submit: the payload and its envelope. Grains and storage read the
/// envelope and never the <see cref="Payload"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("TaskSpec")]
public sealed record TaskSpec
{
    /// <summary>Kind of task: <c>command</c>, <c>file-read</c>, ..., or a custom kind.</summary>
    [Id(0)] public required string Kind { get; init; }
    /// <summary>UTF-8 JSON object that only the gateway and the worker open. Never mutated.</summary>
    [Id(1)] public required byte[] Payload { get; init; }
    /// <summary>Owner of the task; nobody else's callers see it.</summary>
    [Id(2)] public string Tenant { get; init; } = "default";
    /// <summary>Queue within the tenant.</summary>
    [Id(3)] public string Pool { get; init; } = "default";
    /// <summary>Labels a worker must offer, canonical form of <see cref="Queues.LabelSet"/>.</summary>
    [Id(4)] public required string Requires { get; init; }
    /// <summary>0 (default) to 9; higher goes first.</summary>
    [Id(5)] public int Priority { get; init; }
    /// <summary>How long it may wait for its first start.</summary>
    [Id(6)] public TimeSpan StartWithin { get; init; } = TimeSpan.FromMinutes(15);
    /// <summary>How long one attempt may run.</summary>
    [Id(7)] public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>How long an attempt may print nothing; null: for ever.</summary>
    [Id(8)] public TimeSpan? Silence { get; init; }
    /// <summary>Time between SIGTERM and SIGKILL.</summary>
    [Id(9)] public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>How many attempts may fail before the task does. 1: never run twice.</summary>
    [Id(10)] public int MaxAttempts { get; init; } = 1;
    /// <summary>Tasks of a tenant with the same key run one at a time, in order of arrival.</summary>
    [Id(11)] public string? ConcurrencyKey { get; init; }
    /// <summary>The agent session the task is a turn of.</summary>
    [Id(12)] public string? Session { get; init; }
    /// <summary>Free key/value pairs of the client's.</summary>
    [Id(13)] public IReadOnlyDictionary<string, string>? Tags { get; init; }
    /// <summary>SHA-256 of the request as understood; tells a repeated submit from another one under the same key.</summary>
    [Id(14)] public byte[]? RequestDigest { get; init; }
    /// <summary>W3C traceparent of the submit, for the worker's process.</summary>
    [Id(15)] public string? TraceParent { get; init; }
    /// <summary>UTF-8 JSON of what the client signed, which only the worker judges. Never mutated.</summary>
    [Id(16)] public byte[]? Signed { get; init; }
    /// <summary>Absolute URL that is told of the end, with host and scheme in lower case. It may hold secrets.</summary>
    [Id(17)] public string? CallbackUrl { get; init; }
    /// <summary>Chat channel that gets the answer of a turn.</summary>
    [Id(18)] public string? CallbackChannel { get; init; }
    /// <summary>Id of the token it was submitted with: tokens have turns in a queue. Empty: an older silo took it in.</summary>
    [Id(19)] public string TokenId { get; init; } = "";

    /// <summary>
    /// True when the worker has to end an attempt whose lease it could not renew: another attempt, or another task with the key, may
    /// take its place on another PC. The next turn of an agent session can't, it is for the same PC.
    /// </summary>
    public bool EndsWithLease => MaxAttempts > 1 || (ConcurrencyKey is not null && Session is null);
}
