using System.Collections.Concurrent;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Workers;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>What a proxy answers is no answer, on any route: nothing is started, deleted, dropped or given up because of it.</summary>
public sealed class FalseAnswerTests
{
    private const double Hurry = 20;
    private const string Attempt = "00000000-0000-0000-0000-000000000007.1";

    [Fact]
    public async Task On_no_route_of_the_link_is_a_false_answer_taken_for_one()
    {
        await using var gateway = await FakeGateway.Start();
        using var link = new ServerLink(new GatewayRoute(gateway.Url), FakeGateway.Token, TimeProvider.System);
        foreach (var answer in FalseAnswers.All)
        {
            gateway.InBetween = _ => answer;
            foreach (var (route, ask) in Routes(link))
            {
                var (isNone, mayRetry) = await ask();
                Assert.True(isNone && mayRetry, $"{route}: {answer}");
            }
        }
        foreach (var answer in FalseAnswers.Misplaced)
        {
            gateway.InBetween = _ => answer;
            foreach (var (route, ask) in Routes(link).Where(route => route.Name is "start" or "approval" or "output" or "result"))
                Assert.True((await ask()).IsNone, $"{route}: {answer}");
        }
    }

    [Fact]
    public async Task Whatever_is_answered_to_the_question_to_start_nothing_runs_before_the_servers_own_yes_and_then_once()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Clock = new HurriedClock(Hurry);
        worker.Options = worker.Options with { MaxConcurrent = 8 };
        var lies = new ConcurrentQueue<FalseAnswer>([.. FalseAnswers.All, .. FalseAnswers.Misplaced]);
        var early = 0;
        worker.Gateway.InBetween = call =>
        {
            if (call.Name != "start" || !lies.TryDequeue(out var lie)) return null;
            if (File.Exists(Witness(worker, call.Path.Split('/')[3]))) Interlocked.Increment(ref early);
            return lie;
        };
        var ids = Enumerable.Range(0, 8).Select(_ => worker.Gateway.Command(
            $"echo ran >> {worker.PathOf("witness-")}$OPENCLAW_TASK_ID.$OPENCLAW_ATTEMPT", timeout: 600_000)).ToArray();
        worker.Go();
        foreach (var id in ids)
        {
            Assert.Equal("succeeded", (await worker.Gateway.Ended(id, 200)).Results[0].Outcome);
            Assert.Single(await File.ReadAllLinesAsync(Witness(worker, id)));
        }
        Assert.Equal((0, 0), (early, lies.Count));
    }

    /// <summary>A result of its own for each false answer: each loses its first two calls to it.</summary>
    [Fact]
    public async Task Whatever_is_answered_to_results_each_of_them_arrives_and_none_is_set_aside()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Clock = new HurriedClock(Hurry);
        var liesByPath = new ConcurrentDictionary<string, (FalseAnswer Lie, int Times)>(StringComparer.Ordinal);
        var lies = new ConcurrentQueue<FalseAnswer>([.. FalseAnswers.All, .. FalseAnswers.Misplaced]);
        var count = lies.Count;
        worker.Gateway.InBetween = call =>
        {
            if (call.Name != "result") return null;
            var (lie, times) = liesByPath.AddOrUpdate(
                call.Path,
                _ => (lies.TryDequeue(out var next) ? next : FalseAnswers.All[0], 1),
                (_, known) => (known.Lie, known.Times + 1));
            return times <= 2 ? lie : null;
        };
        worker.Options = worker.Options with { MaxConcurrent = 8 };
        var ids = Enumerable.Range(0, count).Select(_ =>
            worker.Gateway.Submit("file-stat", $$"""{"path":"{{worker.PathOf("nothing")}}"}""", timeout: 600_000)).ToArray();
        worker.Go();
        foreach (var id in ids)
            Assert.Single((await worker.Gateway.Ended(id, 200)).Results);
        Assert.Empty(lies);
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "spool")).Length == 0, "the spool is empty");
        Assert.False(Directory.Exists(Path.Combine(worker.Home, "spool", "refused")));
    }

    [Fact]
    public async Task With_false_answers_on_every_route_in_turn_a_task_runs_once_and_its_output_is_whole()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 4_000);
        worker.Clock = new HurriedClock(Hurry);
        var next = 0;
        // Every second call of each route, so that all goes on.
        worker.Gateway.InBetween = call =>
            call.Number % 2 == 1 ? FalseAnswers.All[Interlocked.Increment(ref next) % FalseAnswers.All.Count] : null;
        var ids = Enumerable.Range(0, 12).Select(i => worker.Gateway.Command(
            $"echo ran >> {worker.PathOf($"witness-{i}")}; head -c 400000 /dev/zero; sleep 0.4; echo last", timeout: 600_000)).ToArray();
        worker.Go();
        for (var i = 0; i < ids.Length; i++)
        {
            var attempt = await worker.Gateway.Ended(ids[i], 200);
            Assert.Equal(("succeeded", 400_005), (attempt.Results[0].Outcome, attempt.Stdout.Length));
            Assert.Single(await File.ReadAllLinesAsync(worker.PathOf($"witness-{i}")));
        }
        Assert.False(worker.Daemon.IsCompleted, worker.Log);
        Assert.False(Directory.Exists(Path.Combine(worker.Home, "spool", "refused")));
    }

    private static string Witness(WorkerHarness worker, string attempt) => worker.PathOf("witness-" + attempt);

    private static IEnumerable<(string Name, Func<Task<(bool IsNone, bool MayRetry)>> Ask)> Routes(ServerLink link)
    {
        var open = new OpenSession { Name = "pc", Instance = "i", Kinds = ["command"], Os = "linux", Arch = "x64" };
        var approval = new AskApproval { Session = "pc.1.x", Rule = "r", Digest = new string('0', 64) };
        var chunk = new OutputChunk { Stream = "stdout", Sequence = 0, Offset = 0, Data = [1] };
        var result = new AttemptResult { Session = "pc.1.x", Outcome = "succeeded", Output = [chunk] };
        yield return ("open", async () => Summarize(await link.OpenSession(open, default)));
        yield return ("poll", async () => Summarize(await link.PollTasks(new Poll { Session = "pc.1.x", FreeSlots = 1 }, default)));
        var beat = new Heartbeat { Session = "pc.1.x", Attempts = [Attempt] };
        yield return ("heartbeat", async () => Summarize(await link.SendHeartbeat(beat, default)));
        yield return ("facts", async () => Summarize(await link.AnnounceFacts(new AnnounceFacts("pc.1.x", new WorkerFacts()), default)));
        yield return ("start", async () => Summarize(await link.StartAttempt(Attempt, "pc.1.x", default)));
        yield return ("approval", async () => Summarize(await link.AskApproval(Attempt, approval, default)));
        yield return ("output", async () => Summarize(await link.AppendOutput(Attempt, new AppendOutput("pc.1.x", [chunk]), default)));
        yield return ("result", async () => Summarize(await link.FinishAttempt(Attempt, result, default)));
        yield return ("close", async () => Summarize(await link.CloseSession("pc.1.x", null, default)));
    }

    private static (bool IsNone, bool MayRetry) Summarize<T>(Reply<T> reply) => (reply.NoAnswer is not null && !reply.IsOk, reply.MayRetry);
}
