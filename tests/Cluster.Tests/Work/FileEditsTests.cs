using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Work;

/// <summary>Violations planted into the files.</summary>
public sealed class FileEditsTests : IDisposable
{
    private static readonly Accepted[] Tasks = [Of("k1"), Of("k2"), Of("k3")];
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("k1\nEND\n", "succeeded", null)]
    [InlineData("END\n", "failed", null)]
    [InlineData("END\n", "lost", null)]
    [InlineData("k1\nEND\n", "lost", null)]
    [InlineData("END\n", "succeeded", "I10 k1")]
    [InlineData("k1\nk1\nEND\n", "succeeded", "I10 k1")]
    [InlineData("k1\nk1\nEND\n", "lost", "I10 k1")]
    [InlineData("k1\nEND\n", "expired", "I10 k1")]
    [InlineData("k1\nk9\nEND\n", "succeeded", "I1 k9")]
    [InlineData("k1\nk8\nEND\n", "succeeded", null)]
    [InlineData("k1\n", "succeeded", "I10")]
    public void The_file_that_all_edit_is_held_against_what_was_told(string content, string state, string? violation) =>
        Finds(violation, [new("ledger", content)], [new("k1", 3, state, 0, null, null)]);

    [Theory]
    [InlineData("k2", "failed", null)]
    [InlineData("k3", "succeeded", "I10 k2")]
    public void Of_those_that_would_make_a_file_one_says_so(string content, string third, string? violation) => Finds(
        violation, [new("ledger", "END\n"), new("once-7", content)],
        [new("k2", 3, "succeeded", 0, null, null), new("k3", 3, third, 0, null, null)]);

    public void Dispose() => folder.Dispose();

    private void Finds(string? violation, KeyValuePair<string, string>[] files, Seen[] seen)
    {
        foreach (var (name, content) in files) File.WriteAllText(folder.File(name), content);
        Accepted[] accepted = [.. Tasks.Where(task => seen.Any(s => s.Task == task.Task))];
        var found = new FileEdits("files", folder.Path).Violations(accepted, new HashSet<string> { "k8" }, seen).ToList();
        if (violation is null) Assert.Empty(found);
        else Assert.Contains(found, line => line.StartsWith(violation, StringComparison.Ordinal));
    }

    private static Accepted Of(string key) => new(key, key, 1) { Witness = WitnessKind.File };
}
