using OpenClaw.Storage.Postgres.Servers;

namespace OpenClaw.Storage.Tests.Postgres.Servers;

public sealed class ServerRulesTests
{
    private static readonly ServerIdentity First = new(7, 1);
    private static readonly ServerIdentity Second = new(7, 2);
    private static readonly ServerIdentity Foreign = new(8, 2);
    private static readonly ServerIdentity Unknown = default;

    public static TheoryData<int, int, int, int, int> Pairs => new()
    {
        { 7, 1, 7, 1, (int)ServerVerdict.Same },
        { 7, 1, 7, 2, (int)ServerVerdict.Promoted },
        { 7, 2, 7, 1, (int)ServerVerdict.Old },
        { 7, 2, 8, 1, (int)ServerVerdict.Foreign },
        { 7, 2, 8, 3, (int)ServerVerdict.Foreign },
        { 0, 0, 7, 1, (int)ServerVerdict.Same },
        { 7, 2, 0, 0, (int)ServerVerdict.Same },
        { 7, 2, 7, 0, (int)ServerVerdict.Same },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void A_server_is_judged_by_its_database_and_its_last_promotion(int system, int line, int nowSystem, int nowLine, int verdict)
    {
        ServerIdentity before = new(system, line), now = new(nowSystem, nowLine);

        Assert.Equal((ServerVerdict)verdict, ServerRules.JudgeServer(before, now));
        Assert.Equal(verdict is (int)ServerVerdict.Old or (int)ServerVerdict.Foreign,
            ServerRules.ExplainRefusal("h", before, now) is not null);
    }

    [Fact]
    public void The_primary_of_the_last_promotion_is_first_and_older_ones_are_left_out()
    {
        var (used, refusals) = HostRules.ChooseHosts([new("a", First), new("b", Second), new("c", null)]);

        Assert.Equal(["b", "c"], used);
        Assert.StartsWith("PostgreSQL at a is refused: it is an old primary", Assert.Single(refusals), StringComparison.Ordinal);
    }

    [Fact]
    public void Hosts_of_which_nobody_is_known_as_a_primary_stay_as_they_are() =>
        Assert.Equal(["a", "b"], HostRules.ChooseHosts([new("a", null), new("b", null)]).Used);

    [Fact]
    public void Primaries_of_different_databases_are_a_fault_of_the_string() => Assert.Contains(
        "different databases",
        Assert.Throws<StoreStartException>(() => HostRules.ChooseHosts([new("a", First), new("b", Foreign)])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_process_can_go_on_through_a_promotion_and_not_beside_an_old_primary_it_might_meet()
    {
        Assert.Null(HostRules.FindStopReason(First, ["a", "b"], [new("a", First), new("b", null)]));
        Assert.Null(HostRules.FindStopReason(First, ["a", "b"], [new("a", null), new("b", Second)]));
        Assert.Null(HostRules.FindStopReason(Second, ["b"], [new("a", First), new("b", Second)]));
        Assert.Null(HostRules.FindStopReason(Unknown, ["a", "b"], [new("a", null), new("b", Second)]));

        Assert.Contains("a is refused", HostRules.FindStopReason(Second, ["a", "b"], [new("a", First), new("b", Second)]),
            StringComparison.Ordinal);
        Assert.Contains("a is refused", HostRules.FindStopReason(First, ["a", "b"], [new("a", First), new("b", Second)]),
            StringComparison.Ordinal);
        Assert.Contains("a is refused", HostRules.FindStopReason(Second, ["a", "b"], [new("a", Foreign), new("b", null)]),
            StringComparison.Ordinal);
        Assert.Contains("a, which was left out", HostRules.FindStopReason(Second, ["b"], [new("a", new(7, 3)), new("b", null)]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_refused_behind_a_pooler_is_refused_until_the_right_one_is_back()
    {
        var server = new KnownServer();
        Assert.Null(server.CheckHandshake("p", new ServerHandshake(true, Second)));
        server.ThrowIfRefused();

        Assert.NotNull(server.CheckHandshake("p", new ServerHandshake(true, First)));
        Assert.Throws<Npgsql.NpgsqlException>(server.ThrowIfRefused);
        Assert.Equal(Second, server.Identity);

        Assert.Null(server.CheckHandshake("p", new ServerHandshake(true, Second)));
        server.ThrowIfRefused();
    }
}
