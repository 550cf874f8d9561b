namespace OpenClaw.Protocol.Problems;

/// <summary>An error body, RFC 9457, with <c>error</c> beside it for clients of the Node project.</summary>
public sealed record Problem
{
    /// <summary>One of <see cref="ProblemTypes"/>.</summary>
    public required string Type { get; init; }
    /// <summary>Short, the same for every problem of the type.</summary>
    public required string Title { get; init; }
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }
    /// <summary>What was wrong here.</summary>
    public string? Detail { get; init; }
    /// <summary>The same as a sentence, for clients of the Node project.</summary>
    public required string Error { get; init; }
    /// <summary>One entry a field.</summary>
    public FieldError[]? Errors { get; init; }
    /// <summary>The scope that the token lacks, for a 403 about one.</summary>
    public string? Scope { get; init; }
    /// <summary>Where an output stream goes on, for a gap.</summary>
    public Attempts.NextOutput? Next { get; init; }
    /// <summary>The attempt it is about, on the routes of attempts; absent from older servers.</summary>
    public string? AttemptId { get; init; }
}

/// <summary>What is wrong with one field; <see cref="Field"/> is a path such as <c>env.PATH</c> or <c>labels[2]</c>.</summary>
public sealed record FieldError(string Field, string Message);

/// <summary>The problem types: stable words for programs.</summary>
public static class ProblemTypes
{
    /// <summary>400: the body or a parameter is not what the route takes.</summary>
    public const string Invalid = "urn:openclaw:invalid-request";
    /// <summary>401.</summary>
    public const string Unauthenticated = "urn:openclaw:unauthenticated";
    /// <summary>403.</summary>
    public const string Forbidden = "urn:openclaw:forbidden";
    /// <summary>404.</summary>
    public const string NotFound = "urn:openclaw:not-found";
    /// <summary>405.</summary>
    public const string MethodNotAllowed = "urn:openclaw:method-not-allowed";
    /// <summary>408: headers or body came too slowly.</summary>
    public const string RequestTimeout = "urn:openclaw:request-timeout";
    /// <summary>409: stale attempt or session.</summary>
    public const string AttemptSuperseded = "urn:openclaw:attempt-superseded";
    /// <summary>409: another instance has a live session of this name.</summary>
    public const string SessionTaken = "urn:openclaw:session-taken";
    /// <summary>409: the session is not the live one any more.</summary>
    public const string SessionSuperseded = "urn:openclaw:session-superseded";
    /// <summary>409: a different result is recorded.</summary>
    public const string ResultConflict = "urn:openclaw:result-conflict";
    /// <summary>409: the webhook was not given up.</summary>
    public const string NotDead = "urn:openclaw:webhook-not-dead";
    /// <summary>409: the chunk does not join; see <see cref="Problem.Next"/>.</summary>
    public const string OutputGap = "urn:openclaw:output-gap";
    /// <summary>409: the task does not wait for an approval.</summary>
    public const string NotAwaitingApproval = "urn:openclaw:not-awaiting-approval";
    /// <summary>409: something else waits than what the digest is of.</summary>
    public const string ApprovalDiffers = "urn:openclaw:approval-differs";
    /// <summary>409: the owner of the PC lets nobody approve it from elsewhere.</summary>
    public const string ApprovalIsLocal = "urn:openclaw:approval-is-local";
    /// <summary>The PC takes a signed yes only.</summary>
    public const string ApprovalUnsigned = "urn:openclaw:approval-unsigned";
    /// <summary>409: without this token nobody could administer tokens.</summary>
    public const string LastAdmin = "urn:openclaw:last-admin";
    /// <summary>409: the token is revoked or has run out.</summary>
    public const string TokenEnded = "urn:openclaw:token-ended";
    /// <summary>409: there are as many tokens as there may be.</summary>
    public const string TooManyTokens = "urn:openclaw:too-many-tokens";
    /// <summary>409: a chat identity is another person's.</summary>
    public const string IdentityTaken = "urn:openclaw:identity-taken";
    /// <summary>409: there are as many people, or tenants, as there may be.</summary>
    public const string LimitReached = "urn:openclaw:limit-reached";
    /// <summary>409: another PC, person or tenant has the name.</summary>
    public const string NameTaken = "urn:openclaw:name-taken";
    /// <summary>403: the worker's key was revoked, or its name was given to another key.</summary>
    public const string WorkerRevoked = "urn:openclaw:worker-revoked";
    /// <summary>403: the key was made on another machine.</summary>
    public const string OtherMachine = "urn:openclaw:other-machine";
    /// <summary>413.</summary>
    public const string TooLarge = "urn:openclaw:too-large";
    /// <summary>415.</summary>
    public const string UnsupportedMediaType = "urn:openclaw:unsupported-media-type";
    /// <summary>422: the idempotency key belongs to another request.</summary>
    public const string KeyReused = "urn:openclaw:idempotency-key-reused";
    /// <summary>429.</summary>
    public const string TooManyRequests = "urn:openclaw:too-many-requests";
    /// <summary>502: the chat service refused.</summary>
    public const string BadGateway = "urn:openclaw:chat-refused";
    /// <summary>500: a defect of the server's.</summary>
    public const string Internal = "urn:openclaw:internal-error";
    /// <summary>503: the store or the cluster does not answer; retry later.</summary>
    public const string Unavailable = "urn:openclaw:unavailable";
    /// <summary>
    /// 503: there is no room on the disk of the server or of its database; retrying is of no use before somebody makes room.
    /// </summary>
    public const string StorageFull = "urn:openclaw:storage-full";
}
