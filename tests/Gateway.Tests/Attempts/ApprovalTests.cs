using System.Net;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tests.Attempts;

public sealed class ApprovalTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private static readonly string Digest = new('a', 64);
    private static readonly string Other = new('b', 64);

    private TasksClient Admin => new(gateway.Admin);

    private AttemptsClient Attempts => new(gateway.Worker);

    [Fact]
    public async Task A_task_that_waits_for_a_yes_says_so_is_listed_and_starts_after_it()
    {
        var (worker, offer, id) = await Offered();
        Assert.Equal("wait", (await Ask(worker, offer, remote: true)).Decision);

        var task = (await new TasksClient(gateway.Client).GetTask(id)).Value!;
        Assert.Equal(("pending", "awaiting_approval", worker.Name), (task.Status, task.State, task.Worker));
        Assert.Equal(("commands.ask[0]", Digest, 1, true),
            (task.Approval!.Rule, task.Approval.Digest, task.Approval.Attempt, task.Approval.Remote));
        Assert.InRange(task.Approval.ExpiresIn, 1, 600_000);
        Assert.Contains(worker.Name, task.Why, StringComparison.Ordinal);
        var listed = (await Admin.ListTasks(new TaskFilter { Status = "awaiting_approval", Worker = worker.Name })).Value!.Tasks;
        Assert.Equal(Digest, Assert.Single(listed).Approval!.Digest);
        Assert.Equal(409, (await Attempts.StartAttempt(offer.AttemptId, new StartAttempt(worker.Session))).Problem!.Status);

        var held = Ask(worker, offer, remote: true, wait: 50_000);
        Assert.True((await Admin.DecideApproval(id, Yes(Digest))).IsOk);

        Assert.Equal(("approve", Digest, true), (await held is var answer ? (answer.Decision, answer.Digest, answer.Remotely) : default));
        Assert.True((await Attempts.StartAttempt(offer.AttemptId, new StartAttempt(worker.Session))).IsOk);
        await worker.Finish(offer);
        Assert.Equal("succeeded", (await Admin.GetTask(id)).Value!.State);
    }

    [Fact]
    public async Task A_yes_to_something_else_or_where_the_owner_wants_none_from_elsewhere_is_409()
    {
        var (worker, offer, id) = await Offered();
        Assert.Equal(ProblemTypes.NotAwaitingApproval, (await Admin.DecideApproval(id, Yes(Digest))).Problem!.Type);
        await Ask(worker, offer, remote: true);
        Assert.Equal((409, ProblemTypes.ApprovalDiffers), (await Admin.DecideApproval(id, Yes(Other))).Problem is { } problem
            ? (problem.Status, problem.Type) : default);

        var (second, local, localId) = await Offered();
        await Ask(second, local, remote: false);
        Assert.Equal(ProblemTypes.ApprovalIsLocal, (await Admin.DecideApproval(localId, Yes(Digest))).Problem!.Type);
        Assert.Equal(("rejected", "approval-denied"),
            (await Admin.DecideApproval(localId, Yes(Digest) with { Decision = "reject" })).Value is { } task
            ? (task.State, task.Reason) : default);
    }

    /// <summary>Its answer may have been lost on the way.</summary>
    [Fact]
    public async Task A_decision_that_is_said_again_is_the_same_decision_and_another_one_after_the_end_is_409()
    {
        var (worker, offer, id) = await Offered();
        await Ask(worker, offer, remote: true);
        var no = Yes(Digest) with { Decision = "reject" };
        var first = (await Admin.DecideApproval(id, no)).Value!;
        var again = await Admin.DecideApproval(id, no);

        Assert.Equal(("rejected", first.Version), again.Value is { } task ? (task.State, task.Version) : default);
        var late = (await Admin.DecideApproval(id, Yes(Digest))).Problem!;
        Assert.Equal((409, ProblemTypes.NotAwaitingApproval), (late.Status, late.Type));
    }

    [Fact]
    public async Task What_would_run_changed_so_the_yes_to_what_was_there_before_counts_no_more()
    {
        var (worker, offer, id) = await Offered();
        await Ask(worker, offer, remote: true);
        await Admin.DecideApproval(id, Yes(Digest));

        Assert.Equal("wait", (await Ask(worker, offer, remote: true, digest: Other)).Decision);
        Assert.Equal(409, (await Attempts.StartAttempt(offer.AttemptId, new StartAttempt(worker.Session))).Problem!.Status);
    }

    [Fact]
    public async Task A_decision_at_the_PC_is_told_by_its_worker()
    {
        var (worker, offer, id) = await Offered();
        Assert.Equal(("approve", false), (await Ask(worker, offer, decision: "approve")) is var yes ? (yes.Decision, yes.Remotely)
            : default);
        Assert.True((await Attempts.StartAttempt(offer.AttemptId, new StartAttempt(worker.Session))).IsOk);

        var (another, refused, refusedId) = await Offered();
        var no = await Ask(another, refused, decision: "reject");
        Assert.Equal(("over", "rejected", "approval-denied"), (no.Decision, no.State, no.Reason));
        Assert.Equal("it was not approved", (await Admin.GetTask(refusedId)).Value!.Error);
        Assert.NotEqual(id, refusedId);
    }

    [Fact]
    public async Task A_cancel_ends_the_wait_and_is_told_to_the_worker_that_holds_it()
    {
        var (worker, offer, id) = await Offered();
        var held = Ask(worker, offer, wait: 50_000);
        var (status, body) = await gateway.Client.Post($"/tasks/{id}/cancel", "");

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (status, body.Text("state")));
        Assert.Equal(("over", "cancelled"), (await held) is var answer ? (answer.Decision, answer.State) : default);
    }

    [Fact]
    public async Task Nobody_but_the_worker_that_asked_may_ask_again_or_start()
    {
        var (worker, offer, id) = await Offered(label: "shared-label");
        await Ask(worker, offer, remote: true);
        await Admin.DecideApproval(id, Yes(Digest));
        var other = await SessionWorker.Open(gateway, labels: ["shared-label"]);

        Assert.Equal(404, (await Attempts.StartAttempt(offer.AttemptId, new StartAttempt(other.Session))).Problem!.Status);
        var ask = new AskApproval { Session = other.Session, Rule = "r", Digest = Digest };
        Assert.Equal(404, (await Attempts.AskApproval(offer.AttemptId, ask)).Problem!.Status);
    }

    [Fact]
    public async Task A_wait_outlives_the_session_and_the_server()
    {
        await using var own = await LiveGateway.Start();
        var worker = await SessionWorker.Open(own);
        var id = await own.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        var offer = await worker.NextOffer();
        var ask = new AskApproval { Session = worker.Session, Rule = "r", Digest = Digest, Remote = true };
        Assert.True((await new AttemptsClient(own.Worker).AskApproval(offer.AttemptId, ask)).IsOk);
        var before = (await new TasksClient(own.Admin).GetTask(id)).Value!;

        await own.Restart();

        var after = (await new TasksClient(own.Admin).GetTask(id)).Value!;
        Assert.Equal(("awaiting_approval", before.Version, before.Approval!.Since), (after.State, after.Version, after.Approval!.Since));
        var again = await SessionWorker.Open(own, worker.Name, instance: worker.Instance);
        Assert.Equal("wait",
            (await new AttemptsClient(own.Worker).AskApproval(offer.AttemptId, ask with { Session = again.Session })).Value!.Decision);
        Assert.Equal(before.Version, (await new TasksClient(own.Admin).GetTask(id)).Value!.Version);
        Assert.True((await new TasksClient(own.Admin).DecideApproval(id, Yes(Digest))).IsOk);
        Assert.True((await new AttemptsClient(own.Worker).StartAttempt(offer.AttemptId, new StartAttempt(again.Session))).IsOk);
    }

    [Fact]
    public async Task Nobody_decides_so_it_is_rejected_when_the_time_is_over()
    {
        var (worker, offer, id) = await Offered();
        Assert.Equal("wait", (await Ask(worker, offer, waitFor: 300)).Decision);

        var task = (await Admin.GetTask(id, TimeSpan.FromSeconds(30))).Value!;

        Assert.Equal(("rejected", "approval-timeout", "nobody approved it in time"), (task.State, task.Reason, task.Error));
        Assert.Equal(409, (await Attempts.StartAttempt(offer.AttemptId, new StartAttempt(worker.Session))).Problem!.Status);
    }

    [Fact]
    public async Task Where_the_PC_takes_signed_answers_alone_an_unsigned_yes_is_409_and_a_signed_one_is_handed_on_as_it_came()
    {
        using var key = SigningKey.Generate();
        var (worker, offer, id) = await Offered();
        var ask = new AskApproval { Session = worker.Session, Rule = "r", Digest = Digest, Remote = true, SignedOnly = true };
        Assert.True((await Attempts.AskApproval(offer.AttemptId, ask)).IsOk);
        Assert.True((await Admin.GetTask(id)).Value!.Approval!.SignedOnly);
        Assert.Equal((409, ProblemTypes.ApprovalUnsigned), (await Admin.DecideApproval(id, Yes(Digest))).Problem is { } problem
            ? (problem.Status, problem.Type) : default);

        // It may be that of a key that the PC does not trust: another one can be said after it.
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var yes = Sign(key, id, 1);
            Assert.True((await Admin.DecideApproval(id, yes)).IsOk);
            Assert.True((await Admin.DecideApproval(id, yes)).IsOk);
            var told = (await Attempts.AskApproval(offer.AttemptId, ask)).Value!;
            Assert.Equal(("approve", true), (told.Decision, told.Remotely));
            Assert.Equal(
                yes.Signed!.Signatures[0].Sig, told.Signed!.Value.GetProperty("signatures")[0].GetProperty("sig").GetString());
        }
        Assert.True((await Attempts.StartAttempt(offer.AttemptId, new StartAttempt(worker.Session))).IsOk);
    }

    [Fact]
    public async Task Whoever_decides_elsewhere_sees_what_the_yes_is_to_and_what_is_open()
    {
        var (worker, offer, id) = await Offered();
        var ask = new AskApproval { Session = worker.Session, Rule = "r", Digest = Digest, Remote = true };
        // By a gateway of before, which hands on nothing of it.
        Assert.True((await Attempts.AskApproval(offer.AttemptId, ask)).IsOk);
        Assert.True((await Admin.GetTask(id)).Value!.Approval is { Bound: null, Open: null });
        Assert.True((await Admin.DecideApproval(id, Yes(Digest))).IsOk);

        var whole = ask with { Bound = ["program /usr/bin/id, sha256 00"], Open = "a shell reads it" };
        Assert.Equal("approve", (await Attempts.AskApproval(offer.AttemptId, whole)).Value!.Decision);
        Assert.Equal("approve", (await Attempts.AskApproval(offer.AttemptId, ask)).Value!.Decision);
        var shown = (await Admin.GetTask(id)).Value!.Approval!;
        Assert.Equal((whole.Bound[0], whole.Open, true), (Assert.Single(shown.Bound!), shown.Open, shown.Approved));
    }

    [Theory]
    [InlineData("bound"), InlineData("bound[0]"), InlineData("bound[1]"), InlineData("bound[2]"), InlineData("open")]
    public async Task What_is_no_line_for_people_is_400_and_nothing_waits(string field)
    {
        var (worker, offer, id) = await Offered();
        var ask = new AskApproval { Session = worker.Session, Rule = "r", Digest = Digest };
        var problem = (await Attempts.AskApproval(offer.AttemptId, field switch
        {
            "bound" => ask with { Bound = [.. Enumerable.Repeat("line", 65)] },
            "bound[0]" => ask with { Bound = [null!] },
            "bound[1]" => ask with { Bound = ["line", "a\u202eb"] },
            "bound[2]" => ask with { Bound = ["line", "line", new string('x', 501)] },
            _ => ask with { Open = "" },
        })).Problem!;
        Assert.Equal((400, field), (problem.Status, Assert.Single(problem.Errors!).Field));
        Assert.Null((await Admin.GetTask(id)).Value!.Approval);
    }

    [Fact]
    public async Task A_signature_of_something_else_than_its_route_and_body_say_is_400_and_decides_nothing()
    {
        using var key = SigningKey.Generate();
        var (worker, offer, id) = await Offered();
        await Ask(worker, offer, remote: true);
        var yes = Sign(key, id, 1);
        foreach (var (wrong, field) in new (DecideApproval, string)[]
        {
            (Sign(key, Guid.NewGuid().ToString(), 1), "signed.payload.task"), (Sign(key, id, 2), "signed.payload.attempt"),
            (yes with { Digest = Other }, "digest"), (yes with { Decision = "reject" }, "decision"),
            (yes with { Signed = yes.Signed! with { PayloadType = "x" } }, "signed.payloadType"),
            (yes with { Signed = yes.Signed! with { Payload = "e30=" } }, "signed.payload"),
            (yes with { Signed = yes.Signed! with { Signatures = [] } }, "signed.signatures"),
        })
        {
            var problem = (await Admin.DecideApproval(id, wrong)).Problem!;
            Assert.Equal((400, field), (problem.Status, problem.Errors![0].Field));
        }
        Assert.False((await Admin.GetTask(id)).Value!.Approval!.Approved);
    }

    private static DecideApproval Sign(SigningKey key, string id, int attempt) =>
        Yes(Digest).Sign(key, Guid.Parse(id), attempt, TimeProvider.System.GetUtcNow().AddMinutes(5));

    private static DecideApproval Yes(string digest) => new() { Decision = "approve", Digest = digest };

    private async Task<(SessionWorker Worker, Offer Offer, string Id)> Offered(string? label = null)
    {
        var worker = await SessionWorker.Open(gateway, labels: label is null ? null : [label]);
        var id = await gateway.Client.Submit($$"""{"command":"id","worker":"{{worker.Name}}"}""");
        return (worker, await worker.NextOffer(), id);
    }

    private async Task<ApprovalAnswer> Ask(
        SessionWorker worker, Offer offer, bool remote = false, long wait = 0, string? digest = null, string? decision = null,
            long waitFor = 600_000)
    {
        var asked = await Attempts.AskApproval(offer.AttemptId, new AskApproval
        {
            Session = worker.Session, Rule = "commands.ask[0]", Digest = digest ?? Digest, Summary = "id", Remote = remote, Wait = wait,
            Decision = decision, WaitFor = waitFor,
        });
        Assert.True(asked.IsOk, asked.Problem?.Error);
        return asked.Value!;
    }
}
