using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Signing;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Tests.Signing;

/// <summary>A whole daemon whose gateway was taken over, over real HTTP.</summary>
public sealed class HostileGatewayTests : IDisposable
{
    private readonly SigningKey key = SigningKey.Generate();
    private readonly SigningKey expired = SigningKey.Generate();

    /// <summary>The matrix: every case in turn, under one daemon, so that what one leaves behind the next one meets.</summary>
    [Fact]
    public async Task With_signatures_required_it_runs_nothing_it_should_not()
    {
        await using var worker = await Start("require");
        var offers = Offers(worker);
        var surprises = new List<string>();
        foreach (var (number, hostile) in HostileOffers.All.Index())
        {
            var reasons = new List<string>();
            foreach (var offer in hostile.Make(offers.For(number))) reasons.Add(await Run(worker, offer));
            var runs = CountRuns(worker, number);
            if (runs != hostile.Runs || !reasons.SequenceEqual(hostile.Reasons))
                surprises.Add($"{hostile.Name}: ran {runs} times, not {hostile.Runs}; {string.Join(", ", reasons)}");
        }
        Assert.Empty(surprises);
        Assert.True(HostileOffers.All.Count >= 44, $"{HostileOffers.All.Count} cases");
        var rejected = HostileOffers.All.Sum(hostile => hostile.Reasons.Count(reason => reason.Length > 0));
        Assert.Equal(rejected, History(worker).Count(row => row is ("judged", "high")));
    }

