namespace OpenClaw.Protocol;

/// <summary>Every path of the API. The compatible ones are wire-compat.md's and never change.</summary>
public static class Routes
{
    /// <summary>Liveness and three counts; without a token.</summary>
    public const string Health = "/health";
    /// <summary>The OpenAPI document.</summary>
    public const string OpenApi = "/openapi.json";
    /// <summary>Certificate of the server's own authority; without a token.</summary>
    public const string Authority = "/ca.pem";
    /// <summary>POST submits, GET lists.</summary>
    public const string Tasks = "/tasks";
    /// <summary>One task; <c>?wait=</c> ms.</summary>
    public const string Task = "/tasks/{id}";
    /// <summary>Asks for the end of a task.</summary>
    public const string Cancel = "/tasks/{id}/cancel";
    /// <summary>A human's yes or no about a task that waits for it.</summary>
    public const string TaskApproval = "/tasks/{id}/approval";
    /// <summary>Raw bytes of a stream.</summary>
    public const string TaskOutput = "/tasks/{id}/output";
    /// <summary>Server-sent events.</summary>
    public const string TaskEvents = "/tasks/{id}/events";
    /// <summary>Compatible: write a file.</summary>
    public const string FileWrite = "/files/write";
    /// <summary>Compatible: read a file.</summary>
    public const string FileRead = "/files/read";
    /// <summary>Compatible: edit a file.</summary>
    public const string FileEdit = "/files/edit";
    /// <summary>A piece of a large file.</summary>
    public const string FileUpload = "/files/upload";
    /// <summary>Compatible: a turn of Claude Code. The routes of all agents are <see cref="Payloads.Agent"/>'s.</summary>
    public const string Claude = "/claude";
    /// <summary>Compatible: a message to the chat channel.</summary>
    public const string Notify = "/notify";
    /// <summary>Webhooks of the tenant in a state; <c>?state=dead</c>.</summary>
    public const string Webhooks = "/webhooks";
    /// <summary>Has one that was given up sent again.</summary>
    public const string RetryWebhook = "/webhooks/{id}/retry";
    /// <summary>Makes a new secret for webhooks.</summary>
    public const string WebhookSecret = "/admin/webhook-secret";
    /// <summary>All workers.</summary>
    public const string Workers = "/workers";
    /// <summary>One worker.</summary>
    public const string Worker = "/workers/{name}";
    /// <summary>No new tasks for it.</summary>
    public const string Drain = "/workers/{name}/drain";
    /// <summary>New tasks again.</summary>
    public const string Resume = "/workers/{name}/resume";
    /// <summary>Who the caller's token is, and what it may do.</summary>
    public const string Me = "/me";
    /// <summary>Admin: POST makes a token, GET lists them.</summary>
    public const string Tokens = "/admin/tokens";
    /// <summary>Admin: one token; POST changes what it may do.</summary>
    public const string Token = "/admin/tokens/{id}";
    /// <summary>Admin: ends a token.</summary>
    public const string RevokeToken = "/admin/tokens/{id}/revoke";
    /// <summary>Admin: gives a token another secret.</summary>
    public const string RotateToken = "/admin/tokens/{id}/rotate";
    /// <summary>Admin: POST adds a person, GET lists them.</summary>
    public const string People = "/admin/people";
    /// <summary>Admin: one person; POST changes roles or chat identities.</summary>
    public const string Person = "/admin/people/{name}";
    /// <summary>Admin: refuses a person's tokens.</summary>
    public const string DisablePerson = "/admin/people/{name}/disable";
    /// <summary>Admin: lets a person's tokens in again.</summary>
    public const string EnablePerson = "/admin/people/{name}/enable";
    /// <summary>Admin: forgets a person.</summary>
    public const string RemovePerson = "/admin/people/{name}/remove";
    /// <summary>Of the server's own administrators: POST makes a tenant, GET lists them.</summary>
    public const string Tenants = "/admin/tenants";
    /// <summary>Of the server's own administrators: refuses a tenant's tokens.</summary>
    public const string DisableTenant = "/admin/tenants/{name}/disable";
    /// <summary>Of the server's own administrators: lets a tenant's tokens in again.</summary>
    public const string EnableTenant = "/admin/tenants/{name}/enable";
    /// <summary>Admin: POST makes an invitation for a PC, GET lists them.</summary>
    public const string Invites = "/admin/invites";
    /// <summary>Admin: ends an invitation that nobody has used.</summary>
    public const string RevokeInvite = "/admin/invites/{id}/revoke";
    /// <summary>Admin: ends a worker's key.</summary>
    public const string RevokeWorker = "/workers/{name}/revoke";
    /// <summary>A PC with a join token: trades it for an identity of its own.</summary>
    public const string Enrol = "/worker/enrol";
    /// <summary>What there is for PCs that join; without a token.</summary>
    public const string JoinFiles = "/join";
    /// <summary>A script or a program for a PC that joins; without a token.</summary>
    public const string JoinFile = "/join/{name}";
    /// <summary>Worker: what its next signed request has to name.</summary>
    public const string Challenge = "/worker/challenge";
    /// <summary>Worker: its owner's yes to the kinds that it runs.</summary>
    public const string GrantKinds = "/worker/kinds";
    /// <summary>The audit's hash chains.</summary>
    public const string AuditChains = "/audit/chains";
    /// <summary>Links of a chain with their rows; <c>?after=</c>, <c>?limit=</c>.</summary>
    public const string AuditChain = "/audit/chains/{chain}";
    /// <summary>Events that changed no task, the newest first; <c>?before=</c>, <c>?limit=</c>.</summary>
    public const string AuditNotes = "/audit/notes";
    /// <summary>Worker: opens a session.</summary>
    public const string Sessions = "/worker/sessions";
    /// <summary>Worker: says goodbye.</summary>
    public const string CloseSession = "/worker/sessions/close";
    /// <summary>Worker: POST is the session protocol, GET the compatible one.</summary>
    public const string WorkerPoll = "/worker/poll";
    /// <summary>Worker: a large payload.</summary>
    public const string AttemptPayload = "/worker/attempts/{id}/payload";
    /// <summary>Worker: commits a start.</summary>
    public const string Start = "/worker/attempts/{id}/start";
    /// <summary>Worker: renews leases.</summary>
    public const string Heartbeat = "/worker/heartbeat";
    /// <summary>Worker: what the PC is.</summary>
    public const string WorkerFacts = "/worker/facts";
    /// <summary>Worker: asks for a human's yes before a start.</summary>
    public const string Approval = "/worker/attempts/{id}/approval";
    /// <summary>Worker: chunks of output.</summary>
    public const string AttemptOutput = "/worker/attempts/{id}/output";
    /// <summary>Worker: how it ended.</summary>
    public const string AttemptResult = "/worker/attempts/{id}/result";
    /// <summary>Compatible: how it ended.</summary>
    public const string WorkerResult = "/worker/result";
}
