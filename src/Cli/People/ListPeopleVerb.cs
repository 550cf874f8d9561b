using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.People;

/// <summary>The people of the tenant, and one of them.</summary>
internal static class ListPeopleVerb
{
    private static readonly VerbOption Quiet = new("--quiet", "names alone");

    public static Verb List { get; } = new("people list", "the people of the tenant", Run) { Options = [Quiet] };

    public static Verb Show { get; } = new("people show", "one person: roles, chats, tokens", ShowOne) { Words = "NAME", Count = (1, 1) };

    private static async Task<int> Run(VerbCall call)
    {
        var people = new List<PersonView>();
        string? cursor = null;
        do
        {
            var (page, exit) = await call.AskServer(http => new PeopleClient(http).ListPeople(cursor));
            if (page is null) return exit;
            people.AddRange(page.People);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return call.Show(new PersonListView([.. people]), ProtocolJson.Default.PersonListView, to =>
        {
            if (call.HasOption(Quiet)) foreach (var person in people) to.WriteLine(person.Name);
            else TextTable.Write(to, ["NAME", "STATUS", "ROLES", "CHATS"], people.Select(person => new[]
            {
                person.Name, person.Status, string.Join(", ", person.Roles), string.Join(", ", person.Identities),
            }));
        });
    }

    private static async Task<int> ShowOne(VerbCall call)
    {
        var (person, exit) = await call.AskServer(http => new PeopleClient(http).GetPerson(call.Words[0]));
        return person is null ? exit : PersonLines.Show(call, person);
    }
}
