using System.Net;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Workers;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>semantics.md section 4 over HTTP: session, poll, start, heartbeat, output, result.</summary>
[Collection(nameof(GatewayHost))]
public sealed class SessionProtocolTests(GatewayHost host)
{
    [Fact]
    public async Task A_task_goes_its_whole_way()
    {
        using var pc = await SessionWorker.Open(host, "way");
        var task = await pc.Submit("""{"argv":["echo","hi"],"worker":"way","timeout":5000,"killGrace":100,"silence":2000}""");

        var offer = (await pc.Poll()).GetProperty("offers").EnumerateArray().Single();
        var attempt = offer.GetProperty("attemptId").GetString()!;
        Assert.Equal($"{task}.1", attempt);
        Assert.Equal("command", offer.GetProperty("kind").GetString());
        Assert.Equal("""{"argv":["echo","hi"]}""", offer.GetProperty("payload").GetRawText());
        var clocks = new[] { "timeout", "killGrace", "silence" }.Select(clock => offer.GetProperty(clock).GetInt64());
        Assert.Equal([5000, 100, 2000], clocks);
        Assert.Equal("pending", (await pc.Read(task)).GetProperty("status").GetString());

        for (var i = 0; i < 2; i++) Assert.Equal(200, (await pc.Post($"/worker/attempts/{attempt}/start", "")).Status);
        Assert.Equal("running", (await pc.Read(task)).GetProperty("status").GetString());
        var beat = await pc.Post("/worker/heartbeat", $",\"attempts\":[\"{attempt}\"]");
        Assert.Equal("continue", beat.Answer.GetProperty("attempts").GetProperty(attempt).GetString());

        Assert.Equal(200, (await pc.Output(attempt, ("stdout", 0, 0, "h"))).Status);
        Assert.Equal(200, (await pc.Output(attempt, ("stdout", 0, 0, "h"))).Status);
        var gap = await pc.Output(attempt, ("stdout", 2, 5, "x"));
        Assert.Equal(409, gap.Status);
        Assert.Equal("urn:openclaw:output-gap", gap.Answer.GetProperty("type").GetString());
        Assert.Equal("""{"nextSequence":1,"stdoutOffset":1,"stderrOffset":0}""", gap.Answer.GetProperty("next").GetRawText());

        var result = await pc.Result(attempt, "succeeded", 0, ("stdout", 1, 1, "i\n"));
        Assert.Equal(200, result.Status);
        Assert.Equal($$"""{"fate":"recorded","state":"succeeded","attemptId":"{{attempt}}","session":"{{pc.Session}}"}""",
            result.Answer.GetRawText());
        var repeat = await pc.Result(attempt, "succeeded", 0, ("stdout", 1, 1, "i\n"));
        Assert.Equal("duplicate", repeat.Answer.GetProperty("fate").GetString());
        Assert.Equal("urn:openclaw:result-conflict", (await pc.Result(attempt, "failed", 1)).Answer.GetProperty("type").GetString());
        Assert.Equal("hi\n", (await pc.Read(task)).GetProperty("stdout").GetString());
        Assert.Equal(409, (await pc.Output(attempt, ("stdout", 2, 3, "more"))).Status);
        Assert.Equal("hi\n", (await pc.Read(task)).GetProperty("stdout").GetString());
    }

