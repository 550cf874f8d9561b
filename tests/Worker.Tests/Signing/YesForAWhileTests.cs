using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Tests.Signing;

/// <summary>Until when a signed yes spares a rule, and for which rule.</summary>
public sealed class YesForAWhileTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(30, 60, 30)]
    [InlineData(30, 30, 30)]
    [InlineData(30, 10, 10)]
    [InlineData(60, 1, 1)]
    [InlineData(1, -2, -2)]
    public void It_ends_after_its_time_and_never_after_the_statement_does(int minutes, int expiresIn, int expected) =>
        Assert.Equal(Now.AddMinutes(expected), RemoteYesJudge.FindEnd(Yes(minutes, expiresIn, "approval.all"), Now));

    [Theory]
    [InlineData(-10, 30, 60, 20)]
    [InlineData(-40, 30, 60, -10)]
    [InlineData(-10, 30, 5, 5)]
    [InlineData(0, 30, 60, 30)]
    [InlineData(4, 30, 60, 30)]
    public void It_is_counted_from_when_it_was_signed_and_a_clock_that_is_ahead_wins_nothing(
        int signedAt, int minutes, int expiresIn, int expected) =>
        Assert.Equal(Now.AddMinutes(expected), RemoteYesJudge.FindEnd(SignedAt(Yes(minutes, expiresIn, "approval.all"), signedAt), Now));

    [Theory, InlineData(-600, null), InlineData(5, null), InlineData(6, SignatureReasons.NotYet)]
    public void The_signers_clock_may_be_five_minutes_ahead(int signedAt, string? reason)
    {
        using var key = SigningKey.Generate();
        var yes = SignedAt(Yes(30, 60, "approval.all"), signedAt);
        var trusted = new TrustedKey(key.PublicKey, "laptop", "default", Now.AddDays(1));
        var asked = new AskedWork(yes.Task, yes.Attempt, yes.Digest, "approval.all");
        Assert.Equal(reason, RemoteYesJudge.FindObjection(yes, trusted, asked, Now)?.Rule);
    }

    [Fact]
    public void Without_a_rule_or_a_time_it_is_for_one_attempt()
    {
        Assert.Null(RemoteYesJudge.FindEnd(Yes(30, 60, null), Now));
        Assert.Null(RemoteYesJudge.FindEnd(Yes(30, 60, "approval.all") with { For = null }, Now));
    }

    [Theory]
    [InlineData("""{"rule":"approval.all"}""", "rule")]
    [InlineData("""{"for":1000,"rule":""}""", "rule")]
    [InlineData("""{"for":1000,"rule":"approval.all"}""", null)]
    [InlineData("""{"for":1000}""", null)]
    [InlineData("""{"for":1000,"rule":"approval.all","signedAt":1}""", null)]
    [InlineData("""{"for":1000,"rule":"approval.all","signedAt":2}""", "signedAt")]
    public void A_rule_goes_with_a_time(string more, string? wrong)
    {
        var errors = new FieldErrors();
        var digest = new string('0', 64);
        var text = $$"""{"task":"{{Guid.Empty}}","attempt":1,"digest":"{{digest}}","decision":"approve","expiresAt":1,{{more[1..]}}""";
        var statement = ApprovalStatement.Parse(System.Text.Encoding.UTF8.GetBytes(text), errors);
        Assert.Equal(wrong is null, statement is not null);
        Assert.Equal(wrong is null ? null : $"payload.{wrong}", errors.ToArray().SingleOrDefault()?.Field);
    }

    private static ApprovalStatement SignedAt(ApprovalStatement yes, int minutes) =>
        yes with { SignedAt = Now.AddMinutes(minutes).ToUnixTimeMilliseconds() };

    private static ApprovalStatement Yes(int minutes, int expiresIn, string? rule) => new()
    {
        Task = Guid.Empty,
        Attempt = 1,
        Digest = new string('0', 64),
        Decision = "approve",
        For = minutes * 60_000L,
        Rule = rule,
        ExpiresAt = Now.AddMinutes(expiresIn).ToUnixTimeMilliseconds(),
    };
}
