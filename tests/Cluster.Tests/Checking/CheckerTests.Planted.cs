using System.Text.RegularExpressions;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Checking;

// One violation of each invariant that docs/faults.md says the checker holds: none is held in words only.
public sealed partial class CheckerTests
{
    private static readonly Dictionary<string, Func<Evidence>> Planted = new()
    {
        ["I1"] = () => Sound with { Rows = [] },
        ["I2"] = () => Sound with { Audit = [.. Sound.Audit.Take(2)], Rows = [new(Task, "succeeded", 2, 1)] },
        ["I3"] = () => Sound with { Seen = [.. Sound.Seen, new(Task, 3, "succeeded", 0, "done K\n", null)] },
        ["I4"] = () => Sound with { Seen = [.. Sound.Seen, new(Task, 2, "succeeded", 0, "done k\n", null)] },
        ["I5"] = () => Sound with { Witness = [.. Sound.Witness, new(true, Key, 1, 78, 1010, -1)] },
        ["I6"] = () => Sound with { Witness = [Sound.Witness[0] with { At = 900 }, Sound.Witness[1]] },
        ["I7"] = () => AgainOn(Worker, after: 60_000) with
        {
            DeadWorkers = new HashSet<string> { Worker },
            Witness =
            [
                new(true, Key, 1, 77, 1005, -1), new(true, Key, 2, 78, 62_000, -1),
                new(false, Key, 1, 77, 62_001, -9), new(false, Key, 2, 78, 63_000, 0),
            ],
        },
        ["I8"] = () => Sound with
        {
            Seen = [],
            Acknowledged = [],
            Rows = [new(Task, "rejected", 2, 0)],
            Audit = [Sound.Audit[0], new(Task, 2, "finish", "rejected", 0, 1004)],
        },
        ["I9"] = () => Lost(after: 105_000) with { Acknowledged = [new(Task, 0)], Seen = [new(Task, 3, "lost", -1, "", null)] },
        ["I10"] = () => Sound with { Witness = [Sound.Witness[0], Sound.Witness[1] with { Digest = "00" }] },
        ["I11"] = () => Lost(after: 104_999),
        ["I12"] = () => Lost(after: 300_000),
        ["I13"] = () => Sound with { Stale = [new(Task, 1, 50_000, 200)] },
        ["I15"] = () => Sound with { Leftovers = ["I15 the spool of a worker has 1 result"] },
        ["I16"] = () => Sound with { Leftovers = ["I16 rows of the backlog: 1"] },
        ["I17"] = () => Ended("cancelled", "finish", 60_000) with
        {
            Cancels = [new(Task, 2_000)],
            Accepted = [new(Key, Task, 1) { Timeout = 600_000, KillGrace = 5_000 }],
        },
        ["F0"] = () => Sound with { Faults = [new("kill", 1006, 1006, 0)] },
    };

    public static TheoryData<string> Invariants => [.. Held()];

    [Theory, MemberData(nameof(Invariants))]
    public void A_planted_violation_of_each_invariant_is_found(string invariant)
    {
        Assert.True(Planted.TryGetValue(invariant, out var plant), $"docs/faults.md has {invariant}, and nothing is planted against it");
        Finds(invariant, plant());
    }

    [Fact]
    public void Nothing_is_planted_against_what_is_not_on_the_page() => Assert.Equal(Held().Order(), Planted.Keys.Order());

    /// <summary>The invariants of the page's table. I14 has a sentence of its own there.</summary>
    private static List<string> Held()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OpenClaw.sln"))) folder = folder.Parent!;
        return [.. InvariantRow().Matches(File.ReadAllText(Path.Combine(folder.FullName, "docs", "faults.md")))
            .Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"^\| ([IF]\d+) \|", RegexOptions.Multiline)]
    private static partial Regex InvariantRow();
}