    [Fact]
    public async Task The_same_work_under_two_names_at_once_runs_once()
    {
        await using var worker = await Start("require");
        worker.Gateway.Fault = call => call.Name == "start" && worker.Gateway.Count("start") < 2 ? CallFault.Unavailable : CallFault.None;
        var first = Offers(worker).For(0).Honest();
        var ids = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid().ToString())
            .Select(task => worker.Gateway.Submit(first with { TaskId = task, AttemptId = task + ".1" })).ToArray();
        foreach (var id in ids) await worker.Gateway.Ended(id);
        Assert.Equal(1, CountRuns(worker, 0));
        Assert.Equal(2, ids.Count(id => worker.Gateway.Attempt(id).Results[0].Reason == SignatureReasons.Replayed));
    }

    [Fact]
    public async Task What_ran_is_known_to_the_next_daemon_and_what_can_not_be_known_does_not_run()
    {
        await using var worker = await Start("require");
        var offers = Offers(worker);
        var offer = offers.For(0).Honest();
        Assert.Equal("", await Run(worker, offer));
        await worker.Stop();
        worker.Go();
        Assert.Equal(SignatureReasons.Replayed, await Run(worker, offer with { TaskId = "another", AttemptId = "another.1" }));
        await worker.Stop();
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "signed-uses"), "no line of ours\n");
        worker.Go();
        Assert.Equal(SignatureReasons.Store, await Run(worker, offers.For(1).Honest()));
        Assert.Equal((1, 0), (CountRuns(worker, 0), CountRuns(worker, 1)));
    }

    /// <summary>The owner's word counts until the last moment.</summary>
    [Theory]
    [InlineData("policy.json", """{"signatures":"require"}""", SignatureReasons.Missing)]
    [InlineData(TrustedKeys.FileName, """{"keys":[]}""", SignatureReasons.UnknownKey)]
    [InlineData(TrustedKeys.FileName, """{"kees":[]}""", SignatureReasons.Keys)]
    public async Task What_the_owner_changes_while_the_start_is_asked_for_counts(string file, string content, string reason)
    {
        await using var worker = await Start(file == "policy.json" ? "off" : "require");
        worker.Gateway.Fault = call =>
        {
            if (call.Name != "start") return CallFault.None;
            File.WriteAllText(worker.PathOf("new"), content);
            File.Move(worker.PathOf("new"), Path.Combine(worker.Home, file), overwrite: true);
            return CallFault.None;
        };
        var offer = Offers(worker).For(0).Honest();
        Assert.Equal(reason, await Run(worker, file == "policy.json" ? offer with { Signed = null } : offer));
        Assert.Equal(0, CountRuns(worker, 0));
    }

    /// <summary>What would be rejected runs, and stands in the owner's record; off, nobody looks.</summary>
    [Theory]
    [InlineData("warn", 2)]
    [InlineData("off", 0)]
    public async Task Less_than_require_lets_run(string mode, int recorded)
    {
        await using var worker = await Start(mode);
        var offers = Offers(worker).For(0);
        Assert.Equal("", await Run(worker, offers.Honest() with { Signed = null }));
        Assert.Equal("", await Run(worker, offers.Forged()));
        Assert.Equal("", await Run(worker, offers.Honest()));
        Assert.Equal(3, CountRuns(worker, 0));
        Assert.Equal(recorded, History(worker).Count(row => row.What == "signature"));
        Assert.Equal(recorded / 2, History(worker).Count(row => row is ("signature", "high")));
    }

    [Fact]
    public async Task A_signed_task_that_waits_for_its_owner_runs_as_signed_also_under_the_next_daemon()
    {
        await using var worker = await Start("require", ""","approval":[{"name":"all"}]""");
        var id = worker.Gateway.Submit(Offers(worker).For(0).Honest());
        await worker.Gateway.Until(g => g.Asked.Count > 0, "the yes is asked for");
        await worker.Stop();
        worker.Go();
        // The server's yes counts for nothing here.
        worker.Gateway.Approve(id, worker.Gateway.Asked[0].Digest);
        await worker.Gateway.Until(g => g.Asked.Count > 2, "it is asked for again");
        Assert.Equal(0, CountRuns(worker, 0));
        worker.Gateway.Decided.Clear();
        await Eventually.Is(
            async () => await new Cli.TypedTerminal().Type("approve", "--yes", "--home", worker.Home) == 0, "the owner says yes");
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
        Assert.Equal(1, CountRuns(worker, 0));
    }

    public void Dispose()
    {
        key.Dispose();
        expired.Dispose();
    }

    private async Task<WorkerHarness> Start(string mode, string more = "")
    {
        var worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { Labels = ["gpu"] };
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), $$"""{"signatures":"{{mode}}"{{more}}}""");
        var now = TimeProvider.System.GetUtcNow();
        new TrustedKeys(Path.Combine(worker.Home, TrustedKeys.FileName)).Save(
        [
            new TrustedKey(key.PublicKey, "laptop", "default", now.AddDays(1)),
            new TrustedKey(expired.PublicKey, "old-laptop", "default", now.AddDays(-1)),
        ]);
        worker.Go();
        return worker;
    }

    private HostileOffers Offers(WorkerHarness worker) =>
        new(number => $"echo x >> {worker.PathOf("ran" + number)}", key, expired, TimeProvider.System.GetUtcNow());

    /// <summary>The reason of its rejection; empty: it succeeded.</summary>
    private static async Task<string> Run(WorkerHarness worker, Offer offer)
    {
        var result = (await worker.Gateway.Ended(worker.Gateway.Submit(offer))).Results[0];
        return result.Outcome == "succeeded" ? "" : result.Outcome == "rejected" ? result.Reason! : $"{result.Outcome} {result.Error}";
    }

    private static int CountRuns(WorkerHarness worker, int number) =>
        File.Exists(worker.PathOf($"ran{number}")) ? File.ReadAllLines(worker.PathOf($"ran{number}")).Length : 0;

    private static List<(string What, string? Level)> History(WorkerHarness worker)
    {
        var rows = new List<(string, string?)>();
        foreach (var path in Directory.GetFiles(Path.Combine(worker.Home, "audit"), "*.jsonl").Order(StringComparer.Ordinal))
        {
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            while (file.ReadLine() is { } line)
            {
                var row = JsonElement.Parse(line);
                rows.Add((row.GetProperty("what").GetString()!, row.TryGetProperty("level", out var level) ? level.GetString() : null));
            }
        }
        return rows;
    }
}
