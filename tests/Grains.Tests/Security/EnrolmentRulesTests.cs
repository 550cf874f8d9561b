using System.Security.Cryptography;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Security;

namespace OpenClaw.Grains.Tests.Security;

/// <summary>Who may join, over everything that decides it.</summary>
public sealed class EnrolmentRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Key = [1, 2, 3];

    private static TokenRecord Invite { get; } = new()
    {
        TokenId = "0123456789", SecretHash = [], Role = "join", CreatedAt = Now, ExpiresAt = Now.AddMinutes(15), Invite = new JoinInvite(),
    };

    [Fact]
    public void A_join_token_is_for_one_key()
    {
        var used = Invite with { Invite = new JoinInvite { UsedAt = Now, UsedByKey = SHA256.HashData(Key) } };
        (TokenRecord? Token, EnrolVerdict Verdict)[] cases =
        [
            (Invite, EnrolVerdict.Enrolled),
            (Invite with { ExpiresAt = Now }, EnrolVerdict.InviteOver),
            (Invite with { Revoked = true }, EnrolVerdict.InviteOver),
            (Invite with { Role = "worker" }, EnrolVerdict.InviteOver),
            (Invite with { Invite = null }, EnrolVerdict.InviteOver),
            (null, EnrolVerdict.InviteOver),
            (used, EnrolVerdict.Enrolled),
            (used with { Invite = used.Invite with { UsedByKey = SHA256.HashData([9]) } }, EnrolVerdict.InviteUsed),
        ];
        foreach (var (token, verdict) in cases) Assert.Equal(verdict, EnrolmentRules.JudgeInvite(token, Key, Now));
    }

    [Fact]
    public void A_name_is_taken_by_its_own_home_or_by_an_invitation_for_it()
    {
        var known = new WorkerSnapshot { Name = "studio", Offers = "" };
        NameClaim none = new([], false, null, null), own = none with { Spans = [new SessionSpan("studio", 1, 2)] };
        foreach (var named in new[] { false, true })
            foreach (var keyIsGood in new[] { false, true })
                foreach (var worker in new[] { null, known, known with { Compatible = true } })
                    foreach (var claim in new[] { none, own })
                    {
                        var free = !keyIsGood && worker?.Compatible is not false;
                        var invite = new JoinInvite { Worker = named ? "studio" : null };
                        Assert.Equal(named || claim == own || free, EnrolmentRules.MayTakeName(invite, keyIsGood, worker, claim));
                    }
    }

    [Fact]
    public void A_key_gets_the_kinds_that_both_its_owner_and_the_invitation_name()
    {
        Assert.Equal(["a", "b"], EnrolmentRules.LimitKinds(["a", "b", "a"], null));
        Assert.Equal(["b"], EnrolmentRules.LimitKinds(["a", "b"], ["b", "c"]));
        Assert.Empty(EnrolmentRules.LimitKinds(["a"], []));
    }

    [Fact]
    public void A_record_that_lost_its_key_on_the_way_is_nobodys()
    {
        var request = new EnrolRequest { Invite = Invite.TokenId, Worker = "studio", PublicKey = Key, Instance = "i", Kinds = ["command"] };
        var identity = EnrolmentRules.CreateIdentity("9876543210", "server", Invite, request, Now);
        Assert.Equal("worker", identity.FindRole());
        Assert.Null((identity with { Identity = null }).FindRole());
        Assert.Null((identity with { Role = "worker" }).FindRole());
        Assert.Equal("join", Invite.FindRole());
        Assert.Null((Invite with { Invite = null }).FindRole());
        Assert.Null((Invite with { Role = "worker" }).FindRole());
    }
}
