using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Gateway.Tests.Security.Matrix;

/// <summary>A request about one thing, whose name or id stands in it as <c>TARGET</c>, <c>SESSION</c> being the worker's own.</summary>
/// <param name="Method">Method.</param>
/// <param name="Route">Route as it is mapped.</param>
/// <param name="About">What the target is: task, attempt, worker, token, agent-session, session, key.</param>
/// <param name="Query">What follows the path.</param>
/// <param name="Body">JSON, if any.</param>
internal sealed record Probe(string Method, string Route, string About, string Query = "", string? Body = null)
{
    /// <summary>Sent with every request about a key.</summary>
    public string? Header => About == "key" ? "Idempotency-Key" : null;

    public string Path(string target) => Route.Replace("{id}", About == "attempt" ? target + ".1" : target, StringComparison.Ordinal)
        .Replace("{name}", target, StringComparison.Ordinal) + Query.Replace("TARGET", target, StringComparison.Ordinal);

    private static readonly string Digest = new('0', 64);

    /// <summary>Every route that is about a thing, in each of its forms.</summary>
    public static IReadOnlyList<Probe> All { get; } =
    [
        new("GET", Routes.Task, "task"), new("GET", Routes.Task, "task", "?output=false"), new("GET", Routes.Task, "task", "?wait=1"),
        new("HEAD", Routes.Task, "task"),
        new("GET", Routes.TaskOutput, "task"), new("GET", Routes.TaskOutput, "task", "?stream=stderr&offset=5"),
        new("GET", Routes.TaskOutput, "task", "?attempt=9"), new("GET", Routes.TaskOutput, "task", "?follow=true"),
        new("GET", Routes.TaskOutput, "task", "?late=true"), new("HEAD", Routes.TaskOutput, "task"),
        new("GET", Routes.TaskEvents, "task"), new("HEAD", Routes.TaskEvents, "task"),
        new("POST", Routes.Cancel, "task"), new("POST", Routes.RetryWebhook, "webhook"),
        new("POST", Routes.TaskApproval, "task", Body: $$"""{"decision":"approve","digest":"{{Digest}}"}"""),
        new("POST", Routes.TaskApproval, "task", Body: """{"decision":"perhaps"}"""),
        new("GET", Routes.Tasks, "worker", "?worker=TARGET"),
        new("GET", Routes.Worker, "worker"), new("HEAD", Routes.Worker, "worker"),
        new("POST", Routes.Drain, "worker"), new("POST", Routes.Resume, "worker"),
        new("GET", Routes.Token, "token"), new("HEAD", Routes.Token, "token"),
        new("POST", Routes.Token, "token", Body: """{"scopes":["tasks:read"]}"""),
        new("POST", Routes.RevokeInvite, "token"), new("POST", Routes.RevokeWorker, "worker", Body: "{}"),
        new("GET", Routes.Person, "person"), new("HEAD", Routes.Person, "person"),
        new("POST", Routes.Person, "person", Body: """{"roles":["viewer"]}"""),
        new("POST", Routes.Person, "person", Body: """{"identities":[]}"""),
        new("POST", Routes.DisablePerson, "person"), new("POST", Routes.EnablePerson, "person"),
        new("POST", Routes.RemovePerson, "person"),
        new("POST", Routes.Tokens, "person", Body: """{"role":"client","person":"TARGET"}"""),
        new("POST", Routes.RevokeToken, "token"), new("POST", Routes.RotateToken, "token", Body: "{}"),
        new("POST", Routes.Tasks, "worker", Body: """{"command":"true","worker":"TARGET","labels":["lab"]}"""),
        new("POST", Routes.Tasks, "key", Body: """{"command":"true"}"""),
        new("POST", Routes.FileRead, "worker", Body: """{"path":"/a","worker":"TARGET","labels":["lab"]}"""),
        new("POST", Routes.FileWrite, "worker", Body: """{"path":"/a","content":"a","worker":"TARGET","labels":["lab"]}"""),
        new("POST", Routes.FileEdit, "worker", Body: """{"path":"/a","old_string":"a","new_string":"b","worker":"TARGET"}"""),
        new("POST", Routes.FileUpload, "worker", Body: """{"path":"/a","offset":0,"worker":"TARGET"}"""),
        .. Agents.All.SelectMany(agent => new Probe[]
        {
            new("POST", agent.Route, "worker", Body: """{"prompt":"hello","worker":"TARGET","labels":["lab"]}"""),
            // Before the whole id, under which a conversation of one's own begins.
            new("POST", agent.Route, "agent-session-part", Body: """{"prompt":"hello","sessionId":"TARGET"}"""),
            new("POST", agent.Route, "agent-session", Body: """{"prompt":"hello","sessionId":"TARGET"}"""),
            new("POST", agent.Route, "agent-session", Body: """{"prompt":"hello","sessionId":"TARGET","fork":true}"""),
        }),
        new("POST", Routes.Start, "attempt", Body: """{"session":"SESSION"}"""),
        new("POST", Routes.AttemptPayload, "attempt", Body: """{"session":"SESSION"}"""),
        new("POST", Routes.Approval, "attempt",
            Body: $$"""{"session":"SESSION","rule":"r","digest":"{{Digest}}","summary":"s","waitFor":1000,"wait":0}"""),
        new("POST", Routes.AttemptOutput, "attempt",
            Body: """{"session":"SESSION","chunks":[{"stream":"stdout","sequence":0,"offset":0,"data":"YQ=="}]}"""),
        new("POST", Routes.AttemptResult, "attempt", Body: """{"session":"SESSION","outcome":"succeeded","exitCode":0}"""),
        new("POST", Routes.WorkerResult, "task", Body: """{"taskId":"TARGET","exitCode":0}"""),
        new("POST", Routes.WorkerResult, "task", "?name=compat", """{"taskId":"TARGET","exitCode":0,"stdout":"a"}"""),
        new("POST", Routes.Heartbeat, "attempt", Body: """{"session":"SESSION","attempts":["TARGET.1"]}"""),
        new("POST", Routes.WorkerPoll, "attempt", Body: """{"session":"SESSION","freeSlots":0,"held":["TARGET.1"],"wait":0}"""),
        new("POST", Routes.Heartbeat, "session", Body: """{"session":"TARGET"}"""),
        new("POST", Routes.WorkerPoll, "session", Body: """{"session":"TARGET","freeSlots":1,"wait":0}"""),
        new("POST", Routes.WorkerFacts, "session", Body: """{"session":"TARGET","facts":{"cores":1}}"""),
        new("POST", Routes.CloseSession, "session", Body: """{"session":"TARGET"}"""),
        new("GET", Routes.WorkerPoll, "worker", "?wait=0&name=TARGET"),
    ];

