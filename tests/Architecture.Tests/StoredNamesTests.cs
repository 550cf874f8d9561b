using System.Reflection;
using OpenClaw.GrainInterfaces;

namespace OpenClaw.Architecture.Tests;

/// <summary>
/// Under what a grain's state is stored. Orleans' ADO.NET provider forgets the grain's type, and takes "ab", "0ab" and "AB" for one number:
/// the name of a state must be one grain's alone, and a key must not read as a number or a UUID, whatever is in it.
/// </summary>
public sealed class StoredNamesTests
{
    /// <summary>Each state and the method of the gateway's GrainKeys that makes its grain's keys.</summary>
    private static readonly Dictionary<string, Func<string, string>> KeysOf = new()
    {
        ["token"] = GrainKeys.ForToken, ["worker"] = name => GrainKeys.ForWorker(name, name), ["workers"] = GrainKeys.ForWorkerDirectory,
        ["session"] = name => GrainKeys.ForAgentSession(name, name), ["tokens"] = GrainKeys.ForTokenDirectory,
        ["enrolment"] = GrainKeys.ForEnrolment, ["tenant"] = GrainKeys.ForTenant, ["tenants"] = _ => GrainKeys.TenantDirectory,
    };

    private static readonly (Type Grain, PersistentStateAttribute State)[] States =
    [
        .. from grain in House.AssemblyOf("Grains").GetTypes()
           from constructor in grain.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
           from parameter in constructor.GetParameters()
           let state = parameter.GetCustomAttribute<PersistentStateAttribute>()
           where state is not null
           select (grain, state),
    ];

    [Fact]
    public void No_two_grains_have_a_state_of_one_name_whatever_its_case() =>
        House.None(States.GroupBy(s => s.State.StateName, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key));

    [Fact]
    public void Every_state_is_in_the_list_and_in_the_default_storage_of_a_grain_with_a_text_as_key()
    {
        Assert.Equal(KeysOf.Keys.Order(StringComparer.Ordinal), States.Select(s => s.State.StateName).Order(StringComparer.Ordinal));
        House.None(States.Where(s => s.State.StorageName != "Default").Select(s => s.Grain.Name));
        House.None(States.Where(s => !typeof(IGrainWithStringKey).IsAssignableFrom(s.Grain)).Select(s => s.Grain.Name));
    }

    [Theory]
    [InlineData("ab"), InlineData("0AB"), InlineData("7"), InlineData("7+8"), InlineData("8f14e45fceea167a5a36dedd4bea2543")]
    public void A_key_never_reads_as_a_number_or_a_UUID(string name)
    {
        foreach (var makeKey in KeysOf.Values)
        {
            var grain = GrainId.Create("any", makeKey(name));
            Assert.False(grain.TryGetIntegerKey(out _, out _), $"{grain}");
            Assert.False(grain.TryGetGuidKey(out _, out _), $"{grain}");
        }
    }
}
