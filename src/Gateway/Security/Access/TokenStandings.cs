using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// Asks what a token is worth beyond its own record. The tokens of the first tenant that are nobody's need no second question.
/// </summary>
internal static class TokenStandings
{
    public static bool NeedsStanding(this TokenRecord record) => record.Tenant != Caller.FirstTenant || record.Person is not null;

    /// <summary>A token as it is now; null for a record that is no token's.</summary>
    public static async ValueTask<KnownToken?> FindKnown(this IGrainFactory grains, TokenRecord? record)
    {
        if (record is null || !record.NeedsStanding()) return KnownToken.FromRecord(record);
        var tenant = grains.GetGrain<ITenantGrain>(GrainKeys.ForTenant(record.Tenant));
        return KnownToken.FromRecord(record, await tenant.FindStanding(record.Person?.Id));
    }

    /// <summary>The same for several of one tenant, by one question.</summary>
    public static async ValueTask<IReadOnlyList<KnownToken>> FindKnown(
        this IGrainFactory grains, string tenant, IReadOnlyList<TokenRecord> records)
    {
        var people = !records.Any(record => record.Person is not null) ? []
            : await grains.GetGrain<ITenantGrain>(GrainKeys.ForTenant(tenant)).ListPeople() ?? [];
        // Whoever asks is of the tenant, and so it is let in.
        return [.. records.Select(record => KnownToken.FromRecord(record, record.Person is not { } whose ? null
            : new Standing(false, Array.Find(people, person => person.Id == whose.Id)))).OfType<KnownToken>()];
    }
}
