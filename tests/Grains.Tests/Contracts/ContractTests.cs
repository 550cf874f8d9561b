using System.Text.Json;
using OpenClaw.GrainInterfaces.Upgrades;

namespace OpenClaw.Grains.Tests.Contracts;

/// <summary>
/// Silos and gateways of two builds serve one cluster while it is upgraded or rolled back (ADR 20): what an older build sends, stores and
/// calls stays as it is for as long as clusters are upgraded from it.
/// </summary>
public sealed class ContractTests
{
    /// <summary>The oldest build a cluster may be upgraded from while it runs.</summary>
    private const string Oldest = "549d526";

    [Fact]
    public void Contracts_are_only_added_to_and_what_is_added_is_on_record()
    {
        var written = ContractFile.Write();
        var (known, now) = (ContractFile.Read("contracts.txt"), ContractText.Lines());
        var (gone, added) = (known.Except(now).ToList(), now.Except(known).ToList());
        Assert.True(
            gone.Count == 0,
            $"Builds that are in use have these contracts. Leave them, and add new ones beside them:\n{string.Join('\n', gone)}");
        Assert.True(
            added.Count == 0,
            $"New contracts:\n{string.Join('\n', added)}\nA call needs an entry in OlderCalls; a field's default, and an enum's value, "
            + "must be right for somebody who does not know it (ADR 20). When that is so: "
            + $"cp {written}/contracts.txt {ContractFile.Folder}/");
    }

    [Fact]
    public void Everything_the_oldest_build_agreed_to_is_still_there() =>
        Assert.Equal([], ContractFile.Read($"contracts-{Oldest}.txt").Except(ContractText.Lines()));

    [Fact]
    public void Every_call_that_the_oldest_build_does_not_know_has_one_in_its_place_and_no_other_has()
    {
        var newer = ContractText.Lines().Except(ContractFile.Read($"contracts-{Oldest}.txt"))
            .Where(line => line.StartsWith("call ", StringComparison.Ordinal))
            .Select(line => line["call ".Length..line.IndexOf('(', StringComparison.Ordinal)]);
        var replaced = OlderCalls.All.Select(call => $"{ContractText.NameOf(call.Interface)}.{call.Name}");

        Assert.Equal(newer.Order(StringComparer.Ordinal), replaced.Order(StringComparer.Ordinal));
    }

    public static TheoryData<string> ValuesOfTheOldest =>
        [.. ContractFile.Read($"values-{Oldest}.txt").Select(line => line[..line.LastIndexOf('\t')])];

    [Theory, MemberData(nameof(ValuesOfTheOldest))]
    public void What_the_oldest_build_sent_or_stored_is_read_as_it_was_meant(string begin)
    {
        var line = ContractFile.Read($"values-{Oldest}.txt").Single(line => line.StartsWith(begin, StringComparison.Ordinal));
        var (what, alias, stored, shown) = ContractFile.Parse(line);
        var type = ContractText.Types[alias];
        var read = what == "wire"
            ? ContractFile.Serializer.Deserialize<object>(Convert.FromBase64String(stored))
            : JsonSerializer.Deserialize(stored, type);

        Assert.IsType(type, read);
        Assert.True(
            SampleValue.Holds(SampleValue.Show(read), shown),
            $"{alias} was {shown.ToJsonString()}\nand is read as {SampleValue.Show(read)!.ToJsonString()}");
    }

    public static TheoryData<string> Aliases => [.. ContractText.Types.Keys];

    [Theory, MemberData(nameof(Aliases))]
    public void What_is_sent_arrives_with_every_field(string alias)
    {
        var sent = SampleValue.Make(ContractText.Types[alias]);
        var arrived = ContractFile.Serializer.Deserialize<object>(ContractFile.Serializer.SerializeToArray<object>(sent));

        Assert.Equal(SampleValue.Show(sent)!.ToJsonString(), SampleValue.Show(arrived)!.ToJsonString());
    }
}
