using OpenClaw.Protocol.Answers;

namespace OpenClaw.Protocol.Security;

/// <summary>
/// The routes of people and of tenants, typed. The <see cref="HttpClient"/> brings base address and an administrator's token. Problems and
/// answers that prove nothing are values; a server that is not there is an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class PeopleClient(HttpClient http)
{
    /// <summary>A page of people, by name.</summary>
    public Task<Answer<PersonListView>> ListPeople(string? cursor = null, CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, AddCursor(Routes.People, cursor), ExpectedPeople, cancellation);

    /// <summary>Adds a person.</summary>
    public Task<Answer<PersonView>> AddPerson(AddPerson person, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(
            http, Routes.People, person, ProtocolJson.Default.AddPerson, ExpectPerson(person.Name), cancellation);

    /// <summary>What is known of a person.</summary>
    public Task<Answer<PersonView>> GetPerson(string name, CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, BuildPath(Routes.Person, name), ExpectPerson(name), cancellation);

    /// <summary>Gives a person other roles or chat identities.</summary>
    public Task<Answer<PersonView>> ChangePerson(string name, ChangePerson change, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(
            http, BuildPath(Routes.Person, name), change, ProtocolJson.Default.ChangePerson, ExpectPerson(name), cancellation);

    /// <summary>Refuses all tokens of a person. May be repeated.</summary>
    public Task<Answer<PersonView>> DisablePerson(string name, CancellationToken cancellation = default) =>
        PostAbout(Routes.DisablePerson, name, ExpectPerson(name), cancellation);

    /// <summary>Lets the tokens of a person in again. May be repeated.</summary>
    public Task<Answer<PersonView>> EnablePerson(string name, CancellationToken cancellation = default) =>
        PostAbout(Routes.EnablePerson, name, ExpectPerson(name), cancellation);

    /// <summary>Forgets a person; their tokens are refused for good.</summary>
    public Task<Answer<PersonView>> RemovePerson(string name, CancellationToken cancellation = default) =>
        PostAbout(Routes.RemovePerson, name, ExpectPerson(name), cancellation);

    /// <summary>A page of the server's tenants, by name.</summary>
    public Task<Answer<TenantListView>> ListTenants(string? cursor = null, CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, AddCursor(Routes.Tenants, cursor), ExpectedTenants, cancellation);

    /// <summary>Makes a tenant; the text of its first token is in this answer alone.</summary>
    public Task<Answer<IssuedTenantView>> MakeTenant(MakeTenant tenant, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.Tenants, tenant, ProtocolJson.Default.MakeTenant,
            new ExpectedAnswer<IssuedTenantView>(ProtocolJson.Lenient.IssuedTenantView) { Fits = made => made.Tenant.Name == tenant.Name },
            cancellation);

    /// <summary>Refuses all tokens of a tenant. May be repeated.</summary>
    public Task<Answer<TenantView>> DisableTenant(string name, CancellationToken cancellation = default) =>
        PostAbout(Routes.DisableTenant, name, ExpectTenant(name), cancellation);

    /// <summary>Lets the tokens of a tenant in again. May be repeated.</summary>
    public Task<Answer<TenantView>> EnableTenant(string name, CancellationToken cancellation = default) =>
        PostAbout(Routes.EnableTenant, name, ExpectTenant(name), cancellation);

    private async Task<Answer<T>> PostAbout<T>(
        string route, string name, ExpectedAnswer<T> expected, CancellationToken cancellation) where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, BuildPath(route, name));
        return await AnswerReader.SendRequest(http, request, expected, cancellation).ConfigureAwait(false);
    }

    private static ExpectedAnswer<PersonListView> ExpectedPeople { get; } =
        new(ProtocolJson.Lenient.PersonListView) { Fits = page => Array.TrueForAll(page.People, one => one is { Name.Length: > 0 }) };

    private static ExpectedAnswer<TenantListView> ExpectedTenants { get; } =
        new(ProtocolJson.Lenient.TenantListView) { Fits = page => Array.TrueForAll(page.Tenants, one => one is { Name.Length: > 0 }) };

    private static ExpectedAnswer<PersonView> ExpectPerson(string name) =>
        new(ProtocolJson.Lenient.PersonView) { Fits = person => person.Name == name };

    private static ExpectedAnswer<TenantView> ExpectTenant(string name) =>
        new(ProtocolJson.Lenient.TenantView) { Fits = tenant => tenant.Name == name };

    private static string AddCursor(string route, string? cursor) =>
        cursor is null ? route : $"{route}?cursor={Uri.EscapeDataString(cursor)}";

    private static string BuildPath(string route, string name) =>
        route.Replace("{name}", Uri.EscapeDataString(name), StringComparison.Ordinal);
}
