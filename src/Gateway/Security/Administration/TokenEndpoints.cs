using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.People;
using OpenClaw.Gateway.Security.Uses;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Administration;

/// <summary>The tokens of a tenant: made, listed, changed, rotated and revoked by its administrators.</summary>
internal sealed class TokenEndpoints(TokenRegistry registry, PeopleRegistry people, LastUses uses) : IEndpoint
{
    private const int PageByDefault = 50;
    private const long LongestOverlap = 86_400_000;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.Tokens, ListTokens).RequirePolicy(AccessPolicy.AdministerTokens);
        routes.MapChange(Routes.Tokens, MakeToken).RequirePolicy(AccessPolicy.AdministerTokens);
        routes.MapRead(Routes.Token, GetToken).RequirePolicy(AccessPolicy.AdministerTokens);
        routes.MapChange(Routes.Token, ChangeToken).RequirePolicy(AccessPolicy.AdministerTokens);
        routes.MapChange(Routes.RevokeToken, RevokeToken).RequirePolicy(AccessPolicy.AdministerTokens);
        routes.MapChange(Routes.RotateToken, RotateToken).RequirePolicy(AccessPolicy.AdministerTokens);
    }

    private async ValueTask<Reply> ListTokens(HttpContext context)
    {
        var limitProblem = Query.ReadNumber(context, "limit", PageByDefault, 1, Limits.Page, clamp: false, out var limit);
        if ((limitProblem ?? Query.ReadText(context, "cursor", out _)) is { } problem) return problem;
        Query.ReadText(context, "cursor", out var after);
        if (after is not null && !TokenRegistry.IsId(after)) return Problem400.ForField("cursor", "must be the nextCursor of a page");
        (var page, problem) = await registry.ListTokens(after, (int)limit, context.GetCaller());
        if (page is null) return problem!;
        var views = page.Tokens.Select(ToView).ToArray();
        return Reply.FromValue(
            new TokenListView(views, page.Next) { UsesSince = page.UsesSince?.ToUnixTimeMilliseconds() },
            ProtocolJson.Default.TokenListView);
    }

    private async ValueTask<Reply> MakeToken(HttpContext context)
    {
        var (body, order, problem) =
            await StrictJson.ReadValid(context, ProtocolJson.Default.MakeToken, Limits.WorkerBody, TokenOrder.FromRequest);
        if (body is null) return problem!;
        var by = context.GetCaller();
        PersonRecord? person = null;
        if (order!.Person is { } name)
        {
            // To one who is narrowed the tenant's people are not there, whoever is named.
            if (by.Rights.Narrowing is not null)
                return ProblemTable.CreateForbidden([new FieldError("person", "can't be given by a token that is narrowed")]);
            (person, problem) = await people.FindPerson(name, by);
            if (person is null) return problem!.Status == 404 ? Problem400.ForField("person", "is nobody here") : problem;
            if (order.FindMisfit(person) is { } misfit) return misfit;
        }
        (var made, var text, problem) = await registry.MakeToken(order, by, person);
        if (made is not null && person is not null) await people.NoteToken(person, made.Record.TokenId, by);
        return made is null ? problem! : ReplyIssued(made, text);
    }

    private async ValueTask<Reply> GetToken(HttpContext context) =>
        await registry.FindToken(ReadId(context), context.GetCaller()) is { } token ? ReplyToken(token) : TokenChanges.NoSuchToken;

    private async ValueTask<Reply> ChangeToken(HttpContext context)
    {
        var (change, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.ChangeToken, Limits.WorkerBody);
        if (change is null) return problem!;
        var by = context.GetCaller();
        (var token, problem) = await registry.ChangeToken(ReadId(context), by, "token-changed", known =>
        {
            // Which scopes there may be its role says, so the fields are checked when it is known.
            var errors = new FieldErrors();
            var rules = TokenOrder.ReadRules(known.Role, change, errors);
            return errors.Any ? (null, Problem400.ForFields(errors.ToArray()))
                : TokenChanges.ChangeRules(known, rules, by, registry.Now);
        });
        return token is null ? problem! : ReplyToken(token);
    }

    private async ValueTask<Reply> RevokeToken(HttpContext context)
    {
        var by = context.GetCaller();
        var (token, problem) = await registry.ChangeToken(
            ReadId(context), by, "token-revoked", known => TokenChanges.Revoke(known, by, registry.Now));
        return token is null ? problem! : ReplyToken(token);
    }

    private async ValueTask<Reply> RotateToken(HttpContext context)
    {
        var (rotation, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.RotateToken, Limits.WorkerBody,
            (body, errors) => errors.RequireRange("overlap", body.Overlap, 0, LongestOverlap));
        if (rotation is null) return problem!;
        var (by, text, overlap) = (context.GetCaller(), "", TimeSpan.FromMilliseconds(rotation.Overlap ?? 0));
        (var token, problem) = await registry.ChangeToken(ReadId(context), by, "token-rotated", known =>
        {
            text = TokenText.Create(known.Role, known.Record.TokenId);
            return TokenChanges.Rotate(known, TokenChanges.HashSecret(text), overlap, by, registry.Now);
        });
        return token is null ? problem! : ReplyIssued(token, text);
    }

    private Reply ReplyToken(KnownToken token) =>
        Reply.FromValue(ToView(token), ProtocolJson.Default.TokenView);

    private Reply ReplyIssued(KnownToken token, string text) =>
        Reply.FromValue(new IssuedTokenView(ToView(token), text), ProtocolJson.Default.IssuedTokenView);

    private TokenView ToView(KnownToken token) => TokenViews.ToView(token, registry.Now, uses.FindUse(token.Record.TokenId));

    private static string? ReadId(HttpContext context) => context.Request.RouteValues["id"] as string;
}
