using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Administration;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Tenants;

/// <summary>
/// The tenants of the server. Whoever makes one gets its first administrator's token, once, and has no other way into it: what is there
/// already is not theirs to see.
/// </summary>
internal sealed class TenantRegistry(
    IGrainFactory grains, TokenCache cache, LongRequests requests, IAuditTrail audit, TimeProvider clock)
{
    private const int AskedAtOnce = 16;

    private static readonly Problem NoSuchTenant = ProblemTable.CreateNotFound("There is no such tenant.");
    private static readonly Problem FirstStays = ProblemTable.CreateProblem(409, ProblemTypes.LastAdmin,
        "It is the tenant of the server's own administrators, without whom nobody could enable it again.");

    private static Problem Outlived { get; } = ProblemTable.CreateForbidden(
        [new FieldError("token", "ends, and so makes no tenant: the first token there would outlive it")]);

    private static Problem OlderSilo { get; } = ProblemTable.Unavailable with
    {
        Detail = "A silo of an older build is in the cluster: tenants can be made and changed when it is gone.",
        Error = "A silo of an older build is in the cluster: tenants can be made and changed when it is gone.",
    };

    /// <summary>A page of them by name, the server's own first one among them; and what the next page comes after.</summary>
    public async ValueTask<(IReadOnlyList<TenantRecord> Tenants, string? Next, Problem? Problem)> ListTenants(string? after, int limit)
    {
        if (await Directory.ListNames(after, limit + 1) is not { } names) return ([], null, OlderSilo);
        var own = string.CompareOrdinal(Caller.FirstTenant, after) > 0 ? names.Append(Caller.FirstTenant) : names;
        string[] all = [.. own.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var page = all.Length > limit ? all[..limit] : all;
        var found = new List<TenantRecord>(page.Length);
        foreach (var some in page.Chunk(AskedAtOnce))
            found.AddRange((await Task.WhenAll(some.Select(name => GetTenant(name).DescribeTenant()))).OfType<TenantRecord>());
        return (found, all.Length > limit ? page[^1] : null, null);
    }

    /// <summary>
    /// A new tenant and the text of its first token. One that has a token already, however it came to be, gets no other one; one whose
    /// making failed half-way does.
    /// </summary>
    public async ValueTask<(TenantRecord? Tenant, string Text, Problem? Problem)> MakeTenant(string name, Caller by)
    {
        if (by.EndsAt is not null) return (null, "", Outlived);
        var taken = ProblemTable.CreateProblem(409, ProblemTypes.NameTaken, $"There is a tenant {name} already.");
        if (name == Caller.FirstTenant) return (null, "", taken);
        switch (await Directory.AddTenant(name))
        {
            case TenantReply.Added or TenantReply.Known: break;
            case TenantReply.TooMany:
                return (null, "", ProblemTable.CreateProblem(409, ProblemTypes.LimitReached,
                    $"There are {Protocol.Limits.Tenants} tenants, which is the limit."));
            default: return (null, "", OlderSilo);
        }
        var tokens = grains.GetGrain<ITokenDirectoryGrain>(GrainKeys.ForTokenDirectory(name));
        string? after = null;
        do
        {
            if (await tokens.Page(after, Protocol.Limits.Page) is not { } page) return (null, "", OlderSilo);
            if (page.Tokens.Length > 0) return (null, "", taken);
            after = page.Next;
        }
        while (after is not null);
        await GetTenant(name).NoteMaker(by.TokenId, clock.GetUtcNow());
        var (record, text) = CreateFirstToken(name, by);
        var reply = await tokens.Save(record, clock.GetUtcNow());
        if (reply != TokenReply.Saved) return (null, "", reply == TokenReply.NotFirst ? taken : ProblemTable.Unavailable);
        NoteChange("tenant-made", name, by);
        return (await GetTenant(name).DescribeTenant(), text, null);
    }

    /// <summary>Refuses a tenant's tokens, or lets them in again. Its tasks stay as they are.</summary>
    public async ValueTask<(TenantRecord? Tenant, Problem? Problem)> SetDisabled(string? name, bool disabled, Caller by)
    {
        if (name == Caller.FirstTenant)
            return disabled ? (null, FirstStays) : (await GetTenant(name).DescribeTenant(), null);
        if (name is null || !Protocol.Names.IsName(name) || !await Directory.HasTenant(name)) return (null, NoSuchTenant);
        if (await GetTenant(name).SetDisabled(disabled, by.TokenId, clock.GetUtcNow()) is not { } tenant) return (null, OlderSilo);
        NoteChange(disabled ? "tenant-disabled" : "tenant-enabled", name, by);
        cache.ForgetTokens(token => token.Record.Tenant == name);
        if (!disabled) return (tenant, null);
        foreach (var use in requests.Tokens)
            if (use.Caller.Tenant == name) requests.CutRequests(use);
        return (tenant, null);
    }

    private (TokenRecord Record, string Text) CreateFirstToken(string tenant, Caller by)
    {
        var text = TokenText.Create(Roles.Admin);
        return (new TokenRecord
        {
            TokenId = text.Substring(TokenForm.IdStart, TokenForm.IdLength),
            SecretHash = TokenChanges.HashSecret(text),
            Role = TokenRoles.Admin,
            Tenant = tenant,
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = by.TokenId,
            ChangeId = Guid.NewGuid(),
            Name = "first administrator",
            IsFirst = true,
        }, text);
    }

    private void NoteChange(string what, string name, Caller by) =>
        audit.AddNote(new(clock.GetUtcNow(), what, by.AuditName, by.Address, null, $"tenant {name}"));

    private ITenantDirectoryGrain Directory => grains.GetGrain<ITenantDirectoryGrain>(GrainKeys.TenantDirectory);

    private ITenantGrain GetTenant(string name) => grains.GetGrain<ITenantGrain>(GrainKeys.ForTenant(name));
}
