using System.Net;
using OpenClaw.Gateway.Tasks;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Attempts;

/// <summary>
/// Two clusters by mistake on one database: each has its own grain of every task and worker. What was begun at one is as good at the
/// other, whose grains remember how it was before.
/// </summary>
public sealed class TwoClustersTests(LiveGateway one) : IClassFixture<LiveGateway>, IAsyncLifetime
{
    private LiveGateway other = null!;

    public async Task InitializeAsync() => other = await LiveGateway.StartBeside(one);

    public Task DisposeAsync() => other.DisposeAsync();

    [Fact]
    public async Task A_worker_that_started_at_one_is_believed_at_the_other()
    {
        var name = SessionWorker.NewName();
        var task = await one.Client.Submit($$"""{"command":"true","worker":"{{name}}"}""");
        await one.Client.Get($"/tasks/{task}");
        var worker = await SessionWorker.Open(other, name);
        var offer = await worker.Take();

        var here = worker.At(one.Address, one.Tokens["worker"]);
        var beat = await new WorkersClient(one.Worker).Heartbeat(new Heartbeat { Session = worker.Session, Attempts = [offer.AttemptId] });
        Assert.Equal("continue", beat.Value?.Attempts?[offer.AttemptId]);
        await here.Print(offer, SessionWorker.Chunk("stdout", 0, 0, "seen"));
        await here.Finish(offer, stdout: "seen", sent: true);

        var view = (await one.Client.Get($"/tasks/{task}")).Body;
        Assert.Equal(("succeeded", "seen"), (view.Text("state"), view.Text("stdout")));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("output")]
    [InlineData("result")]
    public async Task No_call_of_an_attempt_is_refused_by_what_a_grain_remembers(string call)
    {
        var name = SessionWorker.NewName();
        var task = await one.Client.Submit($$"""{"command":"true","worker":"{{name}}"}""");
        await one.Client.Get($"/tasks/{task}");
        var worker = await SessionWorker.Open(other, name);
        var offer = await worker.Take();

        var problem = await Call(new AttemptsClient(one.Worker), call, offer.AttemptId, worker.Session);
        // The write met the other cluster's: the grain forgets, and the call is made again, as every caller does.
        if (problem?.Status == 503) problem = await Call(new AttemptsClient(one.Worker), call, offer.AttemptId, worker.Session);

        Assert.True(problem is null, $"{problem?.Status} {problem?.Error}");
    }

    [Fact]
    public async Task A_result_of_the_originals_protocol_is_taken_at_the_other()
    {
        var task = await one.Shared.Submit("""{"command":"true","worker":"compat-two"}""");
        await one.Client.Get($"/tasks/{task}");
        Assert.Equal(task, (await other.Shared.Get("/worker/poll?wait=20000&name=compat-two")).Body.Text("id"));

        var taken = await one.Shared.Post("/worker/result",
            $$"""{"taskId":"{{task}}","stdout":"x","stderr":"","exitCode":0,"error":null}""");

        Assert.True(taken.Status == HttpStatusCode.OK, taken.Body.ToString());
        Assert.Equal("x", (await one.Client.Get($"/tasks/{task}")).Body.Text("stdout"));
    }

    [Fact]
    public async Task A_task_that_came_to_be_at_the_other_is_not_absent_here()
    {
        var key = Guid.NewGuid().ToString("N");
        var id = TaskIds.FromKey("default", key).ToString("D");
        Assert.Equal(HttpStatusCode.NotFound, (await one.Client.Get($"/tasks/{id}")).Status);

        var submitted = await other.Client.Post("/tasks", """{"command":"true","worker":"nobody"}""", ("Idempotency-Key", key));

        Assert.Equal(id, submitted.Body.Text("taskId"));
        Assert.Equal(HttpStatusCode.OK, (await one.Client.Get($"/tasks/{id}")).Status);
    }

    private static async Task<Problem?> Call(AttemptsClient attempts, string call, string attempt, string session) => call switch
    {
        "start" => (await attempts.StartAttempt(attempt, new StartAttempt(session))).Problem,
        "output" => (await attempts.AppendOutput(attempt, new AppendOutput(session, [SessionWorker.Chunk("stdout", 0, 0, "x")]))).Problem,
        _ => (await attempts.FinishAttempt(attempt, new AttemptResult { Session = session, Outcome = "succeeded", ExitCode = 0 })).Problem,
    };
}
