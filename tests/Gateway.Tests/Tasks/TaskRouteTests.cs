using System.Net;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Tasks;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class TaskRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task The_typed_client_walks_a_task_through_its_life()
    {
        var client = new TasksClient(gateway.Client);
        var worker = await SessionWorker.Open(gateway, labels: ["gpu"]);
        var accepted = await client.Submit(new SubmitTask
        {
            Argv = ["ls"], Worker = worker.Name, Labels = ["gpu", "os:linux"], Tags = new() { ["who"] = "me" }, Priority = 5,
        });
        Assert.True(accepted.IsOk, accepted.Problem?.Error);
        var offer = await worker.Take();
        await worker.Finish(offer, "failed", 3, "some output");

        var task = (await client.GetTask(accepted.Value!.TaskId, TimeSpan.FromSeconds(30))).Value!;
        Assert.Equal(("failed", "failed", 3, "exit code 3", "some output"),
            (task.Status, task.State, task.ExitCode, task.Error, task.Stdout));
        Assert.Equal((worker.Name, 1, 5, "me", false), (task.Worker, task.Attempt, task.Priority, task.Tags!["who"], task.Truncated));
        Assert.Equal(["gpu", "os:linux"], task.Labels!);
        Assert.Equal("some output", await new StreamReader((await client.ReadOutput(task.TaskId)).Value!).ReadToEndAsync());
        var bare = JsonElement.Parse(await gateway.Client.GetStringAsync($"/tasks/{task.TaskId}?output=false"));
        Assert.Equal((false, false, 11, "failed"), (bare.TryGetProperty("stdout", out _), bare.TryGetProperty("stderr", out _),
            bare.GetProperty("stdoutBytes").GetInt32(), bare.GetProperty("state").GetString()));
        Assert.Equal("urn:openclaw:not-found", (await client.GetTask("no-such-task")).Problem!.Type);
    }

    [Fact]
    public async Task A_list_pages_through_everything_once_newest_first()
    {
        var worker = SessionWorker.NewName();
        var ids = new List<string>();
        for (var i = 0; i < 7; i++) ids.Add(await gateway.Client.Submit($$"""{"kind":"list-me","worker":"{{worker}}"}"""));

        var client = new TasksClient(gateway.Client);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await client.ListTasks(new TaskFilter { Kind = "list-me", Status = "pending", Limit = 3, Cursor = cursor })).Value!;
            Assert.InRange(page.Tasks.Length, 1, 3);
            Assert.All(page.Tasks, task => Assert.Null(task.Stdout));
            seen.AddRange(page.Tasks.Select(task => task.TaskId));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(ids.AsEnumerable().Reverse(), seen);
        Assert.Empty((await client.ListTasks(new TaskFilter { Kind = "list-me", Status = "running,succeeded" })).Value!.Tasks);
        Assert.Empty(
            (await client.ListTasks(new TaskFilter { Kind = "list-me", Since = DateTimeOffset.UnixEpoch.AddYears(200) })).Value!.Tasks);
    }

    [Theory]
    [InlineData("/tasks?stauts=failed")]
    [InlineData("/tasks?limit=1000")]
    [InlineData("/tasks/0198c0de-0000-7000-8000-000000000001?wait=-1")]
    [InlineData("/tasks/0198c0de-0000-7000-8000-000000000001?output=maybe")]
    [InlineData("/tasks/0198c0de-0000-7000-8000-000000000001?wait=abc")]
    public async Task A_wrong_parameter_is_400(string path) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Client.Get(path)).Status);

    [Fact]
    public async Task A_cancel_before_the_start_ends_the_task()
    {
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{SessionWorker.NewName()}}"}""");

        var (status, body) = await gateway.Client.Post($"/tasks/{id}/cancel", "");
        Assert.Equal((HttpStatusCode.OK, "cancelled", "cancelled before it started"), (status, body.Text("state"), body.Text("error")));
        var (again, ended) = await gateway.Client.Post($"/tasks/{id}/cancel", "");
        Assert.Equal((HttpStatusCode.OK, "cancelled"), (again, ended.Text("state")));
    }

    [Fact]
    public async Task A_cancel_that_comes_too_late_says_which_end_won()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        await worker.Finish(await worker.Take());

        var (status, body) = await gateway.Client.Post($"/tasks/{id}/cancel", "");
        Assert.Equal((HttpStatusCode.OK, "succeeded"), (status, body.Text("state")));
    }

    [Fact]
    public async Task A_cancel_of_a_running_task_waits_for_its_worker()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        var offer = await worker.Take();

        var (_, running) = await gateway.Client.Post($"/tasks/{id}/cancel", "");
        Assert.Equal(("running", true), (running.Text("state"), running.GetProperty("cancelRequested").GetBoolean()));
        await worker.Finish(offer, "cancelled", 143);
        Assert.Equal("cancelled", (await gateway.Client.Get($"/tasks/{id}?wait=30000")).Body.Text("state"));
    }

    /// <summary>A heartbeat over the timeout is answered with "cancel", so that is what the worker calls it.</summary>
    [Fact]
    public async Task A_task_that_ran_too_long_reads_so_on_every_route_whatever_its_worker_calls_it()
    {
        var worker = await SessionWorker.Open(gateway);
        var id = await gateway.Client.Submit($$"""{"command":"sleep 9","timeout":1,"worker":"{{worker.Name}}"}""");
        var offer = await worker.Take();
        var heartbeat = new Heartbeat { Session = worker.Session, Attempts = [offer.AttemptId] };
        await Eventually.Holds(
            async () => (await new WorkersClient(gateway.Worker).Heartbeat(heartbeat)).Value?.Attempts?[offer.AttemptId] == "cancel");
        var report = new AttemptResult { Session = worker.Session, Outcome = "cancelled", Error = "cancelled", Reason = "cancel" };
        Assert.True((await new AttemptsClient(gateway.Worker).FinishAttempt(offer.AttemptId, report)).IsOk);

        var view = (await gateway.Client.Get($"/tasks/{id}")).Body;
        var listed = (await gateway.Client.Get($"/tasks?worker={worker.Name}")).Body.GetProperty("tasks")[0];
        var events = await gateway.Client.GetStringAsync($"/tasks/{id}/events");
        var last =
            JsonElement.Parse(events.Split('\n').Last(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..]);
        Assert.All([view, listed, last], task => Assert.Equal(
            ("timed_out", "timeout", "ran longer than its timeout of 1 ms"),
                (task.Text("state"), task.Text("reason"), task.Text("error"))));
    }

    [Fact]
    public async Task A_cancel_of_nothing_is_404() =>
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.Post("/tasks/0198c0de-0000-7000-8000-000000000001/cancel", "")).Status);

    [Fact]
    public async Task A_waiting_task_says_why_in_one_sentence()
    {
        var studio = await SessionWorker.Open(gateway, labels: ["scanner"]);
        var nobody = await gateway.Client.Submit("""{"command":"id","labels":["no-such-label"]}""");
        var named = await gateway.Client.Submit("""{"command":"id","worker":"nobody-at-all"}""");
        var first = await gateway.Client.Submit($$"""{"command":"id","worker":"{{studio.Name}}","concurrencyKey":"scan"}""");
        var offer = await studio.Take();
        var second = await gateway.Client.Submit($$"""{"command":"id","worker":"{{studio.Name}}","concurrencyKey":"scan"}""");

        Assert.Equal("no worker has label no-such-label",
            await Why(nobody, text => text.StartsWith("no worker has label", StringComparison.Ordinal)));
        Assert.Equal("there is no worker named nobody-at-all", await Why(named, _ => true));
        Assert.Equal($"it waits for task {first} with the same key",
            await Why(second, text => text.Contains("same key", StringComparison.Ordinal)));
        await gateway.Admin.Post($"/workers/{studio.Name}/drain", "");
        await studio.Finish(offer);
        Assert.Equal($"{studio.Name} is draining", await Why(second, text => text.EndsWith("draining", StringComparison.Ordinal)));
    }

    /// <summary>What workers there are may be a second old in the sentence, so it is asked for until it is the one meant.</summary>
    private async Task<string?> Why(string id, Func<string, bool> settled)
    {
        string? why = null;
        for (var i = 0; i < 600; i++)
        {
            why = (await gateway.Client.Get($"/tasks/{id}")).Body.Text("why");
            if (why is not null && settled(why)) return why;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
        return why;
    }
}
