using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Administration;

/// <summary>
/// Makes, finds and changes the tokens of a caller's tenant. A change holds on this gateway at once: what it remembered is forgotten, and
/// requests under way that the token would not be let in with now are cut.
/// </summary>
internal sealed class TokenRegistry(
    IGrainFactory grains, TokenCache cache, TokenCheck check, LongRequests requests, IAuditTrail audit, TimeProvider clock)
{
    /// <summary>Administrators who change one token at the same moment are few.</summary>
    private const int Tries = 5;

    private static readonly Problem Unsupported = ProblemTable.Unavailable with
    {
        Detail = "A silo of an older build is in the cluster: tokens can be changed when it is gone.",
        Error = "A silo of an older build is in the cluster: tokens can be changed when it is gone.",
    };

    private readonly TimeProvider wall = AnchoredClock.GetWallClock(clock);

    /// <summary>The time that tokens end by.</summary>
    public DateTimeOffset Now => wall.GetUtcNow();

    /// <summary>A new token and its text, which is known nowhere else; or why not.</summary>
    public async ValueTask<(KnownToken? Token, string Text, Problem? Problem)> MakeToken(TokenOrder order, Caller by, PersonRecord? person)
    {
        var standing = person is null ? null : new Standing(false, person);
        FieldError[] errors = [.. TokenGrants.FindErrors(by.Rights, order.Rights),
            .. TokenGrants.FindEndErrors(by.EndsAt, Now + order.ExpiresIn)];
        if (errors.Length > 0) return (null, "", ProblemTable.CreateForbidden(errors));
        for (var tried = 0; tried < Tries; tried++)
        {
            var text = TokenText.Create(order.Role);
            var id = text.Substring(TokenForm.IdStart, TokenForm.IdLength);
            var record = TokenChanges.CreateRecord(order, by, id, TokenChanges.HashSecret(text), Now, person);
            var (saved, problem) = await SaveRecord(record, standing, by, "token-made");
            // The id is somebody's already.
            if (saved is not null || problem is not null) return (saved, text, problem);
        }
        return (null, "", ProblemTable.Unavailable);
    }

    /// <summary>True for a text that can be the id of a token.</summary>
    public static bool IsId(string text) => text.Length == TokenForm.IdLength && !text.AsSpan().ContainsAnyExcept(TokenForm.IdAlphabet);

    /// <summary>A token of the caller's tenant that it may know of.</summary>
    public async ValueTask<KnownToken?> FindToken(string? id, Caller caller)
    {
        if (id is null || !IsId(id)) return null;
        var record = await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(id)).Get();
        // Of another tenant's nothing more is asked: it takes as long as one that is not there.
        return record?.Tenant == caller.Tenant && await grains.FindKnown(record) is { } token && caller.Sees(token) ? token : null;
    }

    /// <summary>Tokens that the caller may know of, by id, and where the next page begins.</summary>
    public async ValueTask<(TokensFound? Page, Problem? Problem)> ListTokens(string? after, int limit, Caller caller)
    {
        var directory = grains.GetGrain<ITokenDirectoryGrain>(GrainKeys.ForTokenDirectory(caller.Tenant));
        var (found, usesSince) = (new List<KnownToken>(), (DateTimeOffset?)null);
        do
        {
            if (await directory.Page(after, limit) is not { } page) return (null, Unsupported);
            found.AddRange((await grains.FindKnown(caller.Tenant, page.Tokens)).Where(caller.Sees));
            (after, usesSince) = (page.Next, page.UsesSince);
        }
        while (after is not null && found.Count <= limit);
        // The place is that of a token which is seen: one that is not is not told by it either.
        return (found.Count <= limit ? new(found, null, usesSince) : new(found[..limit], found[limit - 1].Record.TokenId, usesSince), null);
    }

    /// <summary>Changes a token as <paramref name="change"/> says of what it is now.</summary>
    public async ValueTask<(KnownToken? Token, Problem? Problem)> ChangeToken(
        string? id, Caller by, string what, Func<KnownToken, (TokenRecord? Next, Problem? Problem)> change)
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            if (await FindToken(id, by) is not { } token) return (null, TokenChanges.NoSuchToken);
            var (next, problem) = change(token);
            if (next is null) return (null, problem);
            if (next == token.Record) return (token, null);
            (var saved, problem) = await SaveRecord(next, token.Standing, by, what);
            if (saved is not null || problem is not null) return (saved, problem);
        }
        return (null, ProblemTable.Unavailable);
    }

    /// <summary>Neither a token nor a problem: somebody else was faster.</summary>
    private async ValueTask<(KnownToken? Token, Problem? Problem)> SaveRecord(
        TokenRecord record, Standing? standing, Caller by, string what)
    {
        var directory = grains.GetGrain<ITokenDirectoryGrain>(GrainKeys.ForTokenDirectory(by.Tenant));
        // Join tokens are in a list of their own.
        switch (record.Invite is null ? await directory.Save(record, Now)
            : await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(record.TokenId)).Save(record))
        {
            case TokenReply.Saved: break;
            case TokenReply.Conflict: return (null, null);
            case TokenReply.LastAdmin: return (null, TokenChanges.LastAdmin);
            case TokenReply.TooMany:
                return (null, ProblemTable.CreateProblem(409, ProblemTypes.TooManyTokens,
                $"There are {Protocol.Limits.Tokens} tokens, which is the limit."));
            default: return (null, Unsupported);
        }
        audit.AddNote(new(clock.GetUtcNow(), what, by.AuditName, by.Address, null,
            $"token {Actor.FormatName(record.TokenId, record.Person?.Name)}"));
        cache.SetRecord(record, standing);
        var token = KnownToken.FromRecord(record, standing);
        foreach (var use in requests.Tokens)
            if (use.Caller.TokenId == record.TokenId && !check.IsStillValid(use.Caller, token)) requests.CutRequests(use);
        return (token, null);
    }
}

/// <summary>A page of tokens, where the next one begins, and since when their uses are noted.</summary>
internal sealed record TokensFound(IReadOnlyList<KnownToken> Tokens, string? Next, DateTimeOffset? UsesSince);