    [Fact]
    public async Task An_offer_that_was_lost_on_the_way_comes_again_and_nothing_is_spent()
    {
        using var pc = await SessionWorker.Open(host, "forgetful");
        var task = await pc.Submit("""{"command":"true","worker":"forgetful"}""");

        var first = (await pc.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("attemptId").GetString();
        var again = (await pc.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("attemptId").GetString();

        Assert.Equal($"{task}.1", first);
        Assert.Equal(first, again);
        Assert.Empty((await pc.Poll(100, $"\"{first}\"")).GetProperty("offers").EnumerateArray());
    }

    [Fact]
    public async Task Another_worker_s_attempt_is_not_there()
    {
        using var owner = await SessionWorker.Open(host, "owner");
        using var thief = await SessionWorker.Open(host, "thief");
        var task = await owner.Submit("""{"command":"true","worker":"owner"}""");
        var attempt = (await owner.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("attemptId").GetString()!;
        await owner.Post($"/worker/attempts/{attempt}/start", "");

        Assert.Equal(404, (await thief.Result(attempt, "succeeded", 0, ("stdout", 0, 0, "forged"))).Status);
        Assert.Equal(404, (await thief.Output(attempt, ("stdout", 0, 0, "forged"))).Status);
        Assert.Equal(404, (await thief.Post($"/worker/attempts/{attempt}/start", "")).Status);
        var beat = await thief.Post("/worker/heartbeat", $",\"attempts\":[\"{attempt}\"]");
        Assert.Equal("{}", beat.Answer.GetProperty("attempts").GetRawText());
        Assert.Equal("running", (await owner.Read(task)).GetProperty("status").GetString());
        Assert.Equal("recorded", (await owner.Result(attempt, "succeeded", 0)).Answer.GetProperty("fate").GetString());
        Assert.Equal("", (await owner.Read(task)).GetProperty("stdout").GetString());
    }

    [Fact]
    public async Task A_newer_poll_of_a_session_ends_the_older()
    {
        using var pc = await SessionWorker.Open(host, "impatient");
        var older = pc.Post("/worker/poll", ",\"freeSlots\":1,\"wait\":30000");
        var newer = pc.Post("/worker/poll", ",\"freeSlots\":1,\"wait\":30000");

        var ended = await await Task.WhenAny(older, newer);

        Assert.Equal((409, "urn:openclaw:session-superseded"), (ended.Status, ended.Answer.GetProperty("type").GetString()));
        await pc.Submit("""{"command":"true","worker":"impatient"}""");
        var other = await (older.IsCompleted && (await older).Status == 409 ? newer : older);
        Assert.Single(other.Answer.GetProperty("offers").EnumerateArray());
    }

    [Fact]
    public async Task Hundreds_of_polls_of_one_session_at_once_leave_one()
    {
        using var pc = await SessionWorker.Open(host, "flooding");
        var polls = Enumerable.Range(0, 300).Select(_ => pc.Post("/worker/poll", ",\"freeSlots\":1,\"wait\":30000")).ToList();
        for (var left = polls.Count; left > 1; left--)
        {
            var over = await Task.WhenAny(polls);
            polls.Remove(over);
            Assert.Equal(409, (await over).Status);
        }
        await pc.Submit("""{"command":"true","worker":"flooding"}""");

        Assert.Single((await polls.Single()).Answer.GetProperty("offers").EnumerateArray());
    }

    [Fact]
    public async Task A_session_that_polls_and_polls_and_does_not_wait_is_told_to()
    {
        using var pc = await SessionWorker.Open(host, "hasty");
        var answers = new List<(int Status, JsonElement Answer)>();
        while (!answers.Any(answer => answer.Status == 429))
        {
            Assert.InRange(answers.Count, 0, 20 * PollRates.EmptyPerMinute);
            var polls = Enumerable.Range(0, 50).Select(_ => pc.Post("/worker/poll", ",\"freeSlots\":1,\"wait\":0"));
            answers.AddRange(await Task.WhenAll(polls));
        }
        var refused = answers.First(answer => answer.Status == 429).Answer;
        Assert.Equal("urn:openclaw:too-many-requests", refused.GetProperty("type").GetString());
        // Its sign of life is another call, and so is everybody else's poll.
        Assert.Equal(200, (await pc.Post("/worker/heartbeat", "")).Status);
        using var other = await SessionWorker.Open(host, "patient");
        await other.Poll(0);
    }

    [Fact]
    public async Task A_drained_worker_gets_nothing_until_it_is_resumed()
    {
        using var pc = await SessionWorker.Open(host, "drained");
        using var admin = host.Http(host.AdminToken);
        using var drained = await admin.PostAsync("/workers/drained/drain", null);
        Assert.Equal("draining", JsonElement.Parse(await drained.Content.ReadAsByteArrayAsync()).GetProperty("status").GetString());
        await pc.Submit("""{"command":"true","worker":"drained"}""");

        var poll = await pc.Poll(200);
        Assert.Empty(poll.GetProperty("offers").EnumerateArray());
        Assert.True(poll.GetProperty("draining").GetBoolean());

        (await admin.PostAsync("/workers/drained/resume", null)).EnsureSuccessStatusCode();
        Assert.Single((await pc.Poll()).GetProperty("offers").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync("/workers/nobody/drain", null)).StatusCode);
    }

    [Fact]
    public async Task A_cancel_reaches_a_busy_worker_through_its_poll_at_once()
    {
        using var pc = await SessionWorker.Open(host, "busy");
        var task = await pc.Submit("""{"command":"true","worker":"busy"}""");
        var attempt = (await pc.Poll()).GetProperty("offers").EnumerateArray().Single().GetProperty("attemptId").GetString()!;
        await pc.Post($"/worker/attempts/{attempt}/start", "");
        var poll = pc.Post("/worker/poll", $",\"freeSlots\":0,\"held\":[\"{attempt}\"],\"wait\":30000");
        using var client = host.Http(host.ClientToken);

        (await client.PostAsync($"/tasks/{task}/cancel", null)).EnsureSuccessStatusCode();

        Assert.Equal([task], (await poll).Answer.GetProperty("cancels").EnumerateArray().Select(id => id.GetString()));
        var beat = await pc.Post("/worker/heartbeat", $",\"attempts\":[\"{attempt}\"]");
        Assert.Equal("cancel", beat.Answer.GetProperty("attempts").GetProperty(attempt).GetString());
        await pc.Result(attempt, "cancelled", null);
        Assert.Equal("cancelled", (await pc.Read(task)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Workers_come_in_pages_to_who_asks_for_them_and_whole_to_who_does_not()
    {
        using var first = await SessionWorker.Open(host, "page-1");
        using var second = await SessionWorker.Open(host, "page-2");
        using var http = host.Http(host.ClientToken);
        var client = new WorkersClient(http);
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await client.ListWorkers(1, cursor)).Value!;
            found.Add(Assert.Single(page.Workers).Name);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        var whole = JsonElement.Parse(await http.GetStringAsync("/workers"));
        Assert.Equal(whole.GetProperty("workers").EnumerateArray().Select(worker => worker.GetProperty("name").GetString()), found);
        Assert.True(found.Count >= 2);
        Assert.False(whole.TryGetProperty("nextCursor", out _));
        foreach (var wrong in new[] { "limit=0", "limit=501", "limit=x", "cursor=A%20b", "limit=1&limit=2" })
        {
            using var answer = await http.GetAsync("/workers?" + wrong);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Clients_see_the_workers_and_what_they_offer()
    {
        using var pc = await SessionWorker.Open(host, "visible");
        using var client = host.Http(host.ClientToken);

        var view = JsonElement.Parse(await client.GetStringAsync("/workers/visible"));
        var list = JsonElement.Parse(await client.GetStringAsync("/workers"));

        Assert.Equal("online", view.GetProperty("status").GetString());
        Assert.Equal(["gpu"], view.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal(["command", "own-kind"], view.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()).Order());
        Assert.Equal(("linux", "x64"), (view.GetProperty("os").GetString(), view.GetProperty("arch").GetString()));
        Assert.Contains("visible", list.GetProperty("workers").EnumerateArray().Select(worker => worker.GetProperty("name").GetString()));
        Assert.Equal(200, (await pc.Post("/worker/sessions/close", "")).Status);
        Assert.Equal("offline", JsonElement.Parse(await client.GetStringAsync("/workers/visible")).GetProperty("status").GetString());
    }
}
