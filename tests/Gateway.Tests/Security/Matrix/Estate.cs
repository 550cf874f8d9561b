using System.Net.Http.Json;
using System.Text.Json;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Administration;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Tasks;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Security.Matrix;

/// <summary>
/// A worker and tasks of it in every state, with a mark in everything that is somebody's own: texts, names and ids that nobody else may
/// ever be told.
/// </summary>
internal sealed class Estate
{
    private readonly List<string> marks = [];

    private Estate(string name, string tenant) => (Name, Tenant) = (name, tenant);

    public string Name { get; }
    public string Tenant { get; }
    public string WorkerName => $"pc-{Name}";
    public string Session { get; private set; } = "";
    public string AgentSession { get; } = Guid.NewGuid().ToString("D");
    public string Key => $"key-{Name}";
    public string Queued { get; private set; } = "";
    public string Running { get; private set; } = "";
    public string Ended { get; private set; } = "";
    public string Waiting { get; private set; } = "";
    public string TokenId { get; private set; } = "";

    /// <summary>Somebody of its tenant.</summary>
    public string Person => $"person-of-{Name}";

    /// <summary>Tells of the task that ended, to nobody who listens.</summary>
    public string Webhook { get; private set; } = "";

    /// <summary>Its tasks.</summary>
    public IReadOnlyList<string> Tasks => [Queued, Running, Ended, Waiting];

    /// <summary>What nobody outside may be told: ids and names.</summary>
    public IReadOnlyList<string> Marks =>
        [WorkerName, AgentSession, Webhook, Person, .. Tasks, .. TokenId.Length > 0 ? [TokenId] : Array.Empty<string>()];

    /// <summary>What a payload-blind token may not be told either: what somebody wrote or printed.</summary>
    public IReadOnlyList<string> Payloads => marks;

    public static async Task<Estate> Build(LiveGateway gateway, string name, string tenant, HttpClient client, HttpClient worker)
    {
        var estate = new Estate(name, tenant);
        var pc = await SessionWorker.Open(gateway, estate.WorkerName, labels: ["lab"], http: worker);
        estate.Session = pc.Session;
        var workers = new WorkersClient(worker);
        estate.Ended = await estate.Submit(client, "ended");
        var offer = await pc.Take();
        await pc.Print(offer, SessionWorker.Chunk("stdout", 0, 0, estate.Mark("printed")));
        await new AttemptsClient(worker).FinishAttempt(offer.AttemptId, new AttemptResult
        {
            Session = pc.Session, Outcome = "failed", ExitCode = 3, Error = estate.Mark("said"), Reason = estate.Mark("reason"),
            Metadata = JsonElement.Parse($$"""{"path":"{{estate.Mark("path")}}"}"""), StdoutBytes = 10, Duration = 5,
        });
        var hooks = await client.GetFromJsonAsync<JsonElement>("/webhooks?state=waiting");
        estate.Webhook = hooks.GetProperty("webhooks").EnumerateArray().Single(hook => hook.Text("taskId") == estate.Ended).Text("id")!;
        estate.Waiting = await estate.Submit(client, "waiting");
        offer = await pc.NextOffer();
        var asked = await new AttemptsClient(worker).AskApproval(offer.AttemptId, new AskApproval
        {
            Session = pc.Session, Rule = estate.Mark("rule"), Digest = new string('0', 64), Summary = estate.Mark("summary"),
            WaitFor = 600_000, Wait = 0, Remote = true,
        });
        Assert.True(asked.IsOk, asked.Why);
        estate.Running = await estate.Submit(client, "running");
        offer = await pc.Take();
        await pc.Print(offer, SessionWorker.Chunk("stdout", 0, 0, estate.Mark("prints")));
        estate.Queued = await estate.Submit(client, "queued");
        await estate.RunTurn(client, pc, workers);
        return estate;
    }

    /// <summary>A token that is this estate's, to be looked for, changed and revoked by others in vain.</summary>
    public async Task KeepToken(IGrainFactory grains)
    {
        var text = TokenText.Create(Roles.Client);
        TokenId = text[8..18];
        await StoreToken(grains, text, Tenant, record => record with { Name = Mark("token") });
        var person = new PersonRecord { Id = TokenId, Name = Person, Roles = ["viewer"], Identities = [$"discord:{Name.Length}1"] };
        Assert.Equal(PersonReply.Saved, await grains.GetGrain<ITenantGrain>(GrainKeys.ForTenant(Tenant)).SavePerson(person));
    }

    public static async Task StoreToken(
        IGrainFactory grains, string text, string tenant, Func<TokenRecord, TokenRecord>? rules = null)
    {
        Assert.True(TokenText.TryParse(text, out var id, out _, out var role));
        var record = new TokenRecord
        {
            TokenId = id.ToString(), SecretHash = TokenChanges.HashSecret(text), Tenant = tenant, Role = TokenText.FormatRole(role),
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        record = rules?.Invoke(record) ?? record;
        record = record with { Role = TokenRecord.NameRole(record.Role, record.Rules) };
        Assert.True(await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(record.TokenId)).Create(record));
    }

    /// <summary>A text that must be nobody else's, without spaces, as a name is.</summary>
    private string Mark(string what)
    {
        var mark = $"MARK{what}{Name}";
        if (!marks.Contains(mark)) marks.Add(mark);
        return mark;
    }

    private async Task<string> Submit(HttpClient client, string what)
    {
        var task = new SubmitTask
        {
            Argv = [Mark("program")], Env = new() { ["PATH"] = Mark("env") }, Cwd = "/" + Mark("cwd"), Worker = WorkerName,
            Labels = ["lab"], Tags = new() { ["tag"] = Mark("tag") }, StartWithin = 3_600_000,
            CallbackUrl = $"http://127.0.0.1:1/{Mark("hook")}",
        };
        var accepted = await new TasksClient(client).Submit(task, $"{Key}-{what}");
        Assert.True(accepted.IsOk, accepted.Why);
        return accepted.Value!.TaskId;
    }

    private async Task RunTurn(HttpClient client, SessionWorker pc, WorkersClient workers)
    {
        var turn = new SubmitTurn
        {
            Prompt = Mark("prompt"), SessionId = AgentSession, Worker = WorkerName, Priority = 9, Labels = ["lab"],
        };
        Assert.True((await new TasksClient(client).Submit(turn)).IsOk);
        var offer = await pc.Take();
        await pc.Finish(offer, stdout: Mark("answer"));
        var recent = new RecentSession
        {
            SessionId = AgentSession, Project = "/" + Mark("project"), LastModified = "2026-11-30T12:00:00Z", SizeKB = 1,
            Topic = Mark("topic"),
        };
        var beat = await workers.Heartbeat(new Heartbeat { Session = Session, RecentSessions = [recent] });
        Assert.True(beat.IsOk, beat.Why);
    }
}
