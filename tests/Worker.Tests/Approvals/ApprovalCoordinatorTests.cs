using System.Collections.Concurrent;
using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Transport;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Approvals;

public sealed class ApprovalCoordinatorTests : IAsyncLifetime
{
    private static readonly ExplainedVerdict Ask = Judged(Verdict.NeedsApproval("commands.ask[0]", "pushes something"));
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-approvals-");
    private readonly StringWriter output = new();
    private readonly CancellationTokenSource ending = new();
    private readonly AttemptTable attempts;
    private int capacity = 5;
    private FakeGateway gateway = null!;
    private ServerLink link = null!;
    private ApprovalRecords books = null!;
    private ApprovalCoordinator coordinator = null!;
    private ApprovalTerms terms = ApprovalTerms.Default;
    private TimeProvider clock = TimeProvider.System;

    public ApprovalCoordinatorTests() => attempts = new AttemptTable(() => capacity);

    public async Task InitializeAsync()
    {
        gateway = await FakeGateway.Start();
        Open();
    }

    public async Task DisposeAsync()
    {
        await ending.CancelAsync();
        books.Audit.Dispose();
        link.Dispose();
        await gateway.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_yes_at_the_PC_is_told_to_the_server_and_opens_the_gate_once()
    {
        var held = Offered();
        var cleared = coordinator.WaitForYes(held, Ask, null, null);
        var pending = await Pending();
        Assert.Equal((0, "commands.ask[0]", "pushes something"), (attempts.Active.Length, pending.Rule, pending.Sentence));
        await gateway.Until(_ => Asks().Length == 2, "it waits at the server");
        Assert.True(books.SaveDecision(pending, yes: true));

        Assert.True(await cleared);
        Assert.Equal([null, null, "approve"], Asks().Select(ask => ask.Decision));
        Assert.All(Asks(), ask => Assert.Equal((pending.Digest, false, 600_000L), (ask.Digest, ask.Remote, ask.WaitFor)));
        Assert.Empty(books.Pending.All);
        Assert.Same(held, Assert.Single(attempts.Active));
        Assert.Equal(["asked", "approved"], Rows("approval").Select(row => row.Outcome));
        Assert.False(books.SaveDecision(pending, yes: false));
    }

    [Fact]
    public async Task A_question_that_something_on_the_way_cuts_is_held_for_less_and_asked_again_at_once()
    {
        const double Hurry = 10;
        clock = new HurriedClock(Hurry);
        link.Dispose();
        books.Audit.Dispose();
        link = null!;
        Open();
        var (waits, page) = (new ConcurrentQueue<long>(), TimeSpan.FromSeconds(8 / Hurry));
        gateway.InBetween = call =>
        {
            if (call.Name != "approval") return null;
            using var ask = JsonDocument.Parse(call.Body);
            var wait = ask.RootElement.GetProperty("wait").GetInt64();
            if (wait > 0) waits.Enqueue(wait);
            return wait > 8_000 ? new FalseAnswer(504) { After = Task.Delay(page, TimeProvider.System) } : null;
        };
        var held = Offered();
        var cleared = coordinator.WaitForYes(held, Ask, null, null);
        await Until.True(() => waits.Any(wait => wait <= 8_000), "it asked for less");
        books.SaveDecision(await Pending(), yes: true);
        Assert.True(await cleared);
        Assert.Equal(25_000, waits.First());
        Assert.Contains("cuts what is silent", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_no_at_the_PC_ends_it_and_leaves_nothing_behind()
    {
        var cleared = coordinator.WaitForYes(Offered(), Ask, null, null);
        books.SaveDecision(await Pending(), yes: false);

        Assert.False(await cleared);
        Assert.Equal("reject", Asks()[^1].Decision);
        Assert.Empty(books.Offers.LoadAll());
        Assert.Equal(("approval-denied", "owner"), Rows("approval")[^1] is var row ? (row.Outcome, row.By) : default);
    }

    [Fact]
    public async Task A_yes_through_the_gateway_counts_only_where_the_owner_lets_it()
    {
        var held = Offered();
        var cleared = coordinator.WaitForYes(held, Ask, null, null);
        var pending = await Pending();
        gateway.Approve(held.Offer.AttemptId, pending.Digest);
        await gateway.Until(_ => gateway.Count("approval") >= 1, "it was asked");
        await Until.True(() => pending.Until is not null, "the answer came");
        Assert.False(cleared.IsCompleted);
        books.SaveDecision(pending, yes: false);
        Assert.False(await cleared);

        terms = terms with { FromGateway = true };
        var second = Offered();
        gateway.Approve(second.Offer.AttemptId, coordinator.ComputeDigest(second.Offer));
        Assert.True(await coordinator.WaitForYes(second, Ask, null, null));
        Assert.Equal(("approved", "gateway"), Rows("approval")[^1] is var row ? (row.Outcome, row.By) : default);
        Assert.True(Asks()[^1].Remote);
    }

    [Fact]
    public async Task A_yes_of_the_server_to_something_else_than_what_would_run_is_none()
    {
        terms = terms with { FromGateway = true };
        var held = Offered();
        gateway.Approve(held.Offer.AttemptId, new string('0', 64));
        var cleared = coordinator.WaitForYes(held, Ask, null, null);
        var pending = await Pending();
        await Until.True(() => pending.Until is not null, "the answer came");
        Assert.False(cleared.IsCompleted);
        gateway.Deny(held.Offer.AttemptId, "cancelled", "cancelled");
        books.SaveDecision(pending, yes: true);

        Assert.False(await cleared);
        Assert.DoesNotContain(Rows("approval"), row => row.Outcome == "approved");
    }

    [Theory]
    [InlineData("rejected", "approval-timeout")]
    [InlineData("cancelled", "cancelled")]
    public async Task The_end_of_the_wait_at_the_server_is_the_end_of_it_here(string state, string reason)
    {
        var held = Offered();
        var cleared = coordinator.WaitForYes(held, Ask, null, null);
        await Pending();
        gateway.Deny(held.Offer.AttemptId, state, reason);

        Assert.False(await cleared);
        Assert.Equal(reason, Rows("approval")[^1].Outcome);
        Assert.Empty(books.Pending.All);
    }

    [Fact]
    public async Task A_server_that_is_away_is_asked_again_and_one_that_knows_no_approvals_is_not_started_at()
    {
        gateway.Fault = call => call is { Name: "approval", Number: 1 } ? CallFault.Unavailable : CallFault.None;
        var cleared = coordinator.WaitForYes(Offered(), Ask, null, null);
        books.SaveDecision(await Pending(), yes: true);
        Assert.True(await cleared);

        gateway.Fault = call => call.Name == "approval" ? CallFault.BadRequest : CallFault.None;
        Assert.False(await coordinator.WaitForYes(Offered(), Ask, null, null));
        Assert.Equal("refused-by-server", Rows("approval")[^1].Outcome);
    }

    [Fact]
    public async Task A_restart_of_the_daemon_asks_for_the_same()
    {
        var held = Offered();
        var before = coordinator.WaitForYes(held, Ask, null, null);
        var digest = (await Pending()).Digest;
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before);
        books.Audit.Dispose();
        var kept = Assert.Single(books.Offers.LoadAll());

        using var again = new CancellationTokenSource();
        Open(again.Token);
        var after = coordinator.WaitForYes(attempts.Park(kept.Offer), Ask, null, kept.Since);
        var pending = await Pending();
        Assert.Equal(digest, pending.Digest);
        books.SaveDecision(pending, yes: true);

        Assert.True(await after);
        Assert.Single(Asks().Select(ask => ask.Digest).Distinct());
        coordinator.ForgetOffer(kept.Offer.AttemptId);
        Assert.Empty(books.Offers.LoadAll());
    }

    [Fact]
    public async Task What_is_known_of_one_that_waited_is_told_without_asking_and_under_the_name_of_who_decided()
    {
        foreach (var (known, outcome, by, approval) in new (OwnerAnswer, string, string, bool)[]
        {
            (new(true, DecidedBy.Owner), "approved", "owner", true), (new(true, DecidedBy.Rule), "allowed-by-rule", "owner", true),
            (new(true, DecidedBy.Policy), "allowed-by-policy", "policy", false),
        })
        {
            var held = Offered();
            Assert.True(await coordinator.WaitForYes(held, Ask, known, DateTimeOffset.UnixEpoch));
            Assert.Equal((outcome, by), Rows("approval")[^1] is var row ? (row.Outcome, row.By) : default);
            Assert.Equal(approval, held.Approval is not null);
            Assert.Equal("approve", Asks()[^1].Decision);
        }
        Assert.False(await coordinator.WaitForYes(Offered(), Ask, new(false, DecidedBy.Policy), DateTimeOffset.UnixEpoch));
        Assert.Equal(("approval-denied", "policy"), Rows("approval")[^1] is var denied ? (denied.Outcome, denied.By) : default);
        Assert.Equal("reject", Asks()[^1].Decision);
    }

    [Fact]
    public async Task A_yes_outlives_the_daemon_that_could_not_begin_and_can_be_taken_back_until_it_begins()
    {
        capacity = 0;
        var cleared = coordinator.WaitForYes(Offered(), Ask, null, null);
        var pending = await Pending();
        Assert.Null(Assert.Single(books.Offers.LoadAll()).ApprovedDigest);
        Assert.True(books.SaveDecision(pending, yes: true));
        Assert.Equal(pending.Digest, Assert.Single(books.Offers.LoadAll()).ApprovedDigest);
        await Until.True(() => pending.Agreed, "the server knows");
        Assert.False(cleared.IsCompleted);
        Assert.False(books.SaveDecision(pending, yes: true));

        Assert.True(books.SaveDecision(pending, yes: false));
        Assert.All(books.Offers.LoadAll(), kept => Assert.Equal((null, true), (kept.ApprovedDigest, kept.Denied)));
        Assert.False(await cleared);
        Assert.Equal("reject", Asks()[^1].Decision);
        Assert.Empty(books.Offers.LoadAll());
        Assert.Empty(attempts.Active);
    }

    [Fact]
    public async Task A_rule_that_is_taken_back_asks_again_about_what_has_not_begun()
    {
        capacity = 0;
        var cleared = coordinator.WaitForYes(Offered(), Ask, new(true, DecidedBy.Rule), DateTimeOffset.UnixEpoch);
        var pending = await Pending();
        await Until.True(() => pending.Agreed, "the server knows");
        Assert.True(pending.TryWithdraw());
        capacity = 5;
        attempts.WakeParked();
        var asked = gateway.Count("approval");
        await gateway.Until(_ => gateway.Count("approval") > asked, "it is asked about again");
        Assert.False(cleared.IsCompleted);
        books.SaveDecision(pending, yes: true);
        Assert.True(await cleared);
        Assert.False(pending.TryWithdraw());
    }

    [Fact]
    public async Task A_server_that_says_yes_does_not_overrule_the_owners_no()
    {
        terms = terms with { FromGateway = true };
        capacity = 0;
        var held = Offered();
        var cleared = coordinator.WaitForYes(held, Ask, null, null);
        var pending = await Pending();
        gateway.Approve(held.Offer.AttemptId, pending.Digest);
        await Until.True(() => pending.Agreed, "the gateway's yes counts");
        gateway.InsistsOnYes = true;
        books.SaveDecision(pending, yes: false);
        capacity = 5;
        attempts.WakeParked();
        await gateway.Until(_ => Asks()[^1].Decision == "reject", "the no is told");
        Assert.False(cleared.IsCompleted);
        gateway.InsistsOnYes = false;
        Assert.False(await cleared);
    }

    [Fact]
    public void A_yes_for_a_while_to_one_rule_is_none_to_another_that_asks_as_well()
    {
        var both = Judged(Verdict.NeedsApproval("approval.a", "a"), Verdict.NeedsApproval("approval.b", "b"));
        books.TemporaryApprovals.Add("approval.a", "command", TimeSpan.FromMinutes(5));
        Assert.Null(coordinator.FindTemporaryYes(both, "command"));
        books.TemporaryApprovals.Add("approval.b", "command", TimeSpan.FromMinutes(5));
        var yes = coordinator.FindTemporaryYes(both, "command");
        Assert.Equal(["approval.a", "approval.b"], yes!.Rules);
        Assert.Null(coordinator.FindTemporaryYes(both, "file-read"));
        Assert.Null(coordinator.FindTemporaryYes(Judged(), "command"));
        Assert.True(yes.Covers(both));
        Assert.False(yes.Covers(Judged(Verdict.NeedsApproval("approval.c", "c"))));
        Assert.True(GrantedApproval.ForAttempt.Covers(both));
    }

    private void Open(CancellationToken? stop = null)
    {
        var token = stop ?? ending.Token;
        var log = new WorkerLog(TextWriter.Synchronized(output), clock);
        var options = new WorkerOptions { Url = gateway.Url, Token = FakeGateway.Token, Name = "pc", Home = folder.FullName };
        link ??= new ServerLink(new GatewayRoute(gateway.Url), FakeGateway.Token, clock);
        var sessions = new SessionKeeper(link, options, SessionKeeper.DescribeWorker(options, "i", ["command"], "1"), attempts, clock, log);
        var offers = Directory.CreateDirectory(Path.Combine(folder.FullName, "approvals")).FullName;
        books = new ApprovalRecords(new WaitingOffers(offers), new TemporaryApprovals(Path.Combine(folder.FullName, "rules"), clock),
            new PendingApprovals(),
            new AuditLog(Path.Combine(folder.FullName, "audit"), clock, log), new SkippedOffers(clock));
        var context = new ApprovalContext("pc", "/home/me", clock, log, token);
        coordinator = new ApprovalCoordinator(attempts, books, new ApprovalRequester(link, sessions, books, () => terms, context), context);
    }

    private static ExplainedVerdict Judged(params Verdict[] findings) => new(findings.FirstOrDefault() ?? Verdict.Allowed, findings);

    private HeldAttempt Offered() => attempts.Park(gateway.Attempt(gateway.Command("git push")).Offer);

    private async Task<PendingApproval> Pending()
    {
        await Until.True(() => books.Pending.All.Count == 1 && gateway.Count("approval") > 0, "it waits");
        return books.Pending.All[0];
    }

    private Protocol.Attempts.AskApproval[] Asks() => [.. gateway.Asked];

    private AuditRow[] Rows(string what) =>
        [.. AuditReader.ReadLast(Path.Combine(folder.FullName, "audit"), 99).Where(row => row.What == what)];
}
