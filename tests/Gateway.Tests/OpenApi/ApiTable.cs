using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Notifications;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Sessions;
using OpenClaw.Protocol.Tasks;
using OpenClaw.Protocol.Webhooks;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.OpenApi;

/// <summary>One operation: what it is, what it takes, what it answers. The types say the fields.</summary>
internal sealed record Operation(string Method, string Route, string Id, string Tag, string Summary)
{
    public Type? Takes { get; init; }
    public JsonObject? TakesSchema { get; init; }
    /// <summary>Another media type of the same request; docs/protocol.md has its bytes.</summary>
    public string? AlsoTakes { get; init; }
    public Type[] Answers { get; init; } = [];
    public JsonObject? AnswersSchema { get; init; }
    public string AnswersMedia { get; init; } = "application/json";
    public (string In, string Name, string Type, string What)[] Parameters { get; init; } = [];
    public int[] Problems { get; init; } = [];
}

/// <summary>Every operation of the API. A test holds it against the routes that are mapped.</summary>
internal static class ApiTable
{
    private static readonly (string, string, string, string) Key =
        ("header", "Idempotency-Key", "string", "1 to 255 printable ASCII characters: repeats with the same key are one task.");
    private static readonly (string, string, string, string) Wait = ("query", "wait", "integer",
        "Wait for the end, ms, at most 300000; a larger one is taken as that.");
    private static readonly int[] OfSubmit = [400, 401, 403, 413, 415, 422, 429, 503];
    private static readonly int[] OfRead = [400, 401, 403, 404, 503];
    private static readonly int[] OfToken = [400, 401, 403, 404, 409, 413, 415, 429, 503];
    private static readonly int[] OfSession = [400, 401, 403, 404, 409, 413, 415, 503];

    private static readonly (string, string, string, string)[] Page =
    [
        ("query", "cursor", "string", "nextCursor of the page before."), ("query", "limit", "integer", "1 to 500, default 50."),
    ];

