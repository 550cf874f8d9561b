using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol.Tests.Answers;

/// <summary>An answer to something else that looks right: of another attempt or session, or with values that make no sense.</summary>
public sealed class EchoTests
{
    private readonly StubServer server = new();

    public static TheoryData<string, string, string> Changes => new()
    {
        { "open", "name", "\"other\"" }, { "open", "name", "null" }, { "open", "session", "\"\"" }, { "open", "heartbeatEvery", "0" },
        { "open", "lease", "-1" }, { "open", "pollWait", "0" }, { "open", "pollWait", "1e18" }, { "open", "protocol", "2" },
        { "open", "epoch", "\"1\"" },
        { "close", "session", "\"pc.2.y\"" }, { "close", "closed", "false" },
        { "poll", "session", "\"pc.2.y\"" }, { "poll", "session", "null" }, { "poll", "offers", "null" }, { "poll", "offers", "[null]" },
        { "poll", "draining", "null" },
        { "heartbeat", "session", "\"pc.2.y\"" }, { "heartbeat", "session", "null" }, { "heartbeat", "attempts", "null" },
        { "facts", "session", "\"pc.2.y\"" }, { "facts", "taken", "false" },
        { "drain worker", "name", "\"other\"" }, { "resume worker", "name", "null" },
        { "me", "tokenId", "\"\"" }, { "me", "tenant", "null" }, { "me", "scopes", "null" },
        { "attempt start", "attemptId", $"\"{AskedRoute.Task}.2\"" }, { "attempt start", "attempt", "2" },
        { "attempt start", "session", "\"pc.2.y\"" }, { "attempt start", "session", "null" },
        { "attempt approval", "attemptId", $"\"{AskedRoute.Task}.2\"" }, { "attempt approval", "session", "null" },
        { "attempt approval", "decision", "\"perhaps\"" },
        { "attempt output", "attemptId", $"\"{AskedRoute.Task}.2\"" }, { "attempt output", "session", "\"pc.2.y\"" },
        { "attempt output", "next", "null" }, { "attempt output", "next", """{"nextSequence":-1,"stdoutOffset":0,"stderrOffset":0}""" },
        { "attempt frames", "attemptId", "null" },
        { "attempt result", "attemptId", $"\"{AskedRoute.Task}.2\"" }, { "attempt result", "session", "null" },
        { "attempt result", "fate", "\"gone\"" },
        { "submit", "taskId", "\"\"" }, { "get", "taskId", "\"00000000-0000-0000-0000-000000000008\"" }, { "cancel", "taskId", "\"x\"" },
        { "decide", "taskId", "\"x\"" }, { "list", "tasks", "[null]" },
    };

    [Theory, MemberData(nameof(Changes))]
    public async Task The_answer_to_something_else_is_none(string name, string member, string value)
    {
        var route = AskedRoute.All.Single(asked => asked.Name == name);
        Assert.Equal(Taken.Value, await Ask(route, route.Right));
        var changed = JsonNode.Parse(route.Right)!.AsObject();
        Assert.True(changed.ContainsKey(member));
        changed[member] = JsonNode.Parse(value);
        Assert.Equal(Taken.Nothing, await Ask(route, Encoding.UTF8.GetBytes(changed.ToJsonString())));
    }

    [Theory, MemberData(nameof(FalseAnswerTests.Routes), MemberType = typeof(FalseAnswerTests))]
    public async Task What_a_newer_server_says_besides_disturbs_nobody(AskedRoute route)
    {
        var more = JsonNode.Parse(route.Right)!.AsObject();
        more["ofANewerServer"] = new JsonObject { ["x"] = 1 };
        Assert.Equal(Taken.Value, await Ask(route, Encoding.UTF8.GetBytes(more.ToJsonString())));
    }

    [Fact]
    public async Task Where_the_session_is_of_a_server_of_before_a_bare_204_and_an_answer_without_names_count()
    {
        using var client = server.Client();
        var (workers, attempts) = (new WorkersClient(client, SessionProtocol.Unnamed), new AttemptsClient(client, SessionProtocol.Unnamed));
        var output = new AppendOutput(AskedRoute.Session, []);
        server.Answer = new(204, null, []);
        Assert.True((await workers.CloseSession(new CloseSession(AskedRoute.Session))).IsOk);
        Assert.True((await workers.AnnounceFacts(new AnnounceFacts(AskedRoute.Session, new WorkerFacts()))).IsOk);
        Assert.True((await attempts.AppendOutput(AskedRoute.Attempt, output)).IsOk);
        Assert.True((await attempts.AppendFrames(AskedRoute.Attempt, output)).IsOk);
        // Its other answers have a body, and an empty one is no yes.
        Assert.False((await attempts.StartAttempt(AskedRoute.Attempt, new StartAttempt(AskedRoute.Session))).IsOk);
        Assert.False((await workers.Heartbeat(new Heartbeat { Session = AskedRoute.Session })).IsOk);
        server.Answer = new(200, "application/json", """{"attempts":{},"draining":false}"""u8.ToArray());
        Assert.True((await workers.Heartbeat(new Heartbeat { Session = AskedRoute.Session })).IsOk);
        var strict = await new WorkersClient(client).Heartbeat(new Heartbeat { Session = AskedRoute.Session });
        Assert.Equal((false, true), (strict.IsOk, strict.Foreign?.FitsOlderServer));
        server.Answer = new(200, "application/json", AskedRoute.Text($$"""{"attemptId":"{{AskedRoute.Attempt}}","attempt":1}"""));
        Assert.True((await attempts.StartAttempt(AskedRoute.Attempt, new StartAttempt(AskedRoute.Session))).IsOk);
        server.Answer = new(404, "application/problem+json", AskedRoute.ProblemOf("urn:openclaw:not-found", 404));
        Assert.Equal(404, (await attempts.StartAttempt(AskedRoute.Attempt, new StartAttempt(AskedRoute.Session))).Problem?.Status);
    }

    private async Task<Taken> Ask(AskedRoute route, byte[] body)
    {
        server.Answer = new(200, "application/json", body);
        using var client = server.Client();
        return await route.Ask(client);
    }
}
