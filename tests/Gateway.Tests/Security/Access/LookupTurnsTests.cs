using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;

namespace OpenClaw.Gateway.Tests.Security.Access;

public sealed class LookupTurnsTests
{
    private static readonly IPAddress Failing = IPAddress.Parse("192.0.2.1"), Other = IPAddress.Parse("192.0.2.2");
    private readonly FailureThrottle throttle = new(new FakeTimeProvider(), Options.Create(new GatewayOptions()));

    [Fact]
    public async Task Who_failed_too_often_waits_in_a_line_that_ends_and_holds_nobody_else_up()
    {
        var turns = new LookupTurns(throttle);
        Fail(Failing);
        var first = new[] { await turns.WaitForTurn(Failing), await turns.WaitForTurn(Failing) };
        var waiting = Enumerable.Range(0, LookupTurns.MostWaiting).Select(_ => turns.WaitForTurn(Failing).AsTask()).ToArray();
        Assert.Null(await turns.WaitForTurn(Failing));
        Assert.NotNull(await turns.WaitForTurn(Other));
        Assert.NotNull(await turns.WaitForTurn(null));
        Assert.DoesNotContain(waiting, turn => turn.IsCompleted);

        foreach (var turn in first) turn!.Release();
        foreach (var turn in waiting) (await turn)!.Release();
    }

    /// <summary>
    /// A worker in an office where one device fails, whose token this gateway has not seen, while all the world makes tokens up.
    /// </summary>
    [Fact]
    public async Task A_good_token_of_an_address_that_failed_waits_for_one_of_each_other_address_and_not_for_their_flood()
    {
        var turns = new LookupTurns(throttle);
        var floods = Enumerable.Range(1, 20).Select(at => IPAddress.Parse($"198.51.100.{at}")).ToArray();
        foreach (var address in floods.Append(Other)) Fail(address);
        var held = new[] { await turns.WaitForTurn(floods[0]), await turns.WaitForTurn(floods[0]) };
        var made = Enumerable.Range(0, 2 * LookupTurns.MostWaiting).Select(at => turns.WaitForTurn(floods[at % 20]).AsTask()).ToArray();
        var good = turns.WaitForTurn(Other).AsTask();
        for (var looked = 0; looked < floods.Length + 1; looked++) held[0]!.Release();
        Assert.NotNull(await good);
        Assert.Null(await made[^1]);
    }

    [Fact]
    public async Task What_was_sent_at_the_same_time_goes_to_that_line_once_the_first_have_failed()
    {
        var turns = new LookupTurns(throttle);
        var all = new List<TurnLine>();
        for (var i = 0; i < 8; i++) all.Add((await turns.WaitForTurn(Other))!);
        var given = 0;
        var sent = Enumerable.Range(0, 2 * LookupTurns.MostWaiting).Select(async _ =>
        {
            if (await turns.WaitForTurn(Failing) is not { } mine) return;
            Assert.NotSame(all[0], mine);
            Interlocked.Increment(ref given);
            mine.Release();
        }).ToArray();
        for (var i = 0; i < FailureThrottle.Free; i++) throttle.CountFailure(Failing);
        foreach (var turn in all) turn.Release();

        await Task.WhenAll(sent);
        Assert.InRange(given, 1, sent.Length);
    }

    private void Fail(IPAddress address)
    {
        for (var i = 0; i < FailureThrottle.Free; i++) throttle.CountFailure(address);
    }
}
