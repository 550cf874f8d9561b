using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>
/// Facts on which several parties have to agree stand in one file each: two copies of the lease compile, and differ after the first change.
/// </summary>
public sealed class SingleFactTests
{
    /// <summary>What the fact looks like in source, and the files that may have it.</summary>
    public static TheoryData<string, string[]> Facts => new()
    {
        { @"FromSeconds\(45\)|\b45_000\b", ["src/Protocol/Attempts/AttemptTiming.cs"] },
        { "\"timed_out\"", ["src/Protocol/Attempts/Outcomes.cs"] },
        // The original's worker sends a field of that name, and our client an answer of it.
        { "\"stderr\"", ["src/Protocol/Output/StreamNames.cs", "src/Gateway/Compat/CompatibleResult.cs"] },
        { "bytes cut", ["src/Protocol/Output/CutMark.cs"] },
        { "lower-case hex digits\"", ["src/Protocol/Problems/Sha256Hex.cs"] },
        { "\"workers?:(?!read|drain|enrol)", ["src/GrainInterfaces/GrainKeys.cs", "src/GrainInterfaces/Queues/LabelSet.cs"] },
        { "\"protocol:2\"", ["src/GrainInterfaces/Queues/LabelSet.cs"] },
        { "\"claude-cli\"", ["src/Protocol/Payloads/Kinds.cs"] },
    };

    [Theory, MemberData(nameof(Facts))]
    public void It_stands_in_one_place(string pattern, string[] places)
    {
        var found = House.Files("*.cs", "src").Where(file => House.Lines(file).Any(line =>
            !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Regex.IsMatch(line, pattern))).ToArray();
        House.None(found.Except(places));
        Assert.Contains(places[0], found);
    }
}
