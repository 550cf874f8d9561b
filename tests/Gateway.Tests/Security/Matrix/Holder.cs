using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Security.Matrix;

/// <summary>Somebody with a token: which estates are its own to see, and which are as if they were not there.</summary>
internal sealed record Holder(string Name, string? Token, Estate[] Own, Estate[] Foreign)
{
    /// <summary>It sees states and no texts.</summary>
    public bool Blind { get; init; }

    /// <summary>Own tasks can be read with it.</summary>
    public bool Reads { get; init; } = true;

    /// <summary>It acts as this estate's worker, whose attempts alone are its own.</summary>
    public Estate? ActsAs { get; init; }

    /// <summary>Everybody there is: each kind of token in each tenant.</summary>
    public static async Task<IReadOnlyList<Holder>> MakeAll(
        IGrainFactory grains, Estate inside, Estate outside, Estate other, string shared)
    {
        async Task<string> Make(Roles role, string tenant, TokenRules? rules = null, Func<TokenRecord, TokenRecord>? also = null)
        {
            var text = TokenText.Create(role);
            await Estate.StoreToken(grains, text, tenant, record => (also?.Invoke(record) ?? record) with { Rules = rules });
            return text;
        }

        Estate[] first = [inside, outside], second = [other];
        var narrowing = new TokenRules { Workers = [inside.WorkerName] };
        var blind = new TokenRules { Scopes = ["tasks:submit", "tasks:read", "tasks:cancel", "agents:run", "workers:read"] };
        var readOnly = new TokenRules { Scopes = ["tasks:read", "tasks:payload", "workers:read"] };
        var past = TimeProvider.System.GetUtcNow().AddHours(-1);
        return
        [
            new("client", await Make(Roles.Client, "default"), first, second),
            new("admin", await Make(Roles.Admin, "default"), first, second),
            new("worker", await Make(Roles.Worker, "default"), first, second) { Reads = false, ActsAs = inside },
            new("shared", shared, first, second) { ActsAs = inside },
            new("other's client", await Make(Roles.Client, "other"), second, first),
            new("other's admin", await Make(Roles.Admin, "other"), second, first),
            new("other's worker", await Make(Roles.Worker, "other"), second, first) { Reads = false, ActsAs = other },
            new("narrowed to a worker", await Make(Roles.Client, "default", narrowing), [inside], [outside, other]),
            new("narrowed administrator", await Make(Roles.Admin, "default", narrowing), [inside], [outside, other]),
            new("narrowed to nothing there", await Make(Roles.Client, "default", new() { Workers = ["nowhere"], Kinds = ["command"] }), [],
                [inside, outside, other]),
            new("narrowed to labels that nothing has", await Make(Roles.Client, "default", new() { Labels = ["nowhere"] }), [],
                [inside, outside, other]),
            new("narrowed to a kind that nothing has", await Make(Roles.Admin, "default", new() { Kinds = ["nothing"] }), [],
                [inside, outside, other]),
            new("read-only", await Make(Roles.Client, "default", readOnly), first, second),
            new("join token", await Make(Roles.Join, "default"), [], [inside, outside, other]) { Reads = false },
            new("payload-blind", await Make(Roles.Client, "default", blind), first, second) { Blind = true },
            new("payload-blind and narrowed", await Make(Roles.Client, "default", blind with { Workers = narrowing.Workers }), [inside],
                [outside, other]) { Blind = true },
            new("expired", await Make(Roles.Client, "default", null, record => record with { ExpiresAt = past }), [], [inside, other])
                { Reads = false },
            new("revoked", await Make(Roles.Admin, "default", null, record => record with { Revoked = true }), [], [inside, other])
                { Reads = false },
            new("unknown", TokenText.Create(Roles.Admin), [], [inside, other]) { Reads = false },
            new("nobody", null, [], [inside, other]) { Reads = false },
        ];
    }
}
