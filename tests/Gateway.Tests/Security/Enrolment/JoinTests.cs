using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Security.Enrolment;

/// <summary>From the invitation to the first task, and who gets no further.</summary>
public sealed class JoinTests : IAsyncLifetime
{
    private readonly KeptNotes notes = new();
    private LiveGateway gateway = null!;

    public async Task InitializeAsync() => gateway = await LiveGateway.Start(
        configure: services => services.AddSingleton<IAuditTrail>(notes));

    public Task DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task A_PC_joins_opens_its_session_with_its_key_and_runs_a_task()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var (session, http) = await pc.Open();
        Assert.Null(session.Withheld);
        var task = await gateway.Client.Submit($$"""{"command":"true","worker":"{{pc.Name}}"}""");
        var workers = new WorkersClient(http, SessionProtocol.Newest);
        var polled = await workers.Poll(new Poll { Session = session.Session, FreeSlots = 1, Wait = 20_000 });
        Assert.Equal(task, Assert.Single(polled.Value!.Offers).TaskId);

        var seen = (await new WorkersClient(gateway.Client).ListWorkers()).Value!.Workers.Single(worker => worker.Name == pc.Name);
        Assert.Equal((pc.Worker.Identity, "online"), (seen.Identity, seen.Status));
        var invites = (await new InvitesClient(gateway.Admin).ListInvites()).Value!.Invites;
        Assert.Equal(("used", pc.Worker.Identity), (Assert.Single(invites).Status, invites[0].Identity));
        Assert.Contains(notes.All, note => note.What == "worker-enrolled");
    }

    /// <summary>Else one device that fails keeps every worker of an office from hearing that it has to sign anew.</summary>
    [Fact]
    public async Task Whoever_fails_at_its_address_a_worker_hears_that_its_session_is_over()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var (_, before) = await pc.Open();
        await pc.Open();
        using var stranger = gateway.With("nonsense");
        for (var i = 0; i < 20; i++) (await stranger.GetAsync("/tasks")).Dispose();

        using (var failed = await stranger.GetAsync("/tasks")) Assert.Equal(HttpStatusCode.TooManyRequests, failed.StatusCode);
        using var over = await before.GetAsync("/worker/poll?wait=0");
        Assert.Equal(HttpStatusCode.Unauthorized, over.StatusCode);
    }

    [Fact]
    public async Task A_worker_whose_key_is_revoked_is_offline_at_once_and_another_one_s_session_goes_on()
    {
        using var pc = await EnrolledPc.Join(gateway);
        using var other = await EnrolledPc.Join(gateway);
        await pc.Open();
        await other.Open();
        Assert.True((await new InvitesClient(gateway.Admin).RevokeWorker(pc.Name, "it was sold")).IsOk);
        var seen = (await new WorkersClient(gateway.Client).ListWorkers()).Value!.Workers.ToDictionary(worker => worker.Name);
        Assert.Equal(("offline", "online"), (seen[pc.Name].Status, seen[other.Name].Status));
    }

    [Fact]
    public async Task A_join_token_is_used_once_and_whoever_shows_it_again_is_noted()
    {
        var token = await EnrolledPc.Invite(gateway);
        using var first = new EnrolledPc(gateway, "first");
        using var second = new EnrolledPc(gateway, "second");
        Assert.True((await first.TryJoin(token)).IsOk);

        Assert.Equal(401, (await second.TryJoin(token)).Problem?.Status);
        var noted = Assert.Single(notes.All, note => note.What == "join-token-reused");
        Assert.StartsWith("severity high", noted.Detail, StringComparison.Ordinal);
        // The answer to the first may have been lost.
        var identity = first.Worker.Identity;
        Assert.True((await first.TryJoin(token)).IsOk);
        Assert.Equal(identity, first.Worker.Identity);
    }

    [Fact]
    public async Task Of_many_at_the_same_moment_one_joins()
    {
        var token = await EnrolledPc.Invite(gateway);
        var pcs = Enumerable.Range(0, 8).Select(i => new EnrolledPc(gateway, $"at-once-{i}")).ToList();
        var joined = await Task.WhenAll(pcs.Select(pc => pc.TryJoin(token)));

        Assert.Single(joined, answer => answer.IsOk);
        Assert.All(joined.Where(answer => !answer.IsOk), answer => Assert.Equal(401, answer.Problem?.Status));
        pcs.ForEach(pc => pc.Dispose());
    }

    [Fact]
    public async Task A_join_token_ends_by_itself_or_by_an_administrator_and_lets_nobody_in_elsewhere()
    {
        var invites = new InvitesClient(gateway.Admin);
        var brief = (await invites.MakeInvite(new MakeInvite { ExpiresIn = 1 })).Value!;
        var revoked = (await invites.MakeInvite(new MakeInvite { Worker = "studio" })).Value!;
        Assert.Equal("open", revoked.Invite.Status);
        Assert.Equal("revoked", (await invites.RevokeInvite(revoked.Invite.Id)).Value?.Status);
        using var pc = new EnrolledPc(gateway, "studio");
        await Eventually.Holds(async () => (await pc.TryJoin(brief.JoinToken)).Problem?.Status == 401);
        Assert.Equal(401, (await pc.TryJoin(revoked.JoinToken)).Problem?.Status);

        var http = gateway.With(await EnrolledPc.Invite(gateway));
        foreach (var path in new[] { "/tasks", "/workers", "/admin/invites", "/worker/poll?wait=0" })
            Assert.Equal(HttpStatusCode.Forbidden, (await http.Get(path)).Status);
    }

    [Fact]
    public async Task What_the_invitation_fixes_is_so_whatever_the_PC_says()
    {
        var token = await EnrolledPc.Invite(
            gateway, new MakeInvite { Worker = "fixed-name", Labels = ["gpu"], Kinds = ["command", "file-read"] });
        using var other = new EnrolledPc(gateway, "other-name");
        Assert.Equal("name", Assert.Single((await other.TryJoin(token)).Problem!.Errors!).Field);
        using var pc = new EnrolledPc(gateway, "fixed-name") { Kinds = ["command", "own-kind"] };
        Assert.Equal(["command"], (await pc.TryJoin(token)).Value!.Kinds);
        var (session, _) = await pc.Open(pc.Describe() with { Labels = ["tpu"] });

        Assert.Equal(["own-kind"], session.Withheld!);
        var seen = (await new WorkersClient(gateway.Client).ListWorkers()).Value!.Workers.Single(worker => worker.Name == pc.Name);
        Assert.Equal(["gpu"], seen.Labels);
        Assert.Equal(["command"], seen.Kinds);
        Assert.Equal(["own-kind"], seen.Withheld!);
        var beyond = await pc.Grant("command", "own-kind");
        Assert.Equal((403, "kinds"), (beyond.Problem?.Status, beyond.Problem?.Errors?[0].Field));
    }

    [Fact]
    public async Task A_kind_that_is_offered_later_gets_no_task_until_the_key_has_signed_for_it()
    {
        using var pc = await EnrolledPc.Join(gateway);
        pc.Kinds = ["command", "own-kind"];
        var (session, http) = await pc.Open();
        Assert.Equal(["own-kind"], session.Withheld!);
        var task = await gateway.Client.Submit($$"""{"kind":"own-kind","worker":"{{pc.Name}}"}""");
        var poll = new Poll { Session = session.Session, FreeSlots = 1, Wait = 0 };
        Assert.Empty((await new WorkersClient(http).Poll(poll)).Value!.Offers);

        Assert.True((await pc.Grant("command", "own-kind")).IsOk);
        // The session was of fewer kinds: it is over.
        Assert.Equal(401, (await new WorkersClient(http).Poll(poll)).Problem?.Status);
        (session, http) = await pc.Open();
        Assert.Null(session.Withheld);
        var polled = await new WorkersClient(http).Poll(poll with { Session = session.Session, Wait = 20_000 });
        Assert.Equal(task, Assert.Single(polled.Value!.Offers).TaskId);
    }

    [Fact]
    public async Task A_name_that_another_PC_has_is_given_by_an_invitation_for_it_alone()
    {
        using var before = await EnrolledPc.Join(gateway, new MakeInvite { Worker = "taken" });
        var (session, http) = await before.Open();
        var withToken = (await SessionWorker.Open(gateway)).Name;
        var token = await EnrolledPc.Invite(gateway);
        foreach (var name in new[] { "taken", withToken })
        {
            using var thief = new EnrolledPc(gateway, name) { Instance = "another-home" };
            Assert.Equal(ProblemTypes.NameTaken, (await thief.TryJoin(token)).Problem?.Type);
        }

        using var heir = new EnrolledPc(gateway, "taken") { Instance = "another-home" };
        Assert.True((await heir.TryJoin(await EnrolledPc.Invite(gateway, new MakeInvite { Worker = "taken" }))).IsOk);
        await Eventually.Holds(async () => (await http.Post("/worker/poll",
            $$"""{"session":"{{session.Session}}","freeSlots":0,"wait":0}""")).Status == HttpStatusCode.Unauthorized);
        var refused = (await before.TryOpen()).Problem!;
        Assert.Equal((403, ProblemTypes.WorkerRevoked), (refused.Status, refused.Type));
        Assert.Contains("joined under the same name", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_with_a_token_joins_under_its_name_and_no_task_is_lost()
    {
        var worker = await SessionWorker.Open(gateway, kinds: ["command"]);
        var running = await gateway.Client.Submit($$"""{"command":"true","worker":"{{worker.Name}}"}""");
        var offer = await worker.Take();
        var queued = await gateway.Client.Submit($$"""{"command":"true","worker":"{{worker.Name}}"}""");

        using var pc = new EnrolledPc(gateway, worker.Name) { Instance = worker.Instance };
        Assert.True((await pc.TryJoin(await EnrolledPc.Invite(gateway))).IsOk);
        // Until its daemon is started anew the session that it has goes on.
        await worker.Print(offer, SessionWorker.Chunk("stdout", 0, 0, "a"));
        var (session, http) = await pc.Open(pc.Describe() with { Held = [offer.AttemptId] });
        var attempts = new Protocol.Attempts.AttemptsClient(http);
        var finished = await attempts.FinishAttempt(offer.AttemptId, new Protocol.Attempts.AttemptResult
        {
            Session = session.Session, Outcome = "succeeded", ExitCode = 0, StdoutBytes = 1, Duration = 5,
        });
        Assert.True(finished.IsOk, finished.Why);
        Assert.Equal("succeeded", (await gateway.Client.Get($"/tasks/{running}")).Body.Text("state"));
        var polled = await new WorkersClient(http).Poll(new Poll { Session = session.Session, FreeSlots = 1, Wait = 20_000 });
        Assert.Equal(queued, Assert.Single(polled.Value!.Offers).TaskId);

        // The token opens no session of that name any more.
        var back = await new WorkersClient(gateway.Worker).OpenSession(pc.Describe());
        Assert.Equal((403, "name"), (back.Problem?.Status, back.Problem?.Errors?[0].Field));
    }

    [Fact]
    public async Task A_revoked_worker_is_cut_at_once_and_told_why()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var (session, http) = await pc.Open();
        var held = http.Post("/worker/poll", $$"""{"session":"{{session.Session}}","freeSlots":1,"wait":50000}""");
        var underWay = gateway.Services.GetRequiredService<LongRequests>();
        await Eventually.Holds(() => Task.FromResult(underWay.Tokens.Any(token => token.Caller.TokenId == pc.Worker.Identity)));

        var revoked = await new InvitesClient(gateway.Admin).RevokeWorker(pc.Name, "the laptop was stolen");
        Assert.Equal((pc.Worker.Identity, "the laptop was stolen"), (revoked.Value?.Identity, revoked.Value?.Reason));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => held);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.Post("/worker/heartbeat", $$"""{"session":"{{session.Session}}"}""")).Status);
        var refused = (await pc.TryOpen()).Problem!;
        Assert.Equal((403, ProblemTypes.WorkerRevoked), (refused.Status, refused.Type));
        Assert.Contains($"by {gateway.Tokens["admin"][8..18]} at ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("the laptop was stolen", refused.Error, StringComparison.Ordinal);
        var token = (await new TokensClient(gateway.Admin).GetToken(pc.Worker.Identity)).Value!;
        Assert.Equal(("revoked", pc.Name), (token.Status, token.Worker));
    }

    [Fact]
    public async Task An_administrator_makes_no_secret_of_a_key()
    {
        using var pc = await EnrolledPc.Join(gateway);
        var tokens = new TokensClient(gateway.Admin);
        Assert.Equal(400, (await tokens.RotateToken(pc.Worker.Identity, new RotateToken())).Problem?.Status);
        Assert.Equal(400, (await tokens.ChangeToken(pc.Worker.Identity, new ChangeToken { Scopes = ["worker"] })).Problem?.Status);
        Assert.Equal(400, (await tokens.MakeToken(new MakeToken { Role = "join" })).Problem?.Status);
        var narrow = await tokens.MakeToken(new MakeToken { Role = "admin", Narrowing = new() { Workers = [pc.Name] } });
        var invited = await new InvitesClient(gateway.With(narrow.Value!.Secret)).MakeInvite(new MakeInvite());
        Assert.Equal((403, "token"), (invited.Problem?.Status, invited.Problem?.Errors?[0].Field));
    }

    private sealed class KeptNotes : IAuditTrail
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<AuditNote> notes = new();

        public IReadOnlyList<AuditNote> All => [.. notes];

        public ValueTask<IReadOnlyList<AuditEntry>> ReadEntries(Guid task, long afterVersion, CancellationToken cancellation) =>
            ValueTask.FromResult<IReadOnlyList<AuditEntry>>([]);

        public void AddNote(AuditNote note) => notes.Enqueue(note);
    }
}
