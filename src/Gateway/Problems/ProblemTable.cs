using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Problems;

/// <summary>Decides status, type and title.</summary>
internal static class ProblemTable
{
    /// <summary>A task's rejection as it is on the wire.</summary>
    public static Problem FromRejection(Rejection rejection) => rejection switch
    {
        Rejection.NotFound => CreateNotFound("There is no such task."),
        Rejection.KeyReused => CreateProblem(422, ProblemTypes.KeyReused, "The idempotency key was used with another request."),
        Rejection.AttemptSuperseded =>
            CreateProblem(409, ProblemTypes.AttemptSuperseded, "The attempt is not yours or not the current one."),
        Rejection.AlreadyEnded => CreateProblem(409, ProblemTypes.AttemptSuperseded, "The task has ended."),
        Rejection.ResultConflict => CreateProblem(409, ProblemTypes.ResultConflict, "Another result of this attempt is recorded."),
        Rejection.LabelsMissing => CreateProblem(409, ProblemTypes.AttemptSuperseded, "The worker does not offer what the task requires."),
        Rejection.NotAvailable => CreateProblem(409, ProblemTypes.AttemptSuperseded, "The task can't be started now."),
        Rejection.NotAwaitingApproval => CreateProblem(409, ProblemTypes.NotAwaitingApproval, "The task does not wait for an approval."),
        Rejection.ApprovalDiffers =>
            CreateProblem(409, ProblemTypes.ApprovalDiffers, "The digest is not that of what waits for approval now."),
        Rejection.ApprovalIsLocal =>
            CreateProblem(409, ProblemTypes.ApprovalIsLocal, "The owner of the PC lets it be approved only there."),
        Rejection.ApprovalUnsigned =>
            CreateProblem(409, ProblemTypes.ApprovalUnsigned, "The PC takes only a signed yes from elsewhere: say it with signed."),
        Rejection.BacklogFull => CreateProblem(429, ProblemTypes.TooManyRequests, "The queue is full; try again later."),
        _ => throw new ArgumentOutOfRangeException(nameof(rejection), rejection, "not a rejection"),
    };

    public static Problem CreateNotFound(string sentence) => CreateProblem(404, ProblemTypes.NotFound, sentence);

    public static Problem Unauthenticated { get; } =
        CreateProblem(401, ProblemTypes.Unauthenticated, "A valid token is needed: Authorization: Bearer TOKEN.");

    /// <summary>
    /// For a request without a token. The field tells a program that sent one that something in between took it away.
    /// </summary>
    public static Problem NoToken { get; } = CreateProblem(401, ProblemTypes.Unauthenticated,
        "No token came: a valid one is needed, Authorization: Bearer TOKEN. If one was sent, a proxy took it away (Squid: login=PASSTHRU).")
        with
    {
        Errors = [new FieldError("Authorization", "is missing")],
    };

    /// <summary>For a token whose own checksum does not fit. One that is unknown, revoked or has run out gets the other one.</summary>
    public static Problem MistypedToken { get; } =
        CreateProblem(401, ProblemTypes.Unauthenticated, "The token is not whole or has a typing error: copy it again.");

    public static Problem CreateForbidden(string scope) =>
        CreateProblem(403, ProblemTypes.Forbidden, $"The token does not have the scope {scope}.") with { Scope = scope };

    /// <summary>For what the token may not ask for, each field with what it may.</summary>
    public static Problem CreateForbidden(FieldError[] errors) =>
        CreateProblem(403, ProblemTypes.Forbidden, string.Join("; ", errors.Select(error => $"{error.Field} {error.Message}")))
            with
        { Errors = errors };

    public static Problem CreateTooManyRequests(int perMinute) => CreateProblem(429, ProblemTypes.TooManyRequests,
        string.Create(null, $"The token may make {perMinute} requests a minute here."));

    public static Problem CreateTooManyQueued(int most) => CreateProblem(429, ProblemTypes.TooManyRequests,
        string.Create(null, $"The token may have {most} tasks queued (maxQueued), and had them just now; try again later.")) with
    {
        Errors = [new FieldError("maxQueued", string.Create(null, $"is {most}"))],
    };

    public static Problem TooManyChallenges { get; } =
        CreateProblem(429, ProblemTypes.TooManyRequests, "Too many challenges were asked for from this address.");

