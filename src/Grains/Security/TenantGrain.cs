using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Grains.Ports;

namespace OpenClaw.Grains.Security;

/// <summary>One tenant and its people.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class TenantGrain([PersistentState("tenant", "Default")] IPersistentState<StoredTenant> state) : Grain, ITenantGrain
{
    private readonly CurrentState<StoredTenant> current = new(state);

    public async Task<Standing?> FindStanding(string? personId)
    {
        await current.EnsureCurrent();
        var person = personId is null ? null : Array.Find(state.State.People, one => one.Id == personId);
        return new Standing(state.State.Tenant?.DisabledAt is not null, person);
    }

    public async Task<TenantRecord?> DescribeTenant()
    {
        await current.EnsureCurrent();
        return Tenant;
    }

    public async Task<bool> NoteMaker(string by, DateTimeOffset now)
    {
        await current.EnsureCurrent();
        if (Tenant.CreatedAt is null) await StoreTenant(state.State with { Tenant = Tenant with { CreatedAt = now, CreatedBy = by } });
        return true;
    }

    public async Task<TenantRecord?> SetDisabled(bool disabled, string by, DateTimeOffset now)
    {
        await current.EnsureCurrent();
        var known = Tenant;
        if (disabled == known.DisabledAt is not null) return known;
        var next = known with { DisabledAt = disabled ? now : null, DisabledBy = disabled ? by : null };
        await StoreTenant(state.State with { Tenant = next });
        return next;
    }

    public async Task<PersonRecord[]?> ListPeople()
    {
        await current.EnsureCurrent();
        return [.. state.State.People.OrderBy(person => person.Name, StringComparer.Ordinal)];
    }

    public async Task<PersonReply> SavePerson(PersonRecord person)
    {
        await current.EnsureCurrent();
        var (reply, people) = PeopleRules.SavePerson(state.State.People, person);
        if (people is not null) await StoreTenant(state.State with { People = people });
        return reply;
    }

    public async Task<PersonReply> RemovePerson(string id, long version)
    {
        await current.EnsureCurrent();
        var (reply, people) = PeopleRules.RemovePerson(state.State.People, id, version);
        if (people is not null) await StoreTenant(state.State with { People = people });
        return reply;
    }

    private TenantRecord Tenant =>
        state.State.Tenant ?? new TenantRecord { Name = GrainKeys.ParseTenant(this.GetPrimaryKeyString()) };

    private Task StoreTenant(StoredTenant next) => state.StoreOrForget(next, DeactivateOnIdle);
}

/// <summary>What is stored under a tenant's name.</summary>
[GenerateSerializer, Alias("StoredTenant")]
internal sealed record StoredTenant
{
    /// <summary>The tenant itself; null: nobody has changed anything of it.</summary>
    [Id(0)] public TenantRecord? Tenant { get; set; }
    /// <summary>Its people.</summary>
    [Id(1)] public PersonRecord[] People { get; set; } = [];
}
