using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.People;

/// <summary>The people of a tenant: added, listed, changed, disabled and removed by its administrators.</summary>
internal sealed class PeopleEndpoints(PeopleRegistry people) : IEndpoint
{
    private const int PageByDefault = 50;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.People, ListPeople).RequirePolicy(AccessPolicy.AdministerPeople);
        routes.MapChange(Routes.People, AddPerson).RequirePolicy(AccessPolicy.AdministerPeople);
        routes.MapRead(Routes.Person, GetPerson).RequirePolicy(AccessPolicy.AdministerPeople);
        routes.MapChange(Routes.Person, ChangePerson).RequirePolicy(AccessPolicy.AdministerPeople);
        routes.MapChange(Routes.DisablePerson, context => SetDisabled(context, true)).RequirePolicy(AccessPolicy.AdministerPeople);
        routes.MapChange(Routes.EnablePerson, context => SetDisabled(context, false)).RequirePolicy(AccessPolicy.AdministerPeople);
        routes.MapChange(Routes.RemovePerson, RemovePerson).RequirePolicy(AccessPolicy.AdministerPeople);
    }

    private async ValueTask<Reply> ListPeople(HttpContext context)
    {
        if (Query.ReadPage(context, PageByDefault, out var limit, out var after) is { } problem) return problem;
        (var all, problem) = await people.ListPeople(context.GetCaller());
        if (all is null) return problem!;
        var rest = Array.FindAll(all, person => string.CompareOrdinal(person.Name, after) > 0);
        var page = rest.Length > limit ? rest[..limit] : rest;
        return Reply.FromValue(
            new PersonListView(Array.ConvertAll(page, PersonChanges.ToView), rest.Length > limit ? page[^1].Name : null),
            ProtocolJson.Default.PersonListView);
    }

    private async ValueTask<Reply> AddPerson(HttpContext context)
    {
        var (body, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.AddPerson, Limits.WorkerBody, (body, errors) =>
        {
            errors.RequireName("name", body.Name);
            PersonChanges.ValidateRoles(body.Roles, errors);
            PersonChanges.ValidateIdentities(body.Identities, errors);
        });
        if (body is null) return problem!;
        (var person, problem) = await people.AddPerson(body, context.GetCaller());
        return ReplyPerson(person, problem);
    }

    private async ValueTask<Reply> GetPerson(HttpContext context)
    {
        var (person, problem) = await people.FindPerson(ReadName(context), context.GetCaller());
        return ReplyPerson(person, problem);
    }

    private async ValueTask<Reply> ChangePerson(HttpContext context)
    {
        var (body, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.ChangePerson, Limits.WorkerBody, (body, errors) =>
        {
            if (body is { Roles: null, Identities: null }) errors.Add("roles", "or identities must be given");
            PersonChanges.ValidateRoles(body.Roles, errors);
            PersonChanges.ValidateIdentities(body.Identities, errors);
        });
        if (body is null) return problem!;
        var by = context.GetCaller();
        (var person, problem) = await people.ChangePerson(
            ReadName(context), by, "person-changed", known => PersonChanges.ChangeFields(known, body, by));
        return ReplyPerson(person, problem);
    }

    private async ValueTask<Reply> SetDisabled(HttpContext context, bool disabled)
    {
        var by = context.GetCaller();
        var (person, problem) = await people.ChangePerson(ReadName(context), by, disabled ? "person-disabled" : "person-enabled",
            known => PersonChanges.SetDisabled(known, disabled, by, people.Now));
        return ReplyPerson(person, problem);
    }

    private async ValueTask<Reply> RemovePerson(HttpContext context)
    {
        var (person, problem) = await people.RemovePerson(ReadName(context), context.GetCaller());
        return ReplyPerson(person, problem);
    }

    private static Reply ReplyPerson(PersonRecord? person, Problem? problem) =>
        person is null ? problem ?? ProblemTable.Unavailable
            : Reply.FromValue(PersonChanges.ToView(person), ProtocolJson.Default.PersonView);

    private static string? ReadName(HttpContext context) => context.Request.RouteValues["name"] as string;
}
