using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Load;

public sealed class TaskMixTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Everybody_gets_something_and_some_of_it_goes_wrong()
    {
        var bodies = Some(1000, compatibleWorkersToo: true).ConvertAll(some => some.Body.ToJsonString());
        Assert.InRange(bodies.Count(body => body.Contains("\"daemon\"", StringComparison.Ordinal)), bodies.Count / 2, bodies.Count);
        string[] parts =
        [
            "\"compat\"", "\"nobody\"", "\"light\"", "\"daemon\"", "maxAttempts", "concurrencyKey", " 3\"", "\"timeout\":1000",
        ];
        foreach (var part in parts)
            Assert.Contains(bodies, body => body.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Compatible_workers_get_nothing_when_they_are_left_out() =>
        Assert.All(Some(300, compatibleWorkersToo: false),
            some => Assert.True(some.Body["labels"] is not null || some.Body["worker"]?.ToString() == "nobody"));

    [Fact]
    public void What_is_promised_is_what_was_asked_for() => Assert.All(Some(300, compatibleWorkersToo: true), some =>
    {
        var promise = some.Accepted("id");
        Assert.Equal(some.Body["timeout"]!.GetValue<int>(), promise.Timeout);
        Assert.Equal(some.Body["maxAttempts"]?.GetValue<int>() ?? 1, promise.MaxAttempts);
        Assert.Equal("k", Witness.Meaning(some.Body["command"]!.GetValue<string>()).Key);
    });

    [Theory]
    [InlineData(0), InlineData(1), InlineData(70_000)]
    public async Task The_witness_prints_as_much_as_it_was_told_and_digests_it(int size)
    {
        using var witness = new Witness(folder.Path);
        var ran = await Command.Shell(witness.Command("k8", 0.01, 0, size));
        Assert.Equal((0, Witness.Output("k8", size), ""), (ran.ExitCode, ran.Output, ran.Errors));
        Assert.Equal(size, ran.Output.Length);
        var end = Assert.Single(witness.Read(), line => !line.IsStart);
        Assert.Equal((end.Digest, end.Digest), (Witness.Digest(ran.Output), Witness.DigestOfFolded(Witness.Folded(ran.Output))));
    }

    [Fact]
    public async Task The_witness_writes_what_a_light_worker_would()
    {
        using var witness = new Witness(folder.Path);
        var command = witness.Command("k7", 0.01, 3);
        var ran = await Command.Shell(command, ("OPENCLAW_ATTEMPT", "2"));
        var (key, _, exitCode) = Witness.Meaning(command);
        await witness.Append(new WitnessLine(false, key, 2, witness.NewRun(), 5, exitCode, Witness.Digest(Witness.Output(key))));
        Assert.Equal((3, Witness.Output("k7"), ""), (ran.ExitCode, ran.Output, ran.Errors));
        var lines = witness.Read();
        Assert.Equal([true, false, false], lines.Select(l => l.IsStart));
        Assert.All(lines, line => Assert.Equal(("k7", 2), (line.Key, line.Attempt)));
        Assert.Equal(lines[0].Pid, lines[1].Pid);
        Assert.Equal((lines[1].ExitCode, lines[1].Digest), (lines[2].ExitCode, lines[2].Digest));
    }

    public void Dispose() => folder.Dispose();

    private List<(System.Text.Json.Nodes.JsonObject Body, Func<string, Accepted> Accepted)> Some(int count, bool compatibleWorkersToo)
    {
        using var witness = new Witness(folder.Path);
        var mix = new TaskMix(witness) { CompatibleWorkersToo = compatibleWorkersToo };
        return [.. Enumerable.Range(0, count).Select(n => mix.Next("k", new Random(n)))];
    }
}