    public static Problem TooManyPolls { get; } = CreateProblem(429, ProblemTypes.TooManyRequests,
        "The session polls too often: let each poll wait for work, and begin the next one when it is answered.");

    public static Problem TooManyQuickPolls { get; } = CreateProblem(429, ProblemTypes.TooManyRequests,
        "Too many polls that do not wait: let each wait for work (wait=25000), and begin the next one when it is answered.");

    public static Problem SessionSuperseded { get; } =
        CreateProblem(409, ProblemTypes.SessionSuperseded, "The session is not the live one of this worker.");

    public static Problem Unavailable { get; } =
        CreateProblem(503, ProblemTypes.Unavailable, "The server can't answer now; repeat the request.");

    /// <summary>
    /// 503 and not 507, which forbids that a program repeats the request by itself: results of workers come again until there is room.
    /// </summary>
    public static Problem StorageFull { get; } =
        CreateProblem(503, ProblemTypes.StorageFull, "The server's disk is full: nothing is stored until its owner makes room.");

    public static Problem CreateTooLarge(long limit) =>
        CreateProblem(413, ProblemTypes.TooLarge, string.Create(null, $"The body is over the limit of {limit} bytes."));

    /// <summary>For answers that carry a status and nothing else.</summary>
    public static Problem FromStatus(int status) => status switch
    {
        401 => Unauthenticated,
        404 => CreateNotFound("There is no such route."),
        405 => CreateProblem(405, ProblemTypes.MethodNotAllowed, "The route does not take this method; see Allow."),
        408 => CreateProblem(408, ProblemTypes.RequestTimeout, "The request came too slowly."),
        413 => CreateProblem(413, ProblemTypes.TooLarge, "The body is too large."),
        415 => CreateProblem(415, ProblemTypes.UnsupportedMediaType, "The body must be application/json, not compressed."),
        503 => Unavailable,
        >= 500 => CreateProblem(status, ProblemTypes.Internal, "The server failed; the log says more."),
        _ => CreateProblem(status, ProblemTypes.Invalid, "The request is malformed."),
    };

    public static Problem CreateProblem(int status, string type, string sentence) => new()
    {
        Type = type,
        Title = GetTitle(type),
        Status = status,
        Detail = sentence,
        Error = sentence,
    };

    private static string GetTitle(string type) => type switch
    {
        ProblemTypes.Invalid => "Invalid request",
        ProblemTypes.Unauthenticated => "Not authenticated",
        ProblemTypes.Forbidden => "Not allowed",
        ProblemTypes.NotFound => "Not found",
        ProblemTypes.MethodNotAllowed => "Method not allowed",
        ProblemTypes.RequestTimeout => "Request timeout",
        ProblemTypes.AttemptSuperseded => "Attempt superseded",
        ProblemTypes.SessionTaken => "Session taken",
        ProblemTypes.SessionSuperseded => "Session superseded",
        ProblemTypes.ResultConflict => "Result conflict",
        ProblemTypes.OutputGap => "Output gap",
        ProblemTypes.NotAwaitingApproval => "Not awaiting approval",
        ProblemTypes.ApprovalDiffers => "Approval differs",
        ProblemTypes.ApprovalIsLocal => "Approval is local",
        ProblemTypes.ApprovalUnsigned => "Approval is not signed",
        ProblemTypes.LastAdmin => "Last administrator",
        ProblemTypes.TokenEnded => "Token ended",
        ProblemTypes.TooManyTokens => "Too many tokens",
        ProblemTypes.IdentityTaken => "Identity taken",
        ProblemTypes.LimitReached => "Limit reached",
        ProblemTypes.NotDead => "Webhook not given up",
        ProblemTypes.NameTaken => "Name taken",
        ProblemTypes.WorkerRevoked => "Worker revoked",
        ProblemTypes.OtherMachine => "Other machine",
        ProblemTypes.TooLarge => "Too large",
        ProblemTypes.UnsupportedMediaType => "Unsupported media type",
        ProblemTypes.KeyReused => "Idempotency key reused",
        ProblemTypes.TooManyRequests => "Too many requests",
        ProblemTypes.BadGateway => "Chat service refused",
        ProblemTypes.Unavailable => "Unavailable",
        ProblemTypes.StorageFull => "Storage full",
        ProblemTypes.Internal => "Internal error",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a problem type"),
    };
}
