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
        for (var i = 0; i < FailureThrottle.Free; i++) throttle.CountFailure(Failing);
        var first = await turns.WaitForTurn(Failing);
        var waiting = Enumerable.Range(0, LookupTurns.MostWaiting).Select(_ => turns.WaitForTurn(Failing).AsTask()).ToArray();
        Assert.Null(await turns.WaitForTurn(Failing));
        Assert.NotNull(await turns.WaitForTurn(Other));
        Assert.NotNull(await turns.WaitForTurn(null));
        Assert.DoesNotContain(waiting, turn => turn.IsCompleted);

        first!.Release();
        foreach (var turn in waiting) (await turn)!.Release();
    }

    [Fact]
    public async Task What_was_sent_at_the_same_time_goes_to_that_line_once_the_first_have_failed()
    {
        var turns = new LookupTurns(throttle);
        var all = new List<SemaphoreSlim>();
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
}
