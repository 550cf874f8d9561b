using CsCheck;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Grains.Tests.Queues;

public sealed class LabelSetTests
{
    private static readonly string[] Labels = ["a", "ab", "a-b", "b", "gpu", "kind:command", "os:linux", "worker:a", "worker:ab"];
    private static readonly Gen<string[]> Sets = Gen.Int[0, Labels.Length - 1].Select(i => Labels[i]).Array[0, 6];

    [Fact]
    public void Both_ways_of_covering_agree() => Gen.Select(Sets, Sets).Sample((offered, required) =>
        LabelSet.Covers(LabelSet.Of(offered), LabelSet.Of(required)) == required.All(offered.Contains)
        && LabelSet.Covers(offered.ToHashSet(), LabelSet.Of(required)) == required.All(offered.Contains));
}
