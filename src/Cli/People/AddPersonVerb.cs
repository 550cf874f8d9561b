using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.People;

/// <summary>Adds a person. Their tokens are made with <c>tokens create --person</c>.</summary>
internal static class AddPersonVerb
{
    private static readonly VerbOption Roles =
        new("--roles", $"what they may do: {string.Join(", ", PersonRoles.All)} (default: viewer)", "A,B");
    private static readonly VerbOption Identities = new("--identities", $"who they are in chats: {ChatIdentity.Forms}", "A,B");

    public static Verb Add { get; } = new("people add", "adds a person", Run)
    {
        Options = [Roles, Identities],
        Words = "NAME",
        Count = (1, 1),
        More = "Then: TOKEN=$(openclaw tokens create client --person NAME). It has at most what the person's roles give, at every moment.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var add = new AddPerson
        {
            Name = call.Words[0], Roles = call.FindList(Roles) ?? [PersonRoles.Viewer], Identities = call.FindList(Identities),
        };
        var (person, exit) = await call.AskServer(http => new PeopleClient(http).AddPerson(add));
        return person is null ? exit : PersonLines.Show(call, person);
    }
}
