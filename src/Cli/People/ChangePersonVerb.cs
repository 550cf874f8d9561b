using OpenClaw.Protocol;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.People;

/// <summary>What becomes of a person: other roles or chats, disabled, enabled, removed.</summary>
internal static class ChangePersonVerb
{
    public static Verb Roles { get; } = new("people roles", "gives a person these roles and no others",
        call => Change(call, new ChangePerson { Roles = ReadRest(call) }))
    {
        Words = "NAME ROLE...",
        Count = (2, int.MaxValue),
        More = $"Roles: {string.Join(", ", PersonRoles.All)}. It holds within 5 s, also for what is under way.",
    };

    public static Verb Identities { get; } = new("people identities", "says who a person is in chats: these and no others",
        call => Change(call, new ChangePerson { Identities = ReadRest(call) }))
    {
        Words = "NAME [IDENTITY...]",
        Count = (1, int.MaxValue),
        More = $"An identity is {ChatIdentity.Forms}, and one person's alone. None: they are in no chat.",
    };

    public static Verb Disable { get; } = new("people disable", "refuses all tokens of a person within 5 s on every gateway",
        call => Switch(call, (client, name) => client.DisablePerson(name), "disabled"))
    {
        Words = "NAME",
        Count = (1, 1),
    };

    public static Verb Enable { get; } = new("people enable", "lets the tokens of a person in again",
        call => Switch(call, (client, name) => client.EnablePerson(name), "enabled"))
    {
        Words = "NAME",
        Count = (1, 1),
    };

    public static Verb Remove { get; } = new("people remove", "forgets a person; their tokens are refused for good",
        call => Switch(call, (client, name) => client.RemovePerson(name), "removed"))
    {
        Words = "NAME",
        Count = (1, 1),
    };

    private static string[] ReadRest(VerbCall call) =>
        [.. call.Words.Skip(1).SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries))];

    private static async Task<int> Change(VerbCall call, ChangePerson change)
    {
        var (person, exit) = await call.AskServer(http => new PeopleClient(http).ChangePerson(call.Words[0], change));
        return person is null ? exit : PersonLines.Show(call, person);
    }

    private static async Task<int> Switch(VerbCall call, Func<PeopleClient, string, Task<Answer<PersonView>>> change, string what)
    {
        var (person, exit) = await call.AskServer(http => change(new PeopleClient(http), call.Words[0]));
        return person is null ? exit
            : call.Show(person, ProtocolJson.Default.PersonView, to => to.WriteLine($"{what}: {person.Name}"));
    }
}
