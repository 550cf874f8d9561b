using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Tests.Processes;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Approvals;

public sealed class ApprovalDeskTests : IAsyncLifetime
{
    private static readonly Verdict Ask = Verdict.NeedsApproval("commands.ask[0]", "pushes something");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-desk-");
    private readonly StringWriter said = new();
    private readonly CancellationTokenSource ending = new();
    private readonly AttemptTable attempts = new(() => 5);
    private FakeGateway gateway = null!;
    private ServerLink link = null!;
    private ApprovalBooks books = null!;
    private ApprovalDesk desk = null!;
    private ApprovalTerms terms = ApprovalTerms.Default;

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
        var cleared = desk.Cleared(held, Ask, resumed: false);
        var pending = await Pending();
        Assert.Equal((0, "commands.ask[0]", "pushes something"), (attempts.Active.Length, pending.Rule, pending.Sentence));
        Assert.True(pending.Decide(true));

        Assert.True(await cleared);
        Assert.Equal([null, "approve"], Asks().Select(ask => ask.Decision));
        Assert.All(Asks(), ask => Assert.Equal((pending.Digest, false, 600_000L), (ask.Digest, ask.Remote, ask.WaitFor)));
        Assert.Empty(books.Pending.All);
        Assert.Same(held, Assert.Single(attempts.Active));
        Assert.Equal(["asked", "approved"], Rows("approval").Select(row => row.Outcome));
        Assert.False(pending.Decide(false));
    }

    [Fact]
    public async Task A_no_at_the_PC_ends_it_and_leaves_nothing_behind()
    {
        var cleared = desk.Cleared(Offered(), Ask, resumed: false);
        (await Pending()).Decide(false);

        Assert.False(await cleared);
        Assert.Equal("reject", Asks()[^1].Decision);
        Assert.Empty(books.Offers.Load());
        Assert.Equal(("approval-denied", "owner"), Rows("approval")[^1] is var row ? (row.Outcome, row.By) : default);
    }

    [Fact]
    public async Task A_yes_through_the_gateway_counts_only_where_the_owner_lets_it()
    {
        var held = Offered();
        var cleared = desk.Cleared(held, Ask, resumed: false);
        var pending = await Pending();
        gateway.Approve(held.Offer.AttemptId, pending.Digest);
        await gateway.Until(_ => gateway.Count("approval") >= 1, "it was asked");
        await Until.True(() => pending.Until is not null, "the answer came");
        Assert.False(cleared.IsCompleted);
        pending.Decide(false);
        Assert.False(await cleared);

        terms = terms with { FromGateway = true };
        var second = Offered();
        gateway.Approve(second.Offer.AttemptId, desk.Digest(second.Offer));
        Assert.True(await desk.Cleared(second, Ask, resumed: false));
        Assert.Equal(("approved", "gateway"), Rows("approval")[^1] is var row ? (row.Outcome, row.By) : default);
        Assert.True(Asks()[^1].Remote);
    }

    [Fact]
    public async Task A_yes_of_the_server_to_something_else_than_what_would_run_is_none()
    {
        terms = terms with { FromGateway = true };
        var held = Offered();
        gateway.Approve(held.Offer.AttemptId, new string('0', 64));
        var cleared = desk.Cleared(held, Ask, resumed: false);
        var pending = await Pending();
        await Until.True(() => pending.Until is not null, "the answer came");
        Assert.False(cleared.IsCompleted);
        gateway.Deny(held.Offer.AttemptId, "cancelled", "cancelled");
        pending.Decide(true);

        Assert.False(await cleared);
        Assert.DoesNotContain(Rows("approval"), row => row.Outcome == "approved");
    }

    [Theory]
    [InlineData("rejected", "approval-timeout")]
    [InlineData("cancelled", "cancelled")]
    public async Task The_end_of_the_wait_at_the_server_is_the_end_of_it_here(string state, string reason)
    {
        var held = Offered();
        var cleared = desk.Cleared(held, Ask, resumed: false);
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
        var cleared = desk.Cleared(Offered(), Ask, resumed: false);
        (await Pending()).Decide(true);
        Assert.True(await cleared);

        gateway.Fault = call => call.Name == "approval" ? CallFault.BadRequest : CallFault.None;
        Assert.False(await desk.Cleared(Offered(), Ask, resumed: false));
        Assert.Equal("refused-by-server", Rows("approval")[^1].Outcome);
    }

    [Fact]
    public async Task A_restart_of_the_daemon_asks_for_the_same()
    {
        var held = Offered();
        var before = desk.Cleared(held, Ask, resumed: false);
        var digest = (await Pending()).Digest;
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before);
        books.Audit.Dispose();
        var kept = Assert.Single(books.Offers.Load());

        using var again = new CancellationTokenSource();
        Open(again.Token);
        var after = desk.Cleared(attempts.Park(kept.Offer), Ask, resumed: true);
        var pending = await Pending();
        Assert.Equal(digest, pending.Digest);
        pending.Decide(true);

        Assert.True(await after);
        Assert.Single(Asks().Select(ask => ask.Digest).Distinct());
        desk.Settled(kept.Offer.AttemptId);
        Assert.Empty(books.Offers.Load());
    }

    [Fact]
    public async Task What_the_owner_allows_for_an_hour_is_not_asked_about_and_a_policy_that_changed_decides_what_waited()
    {
        books.Rules.Add("commands.ask[0]", "command", TimeSpan.FromHours(1));
        Assert.True(await desk.Cleared(Offered(), Ask, resumed: false));
        Assert.Empty(Asks());
        Assert.Equal("allowed-by-rule", Rows("approval")[^1].Outcome);

        Assert.True(await desk.Cleared(Offered(), Verdict.Allowed, resumed: true));
        Assert.Equal("approve", Asks()[^1].Decision);
        Assert.False(await desk.Cleared(Offered(), Verdict.Rejected("kinds", "no"), resumed: true));
        Assert.Equal("reject", Asks()[^1].Decision);
    }

    private void Open(CancellationToken? stop = null)
    {
        var (clock, token) = (TimeProvider.System, stop ?? ending.Token);
        var log = new WorkerLog(TextWriter.Synchronized(said), clock);
        var options = new WorkerOptions { Url = gateway.Url, Token = FakeGateway.Token, Name = "pc", Home = folder.FullName };
        link ??= new ServerLink(new Way(gateway.Url), FakeGateway.Token, clock);
        var sessions = new SessionKeeper(link, options, SessionKeeper.Describe(options, "i", ["command"], "1"), attempts, clock, log);
        var offers = Directory.CreateDirectory(Path.Combine(folder.FullName, "approvals")).FullName;
        books = new ApprovalBooks(new WaitingOffers(offers), new HourRules(Path.Combine(folder.FullName, "rules"), clock), new PendingApprovals(),
            new AuditLog(Path.Combine(folder.FullName, "audit"), clock, log));
        desk = new ApprovalDesk(link, sessions, attempts, books, () => terms, new ApprovalContext("pc", "/home/me", clock, log, token));
    }

    private HeldAttempt Offered() => attempts.TryAdd(gateway.Attempt(gateway.Command("git push")).Offer)!;

    private async Task<PendingApproval> Pending()
    {
        await Until.True(() => books.Pending.All.Count == 1 && gateway.Count("approval") > 0, "it waits");
        return books.Pending.All[0];
    }

    private Protocol.Attempts.AskApproval[] Asks() => [.. gateway.Asked];

    private AuditRow[] Rows(string what) => [.. AuditReader.Last(Path.Combine(folder.FullName, "audit"), 99).Where(row => row.What == what)];
}
