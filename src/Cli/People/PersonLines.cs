using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.People;

/// <summary>People for people.</summary>
internal static class PersonLines
{
    public static int Show(VerbCall call, PersonView person) =>
        call.Show(person, ProtocolJson.Default.PersonView, to => TextTable.WriteProperties(to,
            ("name", person.Name), ("status", person.Status), ("roles", string.Join(", ", person.Roles)),
            ("chats", person.Identities.Length > 0 ? string.Join(", ", person.Identities) : null),
            ("tokens", person.Tokens.Length > 0 ? string.Join(", ", person.Tokens) : null),
            ("added", Join(person.CreatedAt, person.CreatedBy)),
            ("disabled", person.DisabledAt is { } at ? Join(at, person.DisabledBy) : null)));

    private static string Join(long at, string? by) => by is null ? Times.FormatTime(at) : $"{Times.FormatTime(at)} by {by}";
}
