using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol;

namespace OpenClaw.Grains.Security;

/// <summary>What the people of a tenant become by a change. Pure.</summary>
internal static class PeopleRules
{
    /// <summary>What became of it, and the people as they are to be stored; null: nothing is.</summary>
    public static (PersonReply Reply, PersonRecord[]? People) SavePerson(PersonRecord[] people, PersonRecord person)
    {
        var known = Array.Find(people, one => one.Id == person.Id);
        if (known is not null && known.Version == person.Version && known.ChangeId == person.ChangeId) return (PersonReply.Saved, null);
        if ((known?.Version ?? -1) != person.Version - 1) return (PersonReply.Conflict, null);
        var others = Array.FindAll(people, one => one.Id != person.Id);
        if (known is null && others.Length >= Limits.People) return (PersonReply.TooMany, null);
        if (others.Any(one => one.Name == person.Name)) return (PersonReply.NameTaken, null);
        // Who speaks in a chat is one person, or nobody could say who said yes.
        if (others.SelectMany(one => one.Identities).Intersect(person.Identities, StringComparer.Ordinal).Any())
            return (PersonReply.IdentityTaken, null);
        return (PersonReply.Saved, [.. others, person]);
    }

    /// <summary>The same for one who is to be forgotten.</summary>
    public static (PersonReply Reply, PersonRecord[]? People) RemovePerson(PersonRecord[] people, string id, long version)
    {
        if (Array.Find(people, one => one.Id == id) is not { } known) return (PersonReply.Saved, null);
        return known.Version != version ? (PersonReply.Conflict, null)
            : (PersonReply.Saved, Array.FindAll(people, one => one.Id != id));
    }
}
