using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Grains.Ports;
using OpenClaw.Protocol;

namespace OpenClaw.Grains.Security;

/// <summary>The list of tenants; what each of them is its own grain knows.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class TenantDirectoryGrain([PersistentState("tenants", "Default")] IPersistentState<TenantNames> state)
    : Grain, ITenantDirectoryGrain
{
    private readonly CurrentState<TenantNames> current = new(state);

    public async Task<TenantReply> AddTenant(string name)
    {
        await current.EnsureCurrent();
        var known = state.State.Names;
        if (known.Contains(name, StringComparer.Ordinal)) return TenantReply.Known;
        if (known.Length >= Limits.Tenants) return TenantReply.TooMany;
        await state.StoreOrForget(new TenantNames { Names = [.. known, name] }, DeactivateOnIdle);
        return TenantReply.Added;
    }

    public async Task<bool> HasTenant(string name)
    {
        await current.EnsureCurrent();
        return state.State.Names.Contains(name, StringComparer.Ordinal);
    }

    public async Task<string[]?> ListNames(string? after, int limit)
    {
        await current.EnsureCurrent();
        return [.. state.State.Names.Where(name => string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal).Take(limit)];
    }
}

/// <summary>What is stored of the list.</summary>
[GenerateSerializer, Alias("TenantNames")]
internal sealed record TenantNames
{
    /// <summary>Their names.</summary>
    [Id(0)] public string[] Names { get; set; } = [];
}