    /// <summary>Routes that are about no one thing: what they answer must tell of nothing that is not seen.</summary>
    public static IReadOnlyList<string> Lists { get; } =
    [
        Routes.Health, Routes.Authority, Routes.OpenApi, Routes.Me, Routes.Tasks + "?limit=500",
        Routes.Tasks + "?status=running,failed",
        Routes.Tasks + "?limit=1", Routes.Workers, Routes.Workers + "?limit=1", Routes.Tokens + "?limit=500", Routes.Tokens + "?limit=1",
        Routes.Webhooks, Routes.Webhooks + "?state=waiting", Routes.Webhooks + "?state=waiting&limit=1",
        Routes.Invites, Routes.People, Routes.People + "?limit=1",
        .. Agents.All.SelectMany(agent => new[] { agent.SessionsRoute, agent.RecentRoute + "?limit=20" }),
    ];

    /// <summary>Changes that are about a tenant as a whole.</summary>
    public static IReadOnlyList<string> OfTenant { get; } = [Routes.WebhookSecret, Routes.People];

    /// <summary>
    /// Not walked: they take no name of a thing that is somebody's. The audit's chains are the server's, and for its own
    /// administrators alone: <see cref="Audit.AuditRouteTests"/>; so are tenants: <see cref="Tenants.TenantRouteTests"/>. A name that a
    /// worker gives itself in its session is its own in its tenant.
    /// </summary>
    public static IReadOnlyList<string> AboutNothing { get; } =
    [
        "GET " + Routes.AuditChains, "GET " + Routes.AuditChain, "GET " + Routes.AuditNotes,
        "POST " + Routes.Notify, "POST " + Routes.Tokens, "POST " + Routes.WebhookSecret, "POST " + Routes.Sessions,
        "GET /healthz", "GET /readyz", "GET " + Routes.JoinFiles, "GET " + Routes.JoinFile,
        "GET " + Routes.Tenants, "POST " + Routes.Tenants, "POST " + Routes.DisableTenant, "POST " + Routes.EnableTenant,
        "POST " + Routes.People,
        "POST " + Routes.Invites, "POST " + Routes.Enrol, "POST " + Routes.Challenge, "POST " + Routes.GrantKinds,
    ];
}
