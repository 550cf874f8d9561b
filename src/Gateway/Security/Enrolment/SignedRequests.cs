using System.Net;
using System.Security.Cryptography;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Enrolment;

/// <summary>
/// Requests that a worker's key has signed: the opening of a session, and its owner's yes to kinds. All others of the session have its
/// secret, which is looked up as any token is.
/// </summary>
internal sealed class SignedRequests(TokenCache cache, LongRequests requests, TimeProvider clock)
{
    private const string Scheme = KeySignature.Scheme + " ";

    /// <summary>Of one address. An office whose thousand PCs come back in one moment is let in; who guesses ids is not for long.</summary>
    internal const int ChallengesPerMinute = 1_200;

    /// <summary>Challenges for ids that nobody has are made with it.</summary>
    private readonly byte[] anyKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly TimeProvider wall = AnchoredClock.GetWallClock(clock);
    private readonly RequestRates challenges = new(clock);

    /// <summary>The signature that comes in the place of a token; null: none does.</summary>
    public static string? FindSignature(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim() : null;

    /// <summary>Counts a question for a challenge, for which nobody has to be known; how long it has to wait, else zero.</summary>
    public TimeSpan CountChallenge(IPAddress? address) =>
        challenges.CountRequest($"{AddressRange.FromAddress(address ?? IPAddress.None)}", ChallengesPerMinute);

    /// <summary>A challenge for an id, whether or not somebody has it.</summary>
    public async ValueTask<string> CreateChallenge(string identity)
    {
        // Of ids that are guessed the cache knows that there are none; of a key it may know an older challenge's.
        var known = IsId(identity) && (await cache.FindToken(identity))?.Record.Identity is not null
            ? (await cache.FetchToken(identity))?.Record.Identity : null;
        return Challenges.Create(known?.ChallengeKey ?? anyKey, identity, wall.GetUtcNow());
    }

    /// <summary>The worker whose key has signed the request; or why it is not let in. The body can be read again after it.</summary>
    public async ValueTask<(Caller? Caller, Problem? Problem)> FindCaller(HttpContext context, string signature)
    {
        if (signature.Split('.') is not [var identity, var machine, var challenge, var signed] || !IsId(identity)) return (null, Unsigned);
        if ((await cache.FindToken(identity, context.Connection.RemoteIpAddress))?.Record.Identity is null) return (null, Unsigned);
        if (await cache.FetchToken(identity) is not { Record: { Identity: { } key } record } known) return (null, Unsigned);
        if (!Challenges.IsGood(key.ChallengeKey, identity, challenge, wall.GetUtcNow())) return (null, Unsigned);
        var (body, problem) = await TakeBody(context);
        if (problem is not null) return (null, problem);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        var text = KeySignature.FormatRequest(key.Server, route, identity, machine, challenge, body);
        if (!KeySignature.IsSignedBy(key.PublicKey, text, signed)) return (null, Unsigned);
        // From here on it is the worker, who is told why not.
        if (FindEnd(record) is { } ended) return (null, ended);
        if (!known.IsAlive(wall.GetUtcNow())) return (null, Unsigned);
        if (key.Machine is { } made && made != machine) return (null, OtherMachine);
        return (new Caller(identity, record.Tenant, Roles.Worker, context.Connection.RemoteIpAddress, requests, known)
        {
            Generation = record.Generation, SignedBy = record,
        }, null);
    }

    /// <summary>Why a worker's key is good no longer; null: it is.</summary>
    private static Problem? FindEnd(TokenRecord record)
    {
        if (!record.Revoked) return null;
        var reason = record.RevokedReason is { } said ? $": {said}" : "";
        return ProblemTable.CreateProblem(403, ProblemTypes.WorkerRevoked, string.Create(null,
            $"This worker's key was revoked by {record.RevokedBy ?? "the server"} at {record.RevokedAt:u}{reason}. "
            + $"It gets work again after it has joined anew, with a new invitation."));
    }

    private static async ValueTask<(byte[] Body, Problem? Problem)> TakeBody(HttpContext context)
    {
        var (body, length, problem) = await StrictJson.ReadBody(context, Limits.WorkerBody);
        var own = body.AsSpan(0, length).ToArray();
        LargeBodies.ReturnArray(body);
        context.Request.Body = new MemoryStream(own, writable: false);
        return (own, problem);
    }

    private static bool IsId(string text) => text.Length == TokenForm.IdLength && !text.AsSpan().ContainsAnyExcept(TokenForm.IdAlphabet);

    private static Problem Unsigned { get; } = ProblemTable.CreateProblem(401, ProblemTypes.Unauthenticated,
        "The signature is not good here, or its challenge is over: ask for another one.");

    private static Problem OtherMachine { get; } = ProblemTable.CreateProblem(403, ProblemTypes.OtherMachine,
        "This worker's key was made on another machine: its home was copied. Let this PC join with an invitation of its own.");
}
