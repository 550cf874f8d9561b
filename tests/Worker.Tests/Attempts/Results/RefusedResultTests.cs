using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Tests.Cli;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Attempts.Results;

/// <summary>What even the server refuses is kept, and its owner is told.</summary>
public sealed class RefusedResultTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-refused-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(404, ProblemTypes.NotFound), InlineData(409, ProblemTypes.AttemptSuperseded), InlineData(409, ProblemTypes.ResultConflict)]
    public async Task A_result_the_server_refuses_is_kept_whole_with_the_reason_and_status_shows_it(int status, string type)
    {
        await using var worker = await WorkerHarness.Start();
        var problem = new Problem { Type = type, Title = "t", Status = status, Error = "The task has ended." };
        worker.Gateway.InBetween = call => call.Name == "result" ? new FalseAnswer(status, "application/problem+json",
            JsonSerializer.Serialize(problem with { AttemptId = call.Path.Split('/')[3] }, Protocol.ProtocolJson.Default.Problem)) : null;
        var id = worker.Gateway.Command("echo kept");
        var kept = Path.Combine(worker.Home, "spool", "refused", id + ".json");
        await Until.True(() => File.Exists(kept), "it is kept");
        var refused = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(kept), RefusedJson.Default.RefusedResult)!;
        Assert.Equal((id, "The task has ended.", "succeeded", "kept\n"),
            (refused.AttemptId, refused.Why, refused.Result.Outcome, System.Text.Encoding.UTF8.GetString(refused.Result.Output![0].Data)));
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "spool")).Length == 0, "nothing waits");
        Assert.Equal(1, worker.Gateway.Count("result"));

        var terminal = new TypedTerminal();
        await terminal.Type("status", "--home", worker.Home);
        Assert.Contains("refused    1 result is kept in", terminal.Out, StringComparison.Ordinal);
        Assert.Contains($"{id}, ", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("The task has ended.", terminal.Out, StringComparison.Ordinal);
        var json = new TypedTerminal();
        await json.Type("status", "--json", "--home", worker.Home);
        var count = JsonElement.Parse(json.Out).GetProperty("refused");
        Assert.Equal((1, id, "The task has ended."),
            (count.GetProperty("results").GetInt32(), count.GetProperty("attempt").GetString(), count.GetProperty("why").GetString()));
    }

    [Fact]
    public void What_a_reply_asks_for()
    {
        var recorded = new ResultTaken("recorded", "succeeded");
        var page = new NoAnswer("a page", new(404, "a page"));
        Assert.Equal(ResultStep.Forget, ResultSteps.DecideStep(new(recorded, null, null), false, false));
        Assert.Equal(ResultStep.Wait, ResultSteps.DecideStep(new(null, null, page), true, true));
        for (var status = 200; status < 600; status++)
        {
            // Whatever a page's status: only one that says "too large" for minutes, and of a record that is large, shortens it.
            var foreign = new Reply<ResultTaken>(null, null, new NoAnswer("a page", new(status, "a page")));
            Assert.Equal(ResultStep.Wait, ResultSteps.DecideStep(foreign, false, false));
            Assert.Equal(ResultStep.Wait, ResultSteps.DecideStep(foreign, true, true));
            Assert.Equal(status == 413 ? ResultStep.Shorten : ResultStep.Wait, ResultSteps.DecideStep(foreign, false, true));
            var problem = new Problem { Type = "urn:openclaw:x", Title = "t", Status = status, Error = "e" };
            var expected = status switch
            {
                401 or 403 or 408 or 425 or 429 or >= 500 => ResultStep.Wait,
                404 or 409 => ResultStep.SetAside,
                _ => ResultStep.Shorten,
            };
            Assert.Equal(expected, ResultSteps.DecideStep(new(null, problem, null), false, false));
            var bare = expected == ResultStep.Shorten ? ResultStep.SetAside : expected;
            Assert.Equal(bare, ResultSteps.DecideStep(new(null, problem, null), true, false));
        }
        var superseded = new Problem { Type = ProblemTypes.SessionSuperseded, Title = "t", Status = 409, Error = "e" };
        Assert.Equal(ResultStep.Wait, ResultSteps.DecideStep(new(null, superseded, null), false, false));
    }

    [Fact]
    public void The_newest_are_kept_and_what_can_not_be_read_is_counted()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-40));
        var refused = new RefusedResults(folder.FullName, clock, new WorkerLog(TextWriter.Null, clock), most: 10);
        Assert.Null(refused.GetSummary());
        for (var i = 0; i < 20; i++)
        {
            Assert.True(refused.TryKeep($"t.{i}", new AttemptResult { Session = "", Outcome = "failed" }, $"reason {i}"));
            File.SetLastWriteTimeUtc(Path.Combine(folder.FullName, $"t.{i}.json"), clock.GetUtcNow().UtcDateTime);
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal((10, "t.19", "reason 19"), (refused.GetSummary()!.Results, refused.GetSummary()!.Attempt, refused.GetSummary()!.Why));
        Assert.False(File.Exists(Path.Combine(folder.FullName, "t.9.json")));
        clock.Advance(TimeSpan.FromDays(31));
        File.WriteAllText(Path.Combine(folder.FullName, "old.1.json"), """{"outcome":"failed","session":""}""");
        File.SetLastWriteTimeUtc(Path.Combine(folder.FullName, "old.1.json"), clock.GetUtcNow().UtcDateTime);
        Assert.Equal(("old.1", null), (refused.GetSummary()!.Attempt, refused.GetSummary()!.Why));
        Assert.True(refused.TryKeep("t.new", new AttemptResult { Session = "", Outcome = "failed" }, "why"));
        Assert.Equal(2, refused.GetSummary()!.Results);
    }
}
