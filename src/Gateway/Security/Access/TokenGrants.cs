using System.Globalization;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>What a token may give to another one: what it has, and nothing beyond that. Pure.</summary>
internal static class TokenGrants
{
    private const Scopes Submitting = Scopes.SubmitTasks | Scopes.RunAgents;

    /// <summary>The fields that ask for more than the giver has, each with what may be; none when all of it may be given.</summary>
    public static FieldError[] FindErrors(TokenRights giver, TokenRights given)
    {
        var errors = new List<FieldError>();
        if (given.Scopes.HasFlag(Scopes.Work) && !EnrolsWorkers(giver))
            errors.Add(new("role", "can be worker only with the scopes workers:enrol and tasks:payload, and a token that is not narrowed"));
        if ((given.Scopes & ~Scopes.Work & ~giver.Scopes) is var missing and not Scopes.None)
            errors.Add(new("scopes", $"can't have {string.Join(", ", ScopeTable.FormatNames(missing))}: this token has not"));
        // A worker sees its own session alone, however wide it is.
        if (given.Scopes != Scopes.Work && !Narrowing.IsWithin(given.Narrowing, giver.Narrowing))
            errors.Add(new("narrowing", "must be within this token's own"));
        AddExcess(errors, "requestsPerMinute", giver.RequestsPerMinute, given.RequestsPerMinute);
        // What submits nothing has no tasks.
        if ((given.Scopes & Submitting) == Scopes.None) return [.. errors];
        AddExcess(errors, "maxQueued", giver.MaxQueued, given.MaxQueued);
        AddExcess(errors, "maxRunning", giver.MaxRunning, given.MaxRunning);
        return [.. errors];
    }

    private static void AddExcess(List<FieldError> errors, string field, int? givers, int? asked)
    {
        if (givers is { } most && !(asked <= most))
            errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"must be given and at most {most}")));
    }

    /// <summary>The same of when it ends: no later than the giver.</summary>
    public static FieldError[] FindEndErrors(DateTimeOffset? giverEnds, DateTimeOffset? givenEnds) =>
        giverEnds is null || givenEnds <= giverEnds ? []
            : [new("expiresIn", string.Create(CultureInfo.InvariantCulture, $"must be given, and end by {giverEnds:u}"))];

    /// <summary>
    /// The same of a token that gets other rights: who ends before it may take from it and not give to it, for it would go on with that.
    /// </summary>
    public static FieldError[] FindOutlivingErrors(DateTimeOffset? giverEnds, KnownToken token, TokenRights next) =>
        giverEnds is null || token.Record.ExpiresAt <= giverEnds || FindErrors(token.Given, next).Length == 0 ? []
            : [new("id", string.Create(CultureInfo.InvariantCulture,
                $"names a token that outlives this one, which ends {giverEnds:u} and so can't widen it"))];

    /// <summary>True for a token that the caller may know of: one that it could have narrowed so.</summary>
    public static bool Sees(this Caller caller, KnownToken token) =>
        token.Record.Tenant == caller.Tenant && Narrowing.IsWithin(token.Rights.Narrowing, caller.Rights.Narrowing);

    /// <summary>A worker gets the payloads of its tasks, so who gives a worker's token must be one who may read them.</summary>
    public static bool EnrolsWorkers(TokenRights giver) =>
        giver.Scopes.HasFlag(Scopes.EnrolWorkers | Scopes.ReadPayloads) && giver.Narrowing is null;
}
