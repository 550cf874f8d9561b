using System.Net;
using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Sessions;

/// <summary>Turns of each agent: where they go, in which order, and what is told of them.</summary>
public sealed class TurnRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    public static TheoryData<string> Names => [.. Agents.All.Select(agent => agent.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_turn_goes_round_and_its_session_is_listed_for_its_agent_alone(string agent)
    {
        var worker = await SessionWorker.Open(gateway);
        var (status, submitted) = await gateway.Client.Post($"/{agent}", $$"""{"prompt":"hi","worker":"{{worker.Name}}"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var session = submitted.Text("sessionId")!;

        var offer = await worker.Take();
        Assert.Equal((agent + "-cli", session), (offer.Kind, offer.Payload.Text("sessionId")));
        await worker.Finish(offer, stdout: "hello");
        var (_, task) = await gateway.Client.Get("/tasks/" + submitted.Text("taskId"));
        Assert.Equal(("hello", session), (task.Text("stdout"), task.Text("sessionId")));

        foreach (var other in Agents.All)
        {
            var (_, list) = await gateway.Client.Get($"/{other.Name}/sessions");
            var listed = list.GetProperty("sessions").EnumerateArray().Any(item => item.Text("sessionId") == session);
            Assert.Equal(other.Name == agent, listed);
        }
    }

    [Fact]
    public async Task Short_and_whole_ids_name_one_session_and_its_turns_run_in_order_on_its_PC()
    {
        var (studio, attic) = (await SessionWorker.Open(gateway), await SessionWorker.Open(gateway));
        var session = Guid.NewGuid().ToString();
        await Report(studio, [Session(session)]);
        var turns = new List<string>();
        foreach (var id in new[] { session, session[..8].ToUpperInvariant(), session[..13] })
            turns.Add(await gateway.Client.Submit($$"""{"prompt":"hi","sessionId":"{{id}}"}""", "/claude"));

        foreach (var turn in turns)
        {
            var waiting = turns[^1] == turn ? null : (await gateway.Client.Get("/tasks/" + turns[^1])).Body.Text("status");
            Assert.True(waiting is null or "pending");
            var offer = await studio.Take();
            Assert.Equal((turn, session), (offer.TaskId, offer.Payload.Text("sessionId")));
            await studio.Finish(offer);
        }
        var (_, task) = await gateway.Client.Get("/tasks/" + turns[1]);
        Assert.Equal((studio.Name, session), (task.Text("worker"), task.Text("sessionId")));
        Assert.NotEqual(attic.Name, task.Text("worker"));
    }

    [Fact]
    public async Task A_turn_that_came_before_the_first_had_started_follows_it_to_its_PC()
    {
        string label = "l" + Guid.NewGuid().ToString("N")[..8];
        var first = await Submit(label, null);
        var second = await Submit(label, first.Session);
        var studio = await SessionWorker.Open(gateway, labels: [label]);
        var offer = await studio.Take();
        Assert.Equal(first.Task, offer.TaskId);
        var attic = await SessionWorker.Open(gateway, labels: [label]);
        var elsewhere = attic.NextOffer();
        await studio.Finish(offer);

        var next = await studio.Take();
        Assert.Equal(second.Task, next.TaskId);
        await studio.Finish(next);
        // What the other PC is offered at last is a task of its own.
        var own = await gateway.Client.Submit($$"""{"command":"true","worker":"{{attic.Name}}"}""");
        Assert.Equal(own, (await elsewhere).TaskId);
    }

    [Fact]
    public async Task A_fork_has_an_id_of_its_own_and_runs_where_its_parent_is()
    {
        var studio = await SessionWorker.Open(gateway);
        var parent = Guid.NewGuid().ToString();
        await Report(studio, [Session(parent)]);

        var (_, submitted) = await gateway.Client.Post("/claude", $$"""{"prompt":"hi","sessionId":"{{parent[..9]}}","fork":true}""");
        var offer = await studio.Take();

        Assert.Equal(parent, offer.Payload.Text("forkOf"));
        Assert.Equal(submitted.Text("sessionId"), offer.Payload.Text("sessionId"));
        Assert.NotEqual(parent, submitted.Text("sessionId"));
    }

    [Theory]
    [InlineData("""{"prompt":"hi","sessionId":"fefefefe"}""", "sessionId")]
    [InlineData("""{"prompt":"hi","sessionId":"fefefefe-0000-4000-8000-000000000000","fork":true}""", "sessionId")]
    [InlineData("""{"prompt":"hi","fork":true}""", "fork")]
    public async Task A_session_that_nobody_knows_can_not_be_gone_on_with(string json, string field)
    {
        var (status, body) = await gateway.Client.Post("/claude", json);

        Assert.Equal((HttpStatusCode.BadRequest, field), (status, body.GetProperty("errors")[0].Text("field")));
    }

    [Fact]
    public async Task A_turn_by_kind_and_payload_is_placed_like_the_others()
    {
        var studio = await SessionWorker.Open(gateway);
        var session = Guid.NewGuid().ToString();
        await Report(studio, [Session(session) with { Agent = "codex" }]);

        var task = await gateway.Client.Submit($$$"""{"kind":"codex-cli","payload":{"prompt":"hi","sessionId":"{{{session[..10]}}}"}}""");
        var offer = await studio.Take();

        Assert.Equal((task, session), (offer.TaskId, offer.Payload.Text("sessionId")));
    }

    [Fact]
    public async Task A_repeated_submit_is_the_same_task_although_its_short_id_has_become_ambiguous()
    {
        var studio = await SessionWorker.Open(gateway);
        var session = Guid.NewGuid().ToString();
        await Report(studio, [Session(session)]);
        var json = $$"""{"prompt":"hi","sessionId":"{{session[..8]}}"}""";
        var first = await gateway.Client.Post("/claude", json, ("Idempotency-Key", session));
        await Report(studio, [Session(session), Session(session[..8] + "-ffff-4fff-8fff-ffffffffffff")]);

        var again = await gateway.Client.Post("/claude", json, ("Idempotency-Key", session));

        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal((first.Body.Text("taskId"), session), (again.Body.Text("taskId"), again.Body.Text("sessionId")));
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Client.Post("/claude", json)).Status);
    }

    [Fact]
    public async Task Recent_sessions_are_those_of_all_PCs_by_agent_newest_first()
    {
        var (studio, attic) = (await SessionWorker.Open(gateway), await SessionWorker.Open(gateway));
        var (older, newer, codex) = (Session("2090-01-01"), Session("2090-01-02"), Session("2090-01-03") with { Agent = "codex" });
        await Report(studio, [older, codex]);
        await Report(attic, [newer]);

        var (_, claude) = await gateway.Client.Get("/claude/recent?limit=2");
        Assert.Equal([(newer.SessionId, attic.Name), (older.SessionId, studio.Name)], Listed(claude));
        Assert.Equal((codex.SessionId, studio.Name), Listed((await gateway.Client.Get("/codex/recent?limit=1")).Body).Single());
    }

    [Fact]
    public async Task Who_may_not_ask_for_an_agents_turn_sees_no_conversation()
    {
        var studio = await SessionWorker.Open(gateway);
        await Report(studio, [Session("2090-02-01")]);
        string[][] kinds = [["command"], ["command", "claude-cli"]];
        var seen = new List<int>();
        foreach (var some in kinds)
        {
            var order = new MakeToken { Role = "client", Narrowing = new() { Workers = [studio.Name], Kinds = some } };
            var made = (await new TokensClient(gateway.Admin).MakeToken(order)).Value!;
            seen.Add(Listed((await gateway.With(made.Secret).Get("/claude/recent")).Body).Count());
        }
        Assert.Equal([0, 1], seen);
    }

    private async Task<(string Task, string Session)> Submit(string label, string? session)
    {
        var named = session is null ? "" : $",\"sessionId\":\"{session}\"";
        var (_, body) = await gateway.Client.Post("/claude", $$"""{"prompt":"hi","labels":["{{label}}"]{{named}}}""");
        return (body.Text("taskId")!, body.Text("sessionId")!);
    }

    private static IEnumerable<(string?, string?)> Listed(JsonElement list) =>
        list.GetProperty("sessions").EnumerateArray().Select(item => (item.Text("sessionId"), item.Text("worker")));

    /// <summary>A session of this id, or one of any id that was used on this day.</summary>
    private static RecentSession Session(string idOrDay) => new()
    {
        SessionId = idOrDay.Length > 10 ? idOrDay : Guid.NewGuid().ToString(),
        Project = "/p",
        LastModified = (idOrDay.Length > 10 ? "2026-01-01" : idOrDay) + "T00:00:00.000Z",
        SizeKB = 1,
        Topic = "t",
    };

    /// <summary>Reports sessions; what the gateway remembers of workers is a second old at most.</summary>
    private async Task Report(SessionWorker worker, RecentSession[] sessions)
    {
        var beaten =
            await new WorkersClient(gateway.Worker).Heartbeat(new Heartbeat { Session = worker.Session, RecentSessions = sessions });
        Assert.True(beaten.IsOk, beaten.Problem?.Error);
        await Eventually.Holds(async () =>
        {
            var (_, claude) = await gateway.Client.Get("/claude/recent?limit=20");
            var (_, codex) = await gateway.Client.Get("/codex/recent?limit=20");
            var known = Listed(claude).Concat(Listed(codex)).Select(item => item.Item1).ToHashSet();
            return sessions.All(session => known.Contains(session.SessionId));
        });
    }
}
