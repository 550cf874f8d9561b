using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security.Enrolment;

/// <summary>What a PC that joins asks, and what it asks with its key later.</summary>
internal sealed class EnrolEndpoints(InviteRegistry invites, SignedRequests signed, SessionCredentials credentials) : IEndpoint
{
    private const int LongestInstance = 200;
    private const int LongestKey = 1000;
    private const int LongestIdentity = 64;
    private const int MachineLength = 64;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapChange(Routes.Enrol, EnrolWorker).RequirePolicy(AccessPolicy.Join);
        routes.MapChange(Routes.Challenge, CreateChallenge).RequirePolicy(AccessPolicy.Anyone);
        routes.MapChange(Routes.GrantKinds, GrantKinds).RequirePolicy(AccessPolicy.SignAsWorker);
    }

    private async ValueTask<Reply> EnrolWorker(HttpContext context)
    {
        var caller = context.GetCaller();
        var (body, request, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.EnrolWorker, Limits.WorkerBody,
            (enrol, errors) => ValidateEnrol(enrol, caller.TokenId, caller.Invite!, errors));
        if (body is null) return problem!;
        if (caller.Invite!.Worker is { } fixedName && request!.Worker != fixedName)
            return ProblemTable.CreateForbidden([new FieldError("name", $"must be {fixedName}: the join token is for that one")]);
        (var identity, problem) = await invites.Enrol(request!, caller);
        return identity is null ? problem! : Reply.FromValue(ToView(identity), ProtocolJson.Default.EnrolledWorker);
    }

    private async ValueTask<Reply> CreateChallenge(HttpContext context)
    {
        if (signed.CountChallenge(context.Connection.RemoteIpAddress) is var wait && wait > TimeSpan.Zero)
        {
            await context.Answer(ProblemTable.TooManyChallenges, (int)Math.Ceiling(wait.TotalSeconds));
            return Reply.Written;
        }
        var (ask, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.AskChallenge, LongestKey,
            (body, errors) => errors.RequirePrintable("identity", body.Identity, LongestIdentity));
        if (ask is null) return problem!;
        return Reply.FromValue(
            new KeyChallenge(ask.Identity, await signed.CreateChallenge(ask.Identity)), ProtocolJson.Default.KeyChallenge);
    }

    private async ValueTask<Reply> GrantKinds(HttpContext context)
    {
        var (grant, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.GrantKinds, Limits.WorkerBody,
            (body, errors) => ValidateKinds(body.Kinds, errors));
        if (grant is null) return problem!;
        var caller = context.GetCaller();
        var record = caller.SignedBy!;
        if (record.Identity!.MostKinds is { } most && grant.Kinds.Except(most, StringComparer.Ordinal).ToArray() is { Length: > 0 } beyond)
            return ProblemTable.CreateForbidden(
                [new FieldError("kinds", $"can't have {string.Join(", ", beyond)}: this PC was not invited for that")]);
        var kinds = grant.Kinds.Distinct(StringComparer.Ordinal).ToArray();
        if (!await credentials.GrantKinds(record, kinds)) return ProblemTable.Unavailable;
        invites.AddNote("kinds-granted", caller, $"{record.Identity.Worker}: {string.Join(", ", kinds)}");
        var view = ToView(record with { Identity = record.Identity with { Kinds = kinds } });
        return Reply.FromValue(view, ProtocolJson.Default.EnrolledWorker);
    }

    internal static EnrolRequest? ValidateEnrol(EnrolWorker enrol, string invite, JoinInvite invited, FieldErrors errors)
    {
        var name = enrol.Name ?? invited.Worker;
        if (name is null) errors.Add("name", "is missing: the join token is for no name in particular");
        else errors.RequireName("name", name);
        if (name == ReservedNames.CompatibleWorkers) errors.Add("name", "is kept for workers of the compatible protocol");
        errors.RequirePrintable("instance", enrol.Instance, LongestInstance);
        if (enrol.Machine is { } machine && (machine.Length != MachineLength || machine.AsSpan().ContainsAnyExcept("0123456789abcdef")))
            errors.Add("machine", "must be 64 lower-case hexadecimal digits");
        ValidateKinds(enrol.Kinds, errors);
        var key = ReadKey(enrol.PublicKey);
        if (key is null) errors.Add("publicKey", "must be a P-256 key: SubjectPublicKeyInfo, base64");
        else if (!KeySignature.IsSignedBy(key, KeySignature.FormatEnrolment(invite, enrol), enrol.Signature))
            errors.Add("signature", "is not the key's of this request");
        if (errors.Any) return null;
        return new EnrolRequest
        {
            Invite = invite, Worker = name!, PublicKey = key!, Machine = enrol.Machine, Instance = enrol.Instance, Kinds = enrol.Kinds,
        };
    }

    private static void ValidateKinds(string[] kinds, FieldErrors errors)
    {
        if (kinds.Length == 0) errors.Add("kinds", "must name at least one kind");
        InviteEndpoints.ValidateNames("kinds", kinds, Limits.Kinds, errors);
    }

    private static byte[]? ReadKey(string text)
    {
        var bytes = new byte[LongestKey];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return null;
        using var key = KeySignature.FindKey(bytes.AsSpan(0, length));
        return key is null ? null : bytes[..length];
    }

    private static EnrolledWorker ToView(TokenRecord record) => new()
    {
        Identity = record.TokenId,
        Name = record.Identity!.Worker,
        Server = record.Identity.Server,
        Kinds = record.Identity.Kinds,
        Labels = record.Identity.Labels,
    };
}
