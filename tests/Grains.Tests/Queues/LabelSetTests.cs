using CsCheck;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Tests.Queues;

public sealed class LabelSetTests
{
    private static readonly string[] Labels = ["a", "ab", "a-b", "b", "gpu", "kind:command", "os:linux", "worker:a", "worker:ab"];
    private static readonly Gen<string[]> Sets = Gen.Int[0, Labels.Length - 1].Select(i => Labels[i]).Array[0, 6];

    [Fact]
    public void A_set_covers_another_that_has_no_other_labels() => Gen.Select(Sets, Sets).Sample((offered, required) =>
        LabelSet.Covers(LabelSet.FromLabels(offered), LabelSet.FromLabels(required)) == required.All(offered.Contains));

    [Fact]
    public void With_and_without_a_label_a_set_is_what_it_is_made_of() =>
        Gen.Select(Sets, Gen.Int[0, Labels.Length - 1]).Sample((set, which) =>
        LabelSet.AddLabel(LabelSet.FromLabels(set), Labels[which]) == LabelSet.FromLabels(set.Append(Labels[which]))
        && LabelSet.RemoveLabel(LabelSet.FromLabels(set), Labels[which]) == LabelSet.FromLabels(set.Where(one => one != Labels[which])));
}