    public static IReadOnlyList<Operation> All { get; } =
    [
        new("GET", Routes.Health, "health", "server", "Whether the server answers; in compatibility mode three counts. Needs no token.")
            { Answers = [typeof(Health)], Problems = [503] },
        new("GET", Routes.Authority, "authority", "server",
            "Certificate of the server's own authority, for clients that know its pin. 404 when it has none. Needs no token.")
            { AnswersMedia = "application/pem-certificate-chain", Problems = [404] },
        new("GET", Routes.OpenApi, "openApi", "server", "This document.")
            { AnswersSchema = new() { ["type"] = "object" }, Problems = [401] },
        new("GET", Routes.Me, "getCaller", "tokens", "Whom the server takes the caller for: the token, its tenant, what it may do.")
            { Answers = [typeof(CallerView)], Problems = [401, 429, 503] },
        Submit(Routes.Tasks, "submitTask", "Submits a shell command, a program with arguments, or a task of any kind.", typeof(SubmitTask)),
        Submit(Routes.FileWrite, "submitFileWrite", "Submits the writing of a file.", typeof(SubmitFileWrite)),
        Submit(Routes.FileRead, "submitFileRead", "Submits the reading of a file.", typeof(SubmitFileRead)),
        Submit(Routes.FileEdit, "submitFileEdit", "Submits the edit of a file.", typeof(SubmitFileEdit)),
        Submit(Routes.FileUpload, "submitFileUpload", "Submits one piece of a large file.", typeof(SubmitFileUpload)),
        .. Agents.All.Select(agent =>
            Submit(agent.Route, "submit" + agent.Title, $"Submits a turn of {agent.Title}.", typeof(SubmitTurn))),
        new("GET", Routes.Tasks, "listTasks", "tasks", "A page of tasks, newest first, without output.")
        {
            Answers = [typeof(TaskListView)],
            Problems = [400, 401, 403, 503],
            Parameters =
            [
                ("query", "status", "string", "States, comma separated: pending, awaiting_approval, running, or the name of an end."),
                ("query", "worker", "string", "Worker of the latest attempt."), ("query", "kind", "string", "Kind."),
                ("query", "since", "string", "Created at or after: ms since 1970, or ISO 8601."),
                ("query", "cursor", "string", "nextCursor of the page before."), ("query", "limit", "integer", "1 to 500, default 50."),
            ],
        },
        new("GET", Routes.Task, "getTask", "tasks", "A task; with wait once it has ended or the time is over. Can be read again and again.")
        {
            Answers = [typeof(TaskView)], Problems = OfRead,
            Parameters = [Wait, ("query", "output", "boolean", "false: without stdout and stderr, which have a route of their own.")],
        },
        new("POST", Routes.Cancel, "cancelTask", "tasks", "Asks for the end of a task. The first end wins: the state says which it was.")
        {
            Answers = [typeof(TaskView)], Problems = [401, 403, 404, 503],
        },
        new("POST", Routes.TaskApproval, "decideApproval", "tasks",
            "A person's yes or no about a task that waits for it (admin). 409 when something else waits than what the digest is of.")
        {
            Takes = typeof(DecideApproval), Answers = [typeof(TaskView)], Problems = OfSession,
        },
        new("GET", Routes.TaskOutput, "taskOutput", "tasks",
            "Bytes of one stream as they were printed; X-Output-* headers say where they begin, end and go on. With follow as they "
            + "come in. With Accept: application/json the chunks of both streams with their times (OutputPage).")
        {
            AnswersMedia = "application/octet-stream",
            Problems = OfRead,
            Parameters =
            [
                ("query", "stream", "string", "stdout (default) or stderr."), ("query", "offset", "integer", "First byte, default 0."),
                ("query", "attempt", "integer", "Attempt, default the latest."),
                ("query", "sequence", "integer", "As JSON: first chunk, default 0; nextSequence of the page before."),
                ("query", "follow", "string", "true: chunked, as bytes come in, until the attempt is over; a cut is marked in the bytes."),
                ("query", "late", "string", "true: with what came after the task's end, lateResult's output; not with follow."),
            ],
        },
        new("GET", Routes.TaskEvents, "taskEvents", "tasks", "Server-sent events: state, output, and end as the last.")
        {
            AnswersMedia = "text/event-stream",
            Problems = OfRead,
            Parameters = [("header", "Last-Event-ID", "string", "Go on after this event; 204 after the last one.")],
        },
        .. Agents.All.Select(agent => new Operation(
            "GET", agent.SessionsRoute, agent.Name + "Sessions", agent.Name, "Conversations this server has run.")
            { Answers = [typeof(SessionList)], Problems = [401, 403, 503] }),
        .. Agents.All.Select(agent => new Operation(
            "GET", agent.RecentRoute, agent.Name + "Recent", agent.Name, "Conversations on the disks of the PCs, newest first.")
        {
            Answers = [typeof(RecentSessionList)], Parameters = [("query", "limit", "integer", "1 to 20, default 10.")],
            Problems = [400, 401, 403, 503],
        }),
        new("GET", Routes.Webhooks, "listWebhooks", "webhooks", "A page of webhooks in a state, the newest first.")
        {
            Answers = [typeof(WebhookListView)],
            Problems = [400, 401, 403, 503],
            Parameters =
            [
                ("query", "state", "string", "waiting, delivered or dead; dead where nothing is said."),
                ("query", "limit", "integer", "1 to 500, 50 where nothing is said."),
                ("query", "cursor", "string", "The nextCursor of the page before."),
            ],
        },
        new("POST", Routes.RetryWebhook, "retryWebhook", "webhooks", "Has a webhook that was given up sent again, for another day.")
        {
            Answers = [typeof(WebhookView)], Problems = [401, 403, 404, 409, 503],
        },
        new("POST", Routes.WebhookSecret, "rotateWebhookSecret", "webhooks",
            "Makes the secret that the tenant's webhooks are signed with. It is in this answer and nowhere else.")
        {
            Takes = typeof(RotateWebhookSecret), Answers = [typeof(WebhookSecretView)], Problems = [400, 401, 403, 413, 415, 503],
        },
        new("POST", Routes.Notify, "notify", "chat", "Posts a message to a chat channel.")
        {
            Takes = typeof(NotifyRequest), Answers = [typeof(Notified)], Problems = [400, 401, 403, 413, 415, 502],
        },
        new("GET", Routes.Workers, "listWorkers", "workers", "Every worker, by name; with limit or cursor a page of them.")
        {
            Answers = [typeof(WorkerListView)],
            Problems = [400, 401, 403, 503],
            Parameters =
            [
                ("query", "cursor", "string", "nextCursor of the page before."),
                ("query", "limit", "integer", "1 to 500; without it and without cursor all of them."),
            ],
        },
        new("GET", Routes.Worker, "getWorker", "workers", "One worker.")
            { Answers = [typeof(WorkerView)], Problems = [401, 403, 404, 503] },
        new("POST", Routes.Drain, "drainWorker", "workers", "No new tasks for it.")
            { Answers = [typeof(WorkerView)], Problems = [401, 403, 404, 503] },
        new("POST", Routes.Resume, "resumeWorker", "workers", "New tasks for it again.")
            { Answers = [typeof(WorkerView)], Problems = [401, 403, 404, 503] },
        new("GET", Routes.AuditChains, "listAuditChains", "audit", "The audit's hash chains, and where each begins and ends.")
            { Answers = [typeof(AuditChainList)], Problems = [401, 403, 429, 503] },
        new("GET", Routes.AuditNotes, "listAuditNotes", "audit",
            "What changed no task, the newest first: tokens, refusals, joins; none when there are no more.")
        {
            Answers = [typeof(AuditNotePage)],
            Problems = [400, 401, 403, 429, 503],
            Parameters =
            [
                ("query", "before", "integer", "Notes with a lower number; all where nothing is said."),
                ("query", "what", "string", "Names of notes, separated by commas: those alone."),
                ("query", "limit", "integer", "1 to 500, 50 where nothing is said."),
            ],
        },
        new("GET", Routes.AuditChain, "listAuditLinks", "audit",
            "Links of a chain in order, each with its rows as they are now; none when there are no more, or no such chain.")
        {
            Answers = [typeof(AuditPage)],
            Problems = [400, 401, 403, 404, 429, 503],
            Parameters =
            [
                ("query", "after", "integer", "Number of the link before, default 0."),
                ("query", "limit", "integer", "1 to 100, default 20."),
                ("query", "format", "integer",
                    "The newest format of rows that the caller can verify: what is newer is withheld, and notes are before 2. Default 1."),
            ],
        },
        new("GET", Routes.Tokens, "listTokens", "tokens", "A page of the tenant's tokens, by id.")
        {
            Answers = [typeof(TokenListView)],
            Problems = [400, 401, 403, 429, 503],
            Parameters =
            [
                ("query", "cursor", "string", "nextCursor of the page before."), ("query", "limit", "integer", "1 to 500, default 50."),
            ],
        },
        new("POST", Routes.Tokens, "makeToken", "tokens", "Makes a token. Its secret is in this answer and nowhere else.")
        {
            Takes = typeof(MakeToken), Answers = [typeof(IssuedTokenView)], Problems = [400, 401, 403, 409, 413, 415, 429, 503],
        },
        new("GET", Routes.Token, "getToken", "tokens", "A token, without its secret.")
            { Answers = [typeof(TokenView)], Problems = [401, 403, 404, 429, 503] },
        new("POST", Routes.Token, "changeToken", "tokens", "Says what a token may do from now on; what is left out is not restricted.")
            { Takes = typeof(ChangeToken), Answers = [typeof(TokenView)], Problems = OfToken },
        new("POST", Routes.RevokeToken, "revokeToken", "tokens",
            "Ends a token for good: at once here, within 5 s on every other gateway. 409 for the last one that administers tokens.")
            { Answers = [typeof(TokenView)], Problems = [401, 403, 404, 409, 429, 503] },
        new("POST", Routes.RotateToken, "rotateToken", "tokens",
            "Gives a token another secret, which is in this answer and nowhere else; the old one is good for the overlap.")
            { Takes = typeof(RotateToken), Answers = [typeof(IssuedTokenView)], Problems = OfToken },
        new("GET", Routes.People, "listPeople", "people", "A page of the tenant's people, by name.")
            { Answers = [typeof(PersonListView)], Problems = [400, 401, 403, 429, 503], Parameters = Page },
        new("POST", Routes.People, "addPerson", "people", "Adds a person, who can do nothing before a token is made for them.")
            { Takes = typeof(AddPerson), Answers = [typeof(PersonView)], Problems = [400, 401, 403, 409, 413, 415, 429, 503] },
        new("GET", Routes.Person, "getPerson", "people", "A person: roles, chat identities, ids of tokens.")
            { Answers = [typeof(PersonView)], Problems = [401, 403, 404, 429, 503] },
        new("POST", Routes.Person, "changePerson", "people", "Other roles or chat identities; what is missing stays.")
            { Takes = typeof(ChangePerson), Answers = [typeof(PersonView)], Problems = OfToken },
        new("POST", Routes.DisablePerson, "disablePerson", "people",
            "Refuses all tokens of a person: at once here, within 5 s on every other gateway.")
            { Answers = [typeof(PersonView)], Problems = [401, 403, 404, 429, 503] },
        new("POST", Routes.EnablePerson, "enablePerson", "people", "Lets the tokens of a person in again.")
            { Answers = [typeof(PersonView)], Problems = [401, 403, 404, 429, 503] },
        new("POST", Routes.RemovePerson, "removePerson", "people", "Forgets a person, whose tokens are refused for good.")
            { Answers = [typeof(PersonView)], Problems = [401, 403, 404, 429, 503] },
        new("GET", Routes.Tenants, "listTenants", "tenants", "A page of the server's tenants, by name.")
            { Answers = [typeof(TenantListView)], Problems = [400, 401, 403, 429, 503], Parameters = Page },
        new("POST", Routes.Tenants, "makeTenant", "tenants",
            "Makes a tenant. The secret of its first administrator's token is in this answer and nowhere else.")
            { Takes = typeof(MakeTenant), Answers = [typeof(IssuedTenantView)], Problems = [400, 401, 403, 409, 413, 415, 429, 503] },
        new("POST", Routes.DisableTenant, "disableTenant", "tenants",
            "Refuses all tokens of a tenant: at once here, within 5 s on every other gateway. Its tasks stay as they are.")
            { Answers = [typeof(TenantView)], Problems = [401, 403, 404, 409, 429, 503] },
        new("POST", Routes.EnableTenant, "enableTenant", "tenants", "Lets the tokens of a tenant in again.")
            { Answers = [typeof(TenantView)], Problems = [401, 403, 404, 429, 503] },
        new("GET", Routes.Invites, "listInvites", "enrolment", "Invitations of the last 90 days, newest first, without their tokens.")
            { Answers = [typeof(InviteListView)], Problems = [401, 403, 429, 503] },
        new("POST", Routes.Invites, "makeInvite", "enrolment", "Invites a PC. The join token is in this answer and nowhere else.")
            { Takes = typeof(MakeInvite), Answers = [typeof(IssuedInviteView)], Problems = [400, 401, 403, 409, 413, 415, 429, 503] },
        new("POST", Routes.RevokeInvite, "revokeInvite", "enrolment", "Ends an invitation that nobody has used.")
            { Answers = [typeof(InviteView)], Problems = [401, 403, 404, 429, 503] },
        new("POST", Routes.RevokeWorker, "revokeWorker", "enrolment",
            "Ends a worker's key: at once here, within 5 s on every other gateway. Its owner is told the reason on the PC.")
            { Takes = typeof(RevokeWorker), Answers = [typeof(WorkerRevoked)], Problems = OfToken },
        new("GET", Routes.JoinFiles, "listJoinFiles", "enrolment",
            "What there is for PCs that join, with hashes; the server's address and pin. Needs no token.")
            { Answers = [typeof(JoinFiles)] },
        new("GET", Routes.JoinFile, "getJoinFile", "enrolment",
            "A script of an invitation's line (sh, powershell), or the worker's program for a platform, such as linux-x64. Needs no token.")
            { AnswersMedia = "application/octet-stream", Problems = [404, 429, 503] },
        new("POST", Routes.Enrol, "enrolWorker", "enrolment",
            "Trades a join token, the bearer, for an identity of the PC's own. May be repeated with the same key; with another one: 401.")
            { Takes = typeof(EnrolWorker), Answers = [typeof(EnrolledWorker)], Problems = [400, 401, 403, 409, 413, 415, 429, 503] },
        new("POST", Routes.Challenge, "askChallenge", "enrolment",
            "What the next signed request of a key has to name. Needs no token, and tells nobody which keys there are.")
            { Takes = typeof(AskChallenge), Answers = [typeof(KeyChallenge)], Problems = [400, 413, 415, 429, 503] },
        new("POST", Routes.GrantKinds, "grantKinds", "enrolment",
            "The owner's yes to kinds, signed by the worker's key in place of a token. It ends the session, and the next one has them.")
            { Takes = typeof(GrantKinds), Answers = [typeof(EnrolledWorker)], Problems = [400, 401, 403, 413, 415, 429, 503] },
        Session(Routes.Sessions, "openSession", "Opens a session and fences the one before.", typeof(OpenSession), typeof(SessionOpened)),
        Session(Routes.CloseSession, "closeSession", "Says goodbye.", typeof(CloseSession), typeof(SessionClosed)),
        Session(Routes.WorkerPoll, "poll", "Waits for offers. An offer is no permission to run.", typeof(Poll), typeof(PollAnswer)),
        Session(Routes.Heartbeat, "heartbeat", "Renews leases and learns what to end.", typeof(Heartbeat), typeof(HeartbeatAnswer)),
        Session(Routes.WorkerFacts, "announceFacts", "Says what the PC is; shown with the worker.",
            typeof(AnnounceFacts), typeof(FactsTaken)),
        Session(Routes.AttemptPayload, "fetchPayload", "Fetches the payload of an offer that came without.",
            typeof(FetchPayload), typeof(FetchedPayload)),
        Session(Routes.Start, "startAttempt", "Commits the start of an attempt.", typeof(StartAttempt), typeof(StartedAttempt)),
        Session(Routes.Approval, "askApproval", "Asks for a person's yes before the start, or tells what was decided at the PC.",
            typeof(AskApproval), typeof(ApprovalAnswer)),
        Session(Routes.AttemptOutput, "appendOutput", "Appends output in order; 409 with next when it does not join.",
            typeof(AppendOutput), typeof(OutputTaken)) with
        {
            AlsoTakes = OutputFrames.MediaType,
            Parameters = [("header", OutputFrames.SessionHeader, "string", "The live session, for the binary form only.")],
        },
        Session(Routes.AttemptResult, "finishAttempt", "Reports how an attempt ended.", typeof(AttemptResult), typeof(ResultTaken)),
        new("GET", Routes.WorkerPoll, "pollCompatible", "workers of the original",
            "Waits for a task, which is started by the answer; null when none came.")
        {
            AnswersSchema = new() { ["type"] = new JsonArray("object", "null") },
            Parameters = [("query", "wait", "integer", "ms, at most 60000; default 8000, because the first workers hang up after 10 s."),
                ("query", "name", "string", "Name of the worker, default compat.")],
            Problems = [400, 401, 403, 503],
        },
        new("POST", Routes.WorkerResult, "resultCompatible", "workers of the original", "How a task ended, with all its output.")
        {
            TakesSchema = CompatibleResult(),
            AnswersSchema = Object(("success", "boolean")),
            Parameters = [("query", "name", "string", "Name of the worker.")],
            Problems = [400, 401, 403, 404, 409, 413, 415, 503],
        },
    ];

    private static Operation Submit(string route, string id, string summary, Type takes) => new("POST", route, id, "tasks", summary)
    {
        Takes = takes, Answers = [typeof(Submitted), typeof(TaskView)], Parameters = [Key], Problems = OfSubmit,
    };

    private static Operation Session(string route, string id, string summary, Type takes, Type answers) =>
        new("POST", route, id, "workers", summary)
        {
            Takes = takes, Answers = [answers], Problems = OfSession,
        };

    private static JsonObject CompatibleResult()
    {
        var schema = Object(("taskId", "string"), ("stdout", "string"), ("stderr", "string"), ("exitCode", "integer"),
            ("error", "string"), ("duration", "number"), ("metadata", "object"));
        schema["required"] = new JsonArray("taskId");
        return schema;
    }

    private static JsonObject Object(params (string Name, string Type)[] fields) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(fields.Select(field =>
            KeyValuePair.Create<string, JsonNode?>(field.Name, new JsonObject { ["type"] = field.Type }))),
    };
}
