using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class SubmitRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task Twenty_identical_submits_at_once_are_one_task()
    {
        var worker = SessionWorker.NewName();
        var json = $$"""{"command":"date","worker":"{{worker}}"}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            gateway.Client.Post("/tasks", json, ("Idempotency-Key", "twenty"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers.Select(answer => answer.Body.Text("taskId")).Distinct());
        var (_, list) = await gateway.Client.Get("/tasks?status=pending&limit=500");
        Assert.Single(list.GetProperty("tasks").EnumerateArray(), task => task.Text("taskId") == answers[0].Body.Text("taskId"));
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_422()
    {
        var first = await gateway.Client.Post("/tasks", """{"command":"one"}""", ("Idempotency-Key", "reused"));
        var other = await gateway.Client.Post("/tasks", """{"command":"two"}""", ("Idempotency-Key", "reused"));
        var again = await gateway.Client.Post("/tasks", """{"command":"one","wait":0}""", ("Idempotency-Key", "reused"));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:openclaw:idempotency-key-reused"), (other.Status, other.Body.Text("type")));
        Assert.Equal(first.Body.Text("taskId"), again.Body.Text("taskId"));
    }

    [Fact]
    public async Task A_repeated_turn_without_a_session_gets_the_session_it_was_given()
    {
        var first = await gateway.Client.Post("/claude", """{"prompt":"hi"}""", ("Idempotency-Key", "turn"));
        var again = await gateway.Client.Post("/claude", """{"prompt":"hi"}""", ("Idempotency-Key", "turn"));

        Assert.Equal((first.Body.Text("taskId"), first.Body.Text("sessionId")), (again.Body.Text("taskId"), again.Body.Text("sessionId")));
        Assert.NotNull(first.Body.Text("sessionId"));
    }

    [Theory]
    [InlineData("/tasks", """{"command":"id","wroker":"studio"}""")]
    [InlineData("/tasks", """{"command":"id","Worker":"studio"}""")]
    [InlineData("/tasks", """{"command":"id","worker":"a","worker":"b"}""")]
    [InlineData("/tasks", """{"command":"id","timeout":0}""")]
    [InlineData("/tasks", """{"command":"id","timeout":"30000"}""")]
    [InlineData("/tasks", """{"command":"id","timeout":1e400}""")]
    [InlineData("/tasks", """{"command":"id","timeout":9223372036854775808}""")]
    [InlineData("/tasks", """{"command":"id","wait":-1}""")]
    [InlineData("/tasks", """{"command":"\ud800"}""")]
    [InlineData("/tasks", """{"command":"id","worker":"st\u200budio"}""")]
    [InlineData("/files/write", """{"path":"/tmp/x","content":"%%%","encoding":"base64"}""")]
    [InlineData("/files/edit", """{"path":"/tmp/x","old_string":"","new_string":"y"}""")]
    [InlineData("/claude", """{"prompt":"hi","sessionId":"../x"}""")]
    [InlineData("/claude", """{"prompt":"hi","callbackChannel":"1/../2"}""")]
    public async Task A_wrong_request_is_400_and_makes_no_task(string route, string json)
    {
        var (_, before) = await gateway.Client.Get("/tasks?limit=500");
        var (status, body) = await gateway.Client.Post(route, json);
        var (_, after) = await gateway.Client.Get("/tasks?limit=500");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull(body.Text("error"));
        Assert.Equal(before.GetProperty("tasks").GetArrayLength(), after.GetProperty("tasks").GetArrayLength());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_that_is_too_long_or_empty_is_400(int length) => Assert.Equal(HttpStatusCode.BadRequest,
        (await gateway.Client.Post("/tasks", """{"command":"id"}""", ("Idempotency-Key", new string('k', length)))).Status);

    [Fact]
    public async Task A_wait_that_is_long_enough_answers_with_the_result()
    {
        var worker = await SessionWorker.Open(gateway);
        var submit = gateway.Client.Post("/tasks", $$"""{"command":"date","worker":"{{worker.Name}}","wait":30000}""");
        await worker.Finish(await worker.Take(), stdout: "Sunday");

        var (status, body) = await submit;
        Assert.Equal((HttpStatusCode.OK, "Sunday", 0), (status, body.Text("stdout"), body.GetProperty("exitCode").GetInt32()));
    }

    [Fact]
    public async Task A_wait_that_is_too_short_answers_with_the_id()
    {
        var (status, body) = await gateway.Client.Post("/tasks",
            $$"""{"command":"date","worker":"{{SessionWorker.NewName()}}","wait":1}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["taskId", "message"], body.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task A_full_queue_is_429()
    {
        await using var full =
            await LiveGateway.Start(configure: services => services.AddSingleton<ITaskList>(new QueueOf(Protocol.Limits.QueuedTasks)));

        var (status, body) = await full.Client.Post("/tasks", """{"command":"id"}""");

        Assert.Equal((HttpStatusCode.TooManyRequests, "urn:openclaw:too-many-requests"), (status, body.Text("type")));
    }

    [Fact]
    public async Task A_submit_does_not_wait_until_what_has_ended_is_counted()
    {
        await using var slow = await LiveGateway.Start(configure: services => services.AddSingleton<ITaskList>(new QueueOf(0)));

        var (status, _) = await slow.Client.Post("/tasks", """{"command":"id"}""").WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task An_audit_row_names_the_token()
    {
        var id = await gateway.Client.Submit("""{"command":"id"}""");
        var rows = await gateway.Services.GetRequiredService<GrainInterfaces.Audit.IAuditTrail>().ReadEntries(Guid.Parse(id), 0,
            CancellationToken.None);

        Assert.Equal(gateway.Tokens["client"].Split('_')[2], Assert.Single(rows).TokenId);
    }

    /// <summary>So many are queued; counting what has ended never comes to an end.</summary>
    private sealed class QueueOf(long queued) : ITaskList
    {
        public ValueTask<TaskPage> ReadPage(TaskQuery query, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<TaskState, long>> CountAll(string tenant, CancellationToken cancellation) =>
            new(new TaskCompletionSource<IReadOnlyDictionary<TaskState, long>>().Task);

        public ValueTask<int> CountQueued(string tenant, string tokenId, int limit, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation) =>
            new(new Dictionary<TaskState, long> { [TaskState.Queued] = queued });

        public ValueTask<IReadOnlyList<SessionActivity>> ReadSessions(string tenant, int limit, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
