using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Tests.Approvals;

public sealed class StartRulesTests
{
    /// <summary>
    /// A letter for each hold: none, quiet hours, full, paused, draining. S start, L later, A ask the owner, R reject. Without a policy
    /// file one cell differs.
    /// </summary>
    [Theory]
    [InlineData(VerdictKind.Allowed, ApprovalState.NotAsked, "SLLLL")]
    [InlineData(VerdictKind.Allowed, ApprovalState.Waiting, "SLLLL")]
    [InlineData(VerdictKind.Allowed, ApprovalState.Approved, "SLLLL")]
    [InlineData(VerdictKind.Allowed, ApprovalState.Denied, "RRRRR")]
    [InlineData(VerdictKind.NeedsApproval, ApprovalState.NotAsked, "ALLLL")]
    [InlineData(VerdictKind.NeedsApproval, ApprovalState.Waiting, "AAAAL")]
    [InlineData(VerdictKind.NeedsApproval, ApprovalState.Approved, "SLLLL")]
    [InlineData(VerdictKind.NeedsApproval, ApprovalState.Denied, "RRRRR")]
    [InlineData(VerdictKind.Rejected, ApprovalState.NotAsked, "RRRRR")]
    [InlineData(VerdictKind.Rejected, ApprovalState.Waiting, "RRRRR")]
    [InlineData(VerdictKind.Rejected, ApprovalState.Approved, "RRRRR")]
    [InlineData(VerdictKind.Rejected, ApprovalState.Denied, "RRRRR")]
    internal void Every_cell(VerdictKind permission, ApprovalState approval, string expected)
    {
        var noFile = (permission, approval) == (VerdictKind.Allowed, ApprovalState.Waiting) ? "AAAAL" : expected;
        foreach (var hold in Enum.GetValues<StartHold>())
        {
            Assert.Equal(expected[(int)hold], Letter(StartRules.Decide(permission, approval, hold, hasPolicy: true)));
            Assert.Equal(noFile[(int)hold], Letter(StartRules.Decide(permission, approval, hold, hasPolicy: false)));
        }
    }

    /// <summary>The rule behind the cells, said once more: a time at which work may be begun is nobody's yes.</summary>
    [Fact]
    public void Nothing_that_needs_a_yes_starts_without_one_whatever_the_time()
    {
        var all = Enum.GetValues<ApprovalState>().SelectMany(_ => Enum.GetValues<StartHold>(), (approval, hold) => (approval, hold));
        foreach (var ((approval, hold), file) in all.SelectMany(_ => new[] { true, false }, (both, file) => (both, file)))
        {
            var decision = StartRules.Decide(VerdictKind.NeedsApproval, approval, hold, file);
            Assert.Equal(approval == ApprovalState.Approved && hold == StartHold.None, decision == StartDecision.Start);
        }
    }

    [Fact]
    public void Quiet_hours_do_not_hide_that_a_yes_is_wanted()
    {
        var judged = new ExplainedVerdict(
            Verdict.Later("quietHours[0]", ""), [Verdict.Later("quietHours[0]", ""), Verdict.NeedsApproval("approval.a", "")]);
        Assert.Equal((VerdictKind.NeedsApproval, "approval.a"), (judged.Permission.Kind, judged.Permission.Rule));
        Assert.Equal(VerdictKind.Allowed, new ExplainedVerdict(judged.Verdict, [judged.Verdict]).Permission.Kind);
        var no = Verdict.Rejected("kinds", "");
        Assert.Same(no, new ExplainedVerdict(no, [no, .. judged.Findings]).Permission);
    }

    private static char Letter(StartDecision decision) => decision switch
    {
        StartDecision.Start => 'S',
        StartDecision.Later => 'L',
        StartDecision.AskOwner => 'A',
        StartDecision.Reject => 'R',
        _ => '?',
    };
}
