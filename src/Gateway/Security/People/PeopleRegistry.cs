using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.People;

/// <summary>
/// The people of a caller's tenant. A change holds on this gateway at once, as that of a token does: what is remembered of their tokens is
/// forgotten, and their requests under way are cut and judged anew when they come again.
/// </summary>
internal sealed class PeopleRegistry(
    IGrainFactory grains, TokenCache cache, LongRequests requests, IAuditTrail audit, TimeProvider clock)
{
    private const int Tries = 5;

    public static Problem NoSuchPerson { get; } = ProblemTable.CreateNotFound("There is no such person.");

    private static Problem OlderSilo { get; } = ProblemTable.Unavailable with
    {
        Detail = "A silo of an older build is in the cluster: people can be looked at and changed when it is gone.",
        Error = "A silo of an older build is in the cluster: people can be looked at and changed when it is gone.",
    };

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>All of them, by name.</summary>
    public async ValueTask<(PersonRecord[]? People, Problem? Problem)> ListPeople(Caller caller) =>
        await GetTenant(caller).ListPeople() is { } people ? (people, null) : (null, OlderSilo);

    /// <summary>One of them, or the problem that there is none.</summary>
    public async ValueTask<(PersonRecord? Person, Problem? Problem)> FindPerson(string? name, Caller caller)
    {
        var (people, problem) = await ListPeople(caller);
        if (people is null) return (null, problem);
        return Array.Find(people, person => person.Name == name) is { } found ? (found, null) : (null, NoSuchPerson);
    }

    /// <summary>Adds one.</summary>
    public async ValueTask<(PersonRecord? Person, Problem? Problem)> AddPerson(AddPerson add, Caller by)
    {
        var (person, problem) = PersonChanges.CreatePerson(add, by, Now);
        return person is null ? (null, problem) : await SavePerson(person, by, "person-added");
    }

    /// <summary>Changes one as <paramref name="change"/> says of what they are now.</summary>
    public async ValueTask<(PersonRecord? Person, Problem? Problem)> ChangePerson(
        string? name, Caller by, string what, Func<PersonRecord, (PersonRecord? Next, Problem? Problem)> change)
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            var (person, problem) = await FindPerson(name, by);
            if (person is null) return (null, problem);
            (var next, problem) = change(person);
            if (next is null || next == person) return (next, problem);
            (var saved, problem) = await SavePerson(next, by, what);
            if (saved is not null || problem is not null) return (saved, problem);
        }
        return (null, ProblemTable.Unavailable);
    }

    /// <summary>Forgets one. Tokens name an id that nobody gets again, so those that were made for them are refused for good.</summary>
    public async ValueTask<(PersonRecord? Person, Problem? Problem)> RemovePerson(string? name, Caller by)
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            var (person, problem) = await FindPerson(name, by);
            if (person is null) return (null, problem);
            var reply = await GetTenant(by).RemovePerson(person.Id, person.Version);
            if (reply == PersonReply.Conflict) continue;
            if (reply != PersonReply.Saved) return (null, OlderSilo);
            // No version of theirs is one to go on with, the present one included.
            CutPerson(person with { RightsVersion = person.Version + 1 }, by, "person-removed");
            return (person, null);
        }
        return (null, ProblemTable.Unavailable);
    }

    /// <summary>
    /// Notes that a token was made for somebody. That is for people to read: what the token may do follows from the token and the person,
    /// and it is issued, whatever becomes of the note.
    /// </summary>
    public async ValueTask NoteToken(PersonRecord person, string tokenId, Caller by)
    {
        try
        {
            for (var tried = 0; tried < Tries; tried++)
            {
                if (await GetTenant(by).SavePerson(PersonChanges.AddToken(person, tokenId)) != PersonReply.Conflict) return;
                if (await FindPerson(person.Name, by) is not ({ } now, _) || now.Id != person.Id) return;
                person = now;
            }
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            // Its secret is in the answer that waits for this.
        }
    }

    /// <summary>Neither a person nor a problem: somebody else was faster.</summary>
    private async ValueTask<(PersonRecord? Person, Problem? Problem)> SavePerson(PersonRecord person, Caller by, string what)
    {
        switch (await GetTenant(by).SavePerson(person))
        {
            case PersonReply.Saved:
                CutPerson(person, by, what);
                return (person, null);
            case PersonReply.Conflict:
                return (null, null);
            case PersonReply.NameTaken:
                return (null, ProblemTable.CreateProblem(409, ProblemTypes.NameTaken, $"There is a person {person.Name} already."));
            case PersonReply.IdentityTaken:
                return (null, ProblemTable.CreateProblem(409, ProblemTypes.IdentityTaken,
                    "One of the chat identities is another person's: openclaw people list shows whose."));
            case PersonReply.TooMany:
                return (null, ProblemTable.CreateProblem(409, ProblemTypes.LimitReached,
                    $"There are {Protocol.Limits.People} people, which is the limit."));
            default:
                return (null, OlderSilo);
        }
    }

    private void CutPerson(PersonRecord person, Caller by, string what)
    {
        audit.AddNote(new(Now, what, by.AuditName, by.Address, null, $"person {person.Name}: {string.Join(", ", person.Roles)}"));
        cache.ForgetTokens(token => token.Record.Person?.Id == person.Id);
        foreach (var use in requests.Tokens)
            if (use.Caller.Person?.Id == person.Id && use.Caller.Use.PersonVersion != person.RightsVersion) requests.CutRequests(use);
    }

    private ITenantGrain GetTenant(Caller caller) => grains.GetGrain<ITenantGrain>(GrainKeys.ForTenant(caller.Tenant));
}
