using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>Whose a worker's name is, and whose the attempts that were begun under it.</summary>
[Collection(nameof(GatewayHost))]
public sealed class SessionOwnerTests(GatewayHost host)
{
    [Theory]
    [InlineData("", false)]
    [InlineData(""","takeOver":true""", false)]
    [InlineData(""","takeOver":true""", true)]
    [InlineData(""","run":"r2","replaces":["r1"],"formerNames":["other"]""", false)]
    public async Task A_name_with_a_live_session_is_nobody_elses_whatever_it_asks_for(string more, bool sharedToken)
    {
        var name = Hosting.SessionWorker.NewName();
        using var owner = await SessionWorker.Open(host, name, more: ""","run":"r1" """);
        var (task, attempt) = await Running(owner, name);

        var (status, answer) =
            await SessionWorker.TryOpen(host, name, "another-instance", more, sharedToken ? GatewayHost.SharedToken : null);

        Assert.Equal((409, "urn:openclaw:session-taken"), (status, answer.GetProperty("type").GetString()));
        var beat = await owner.Post("/worker/heartbeat", $",\"attempts\":[\"{attempt}\"]");
        Assert.Equal("continue", beat.Answer.GetProperty("attempts").GetProperty(attempt).GetString());
        Assert.Equal("recorded", (await owner.Result(attempt, "succeeded", 0)).Answer.GetProperty("fate").GetString());
        Assert.Equal("succeeded", (await owner.Read(task)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_same_home_opens_its_next_session_and_the_one_before_is_fenced()
    {
        var name = Hosting.SessionWorker.NewName();
        using var first = await SessionWorker.Open(host, name, more: ""","run":"r1" """);
        var (task, attempt) = await Running(first, name);

        using var second = await SessionWorker.Open(host, name, more: ""","run":"r2","replaces":["r1"] """);

        foreach (var path in new[] { "/worker/heartbeat", $"/worker/attempts/{attempt}/start" })
        {
            var (status, answer) = await first.Post(path, "");
            Assert.Equal((409, "urn:openclaw:session-superseded"), (status, answer.GetProperty("type").GetString()));
        }
        Assert.Equal(409, (await first.Result(attempt, "succeeded", 0)).Status);
        Assert.Equal("worker-restarted", (await second.Read(task)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_copy_of_a_home_waits_for_as_long_as_the_first_daemon_lives_and_takes_nothing_from_it()
    {
        var name = Hosting.SessionWorker.NewName();
        using var first = await SessionWorker.Open(host, name, more: ""","run":"r1" """);
        var (task, attempt) = await Running(first, name);
        var poll = first.Post("/worker/poll", $",\"freeSlots\":1,\"held\":[\"{attempt}\"],\"wait\":30000");

        Assert.Equal(409, (await SessionWorker.TryOpen(host, name, "instance-of-" + name, ""","run":"copy" """)).Status);
        // The first one is asked for a sign of life, by the word that has a daemon send a heartbeat.
        Assert.True((await poll).Answer.GetProperty("cancels").GetArrayLength() > 0);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            var beat = await first.Post("/worker/heartbeat", $",\"attempts\":[\"{attempt}\"]");
            Assert.Equal("continue", beat.Answer.GetProperty("attempts").GetProperty(attempt).GetString());
        }));
        var (status, answer) = await SessionWorker.TryOpen(host, name, "instance-of-" + name, ""","run":"copy" """);
        Assert.Equal(409, status);
        Assert.Contains("copy of the home", answer.GetProperty("error").GetString(), StringComparison.Ordinal);

        Assert.Equal("recorded", (await first.Result(attempt, "succeeded", 0)).Answer.GetProperty("fate").GetString());
        Assert.Equal("succeeded", (await first.Read(task)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_another_daemon_began_under_the_name_is_neither_given_up_nor_reported_by_the_next_one()
    {
        var name = Hosting.SessionWorker.NewName();
        using var first = await SessionWorker.Open(host, name);
        var (task, attempt) = await Running(first, name);
        await first.Post("/worker/sessions/close", "");

        using var next = await SessionWorker.Open(host, name, "home-made-anew");

        Assert.Equal("running", (await next.Read(task)).GetProperty("state").GetString());
        var beat = await next.Post("/worker/heartbeat", $",\"attempts\":[\"{attempt}\"]");
        Assert.Equal("{}", beat.Answer.GetProperty("attempts").GetRawText());
        Assert.Equal(404, (await next.Output(attempt, ("stdout", 0, 0, "forged"))).Status);
        Assert.Equal(404, (await next.Result(attempt, "succeeded", 0)).Status);
        Assert.Equal(404, (await next.Post($"/worker/attempts/{attempt}/start", "")).Status);

        await next.Post("/worker/sessions/close", "");
        using var again = await SessionWorker.Open(host, name, more: $",\"held\":[\"{attempt}\"]");
        Assert.Equal("recorded", (await again.Result(attempt, "failed", 3)).Answer.GetProperty("fate").GetString());
        Assert.Equal(3, (await again.Read(task)).GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task What_a_renamed_worker_runs_and_has_to_report_stays_its_own_under_the_name_it_began_with()
    {
        var (former, name) = (Hosting.SessionWorker.NewName(), Hosting.SessionWorker.NewName());
        using var before = await SessionWorker.Open(host, former, "one-home");
        var (runs, running) = await Running(before, former);
        var (ended, spooled) = await Running(before, former);
        var (gone, _) = await Running(before, former);
        await before.Post("/worker/sessions/close", "");

        var held = $",\"formerNames\":[\"{former}\"],\"held\":[\"{running}\",\"{spooled}\"]";
        using var renamed = await SessionWorker.Open(host, name, "one-home", held);

        Assert.Equal("recorded",
            (await renamed.Result(spooled, "succeeded", 0, ("stdout", 0, 0, "kept"))).Answer.GetProperty("fate").GetString());
        Assert.Equal("kept", (await renamed.Read(ended)).GetProperty("stdout").GetString());
        var beat = await renamed.Post("/worker/heartbeat", $",\"attempts\":[\"{running}\"]");
        Assert.Equal("continue", beat.Answer.GetProperty("attempts").GetProperty(running).GetString());
        Assert.Equal(200, (await renamed.Output(running, ("stdout", 0, 0, "on"))).Status);
        Assert.Equal("recorded",
            (await renamed.Result(running, "succeeded", 0, ("stdout", 0, 0, "on"))).Answer.GetProperty("fate").GetString());
        Assert.Equal(former, (await renamed.Read(runs)).GetProperty("worker").GetString());
        Assert.Equal(("lost", "worker-restarted"), await StateOf(renamed, gone));
    }

    [Fact]
    public async Task To_name_a_former_name_without_its_home_gives_nothing()
    {
        var (former, name) = (Hosting.SessionWorker.NewName(), Hosting.SessionWorker.NewName());
        using var before = await SessionWorker.Open(host, former);
        var (task, attempt) = await Running(before, former);
        await before.Post("/worker/sessions/close", "");

        using var thief = await SessionWorker.Open(host, name, more: $",\"formerNames\":[\"{former}\"],\"held\":[\"{attempt}\"]");

        Assert.Equal(404, (await thief.Result(attempt, "succeeded", 0)).Status);
        Assert.Equal("running", (await thief.Read(task)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_former_name_that_has_a_live_daemon_loses_nothing()
    {
        var (former, name) = (Hosting.SessionWorker.NewName(), Hosting.SessionWorker.NewName());
        using var before = await SessionWorker.Open(host, former, "copied-home");
        var (task, attempt) = await Running(before, former);

        using var copy = await SessionWorker.Open(host, name, "copied-home", $",\"formerNames\":[\"{former}\"]");

        Assert.Equal("running", (await copy.Read(task)).GetProperty("state").GetString());
        Assert.Equal("recorded", (await before.Result(attempt, "succeeded", 0)).Answer.GetProperty("fate").GetString());
    }

    [Fact]
    public async Task A_former_name_whose_daemon_is_known_to_be_dead_keeps_nobody_waiting()
    {
        var (former, name) = (Hosting.SessionWorker.NewName(), Hosting.SessionWorker.NewName());
        using var before = await SessionWorker.Open(host, former, "killed-home", ""","run":"r1" """);
        var (task, _) = await Running(before, former);

        using var after =
            await SessionWorker.Open(host, name, "killed-home", $$""","run":"r2","replaces":["r1"],"formerNames":["{{former}}"]""");

        Assert.Equal(("lost", "worker-restarted"), await StateOf(after, task));
    }

    [Fact]
    public async Task A_poll_of_the_original_gets_nothing_that_is_for_a_name_daemons_have_or_had()
    {
        var name = Hosting.SessionWorker.NewName();
        using var http = host.Http(host.WorkerToken);
        using var shared = host.Http(GatewayHost.SharedToken);
        using var owner = await SessionWorker.Open(host, name);
        var pinned = await owner.Submit($$"""{"command":"cat secret","worker":"{{name}}"}""");
        Assert.Equal("null", await http.GetStringAsync($"/worker/poll?name={name}&wait=300"));
        Assert.Equal("null", await shared.GetStringAsync($"/worker/poll?name={name}&wait=300"));

        await owner.Post("/worker/sessions/close", "");
        Assert.Equal("null", await http.GetStringAsync($"/worker/poll?name={name}&wait=300"));
        Assert.Equal("offline", await StatusOf(name));

        using var back = await SessionWorker.Open(host, name);
        var offer = (await back.Poll()).GetProperty("offers").EnumerateArray().Single();
        Assert.Equal(pinned, offer.GetProperty("taskId").GetString());
    }

    [Fact]
    public async Task Who_moves_from_the_old_worker_to_the_new_under_one_name_loses_nothing()
    {
        var name = Hosting.SessionWorker.NewName();
        using var http = host.Http(host.WorkerToken);
        using var client = host.Http(host.ClientToken);
        var task = await Submit(client, name);
        var polled = JsonElement.Parse(await http.GetStringAsync($"/worker/poll?name={name}&wait=5000"));
        Assert.Equal(task, polled.GetProperty("id").GetString());

        using var daemon = await SessionWorker.Open(host, name);

        using var posted =
            await http.PostAsync("/worker/result", GatewayHost.Json($$"""{"taskId":"{{task}}","stdout":"old","stderr":"","exitCode":0}"""));
        Assert.True(posted.IsSuccessStatusCode);
        Assert.Equal("old", (await daemon.Read(task)).GetProperty("stdout").GetString());
        var next = await Submit(client, name);
        Assert.Equal(next, (await daemon.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("taskId").GetString());
    }

    [Fact]
    public async Task No_daemon_gets_the_name_of_those_who_have_none()
    {
        var (status, answer) = await SessionWorker.TryOpen(host, "compat", "any");
        Assert.Equal((400, "name"), (status, answer.GetProperty("errors")[0].GetProperty("field").GetString()));
    }

    private static async Task<(string Task, string Attempt)> Running(SessionWorker worker, string name)
    {
        var task = await worker.Submit($$"""{"command":"true","worker":"{{name}}","timeout":600000}""");
        var attempt = (await worker.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("attemptId").GetString()!;
        Assert.Equal(200, (await worker.Post($"/worker/attempts/{attempt}/start", "")).Status);
        return (task, attempt);
    }

    private static async Task<(string? State, string? Reason)> StateOf(SessionWorker worker, string task)
    {
        var view = await worker.Read(task);
        return (view.GetProperty("state").GetString(), view.GetProperty("reason").GetString());
    }

    private async Task<string?> StatusOf(string name)
    {
        using var client = host.Http(host.ClientToken);
        return JsonElement.Parse(await client.GetStringAsync($"/workers/{name}")).GetProperty("status").GetString();
    }

    private static async Task<string> Submit(HttpClient client, string name)
    {
        using var answer = await client.PostAsync("/tasks", GatewayHost.Json($$"""{"command":"true","worker":"{{name}}"}"""));
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync()).GetProperty("taskId").GetString()!;
    }
}
