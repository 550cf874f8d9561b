using System.Net;
using OpenClaw.Gateway.Security.Access;

namespace OpenClaw.Gateway.Tests.Security.Access;

public sealed class TurnLineTests
{
    private static readonly IPAddress Good = Address(99);

    [Fact]
    public async Task However_much_others_ask_for_the_next_of_each_is_no_further_than_there_are_addresses()
    {
        var line = new TurnLine(1, 1_000);
        Assert.True(await line.WaitForTurn(Good));
        var floods = Enumerable.Range(0, 300).Select(at => line.WaitForTurn(Address(at % 3)).AsTask()).ToArray();
        var good = line.WaitForTurn(Good).AsTask();
        for (var released = 0; released < 3; released++)
        {
            Assert.False(good.IsCompleted);
            line.Release();
        }
        line.Release();
        Assert.True(await good);
        Assert.Equal(3, floods.Count(turn => turn.IsCompleted));
    }

    [Fact]
    public async Task A_full_line_takes_the_place_of_whoever_has_most_in_it()
    {
        var line = new TurnLine(1, 10);
        Assert.True(await line.WaitForTurn(Good));
        var flood = Enumerable.Range(0, 10).Select(_ => line.WaitForTurn(Address(1)).AsTask()).ToArray();
        // Of its own it gets no more, and others do until all have as many.
        Assert.False(await line.WaitForTurn(Address(1)));
        var others = Enumerable.Range(2, 9).Select(at => line.WaitForTurn(Address(at)).AsTask()).ToArray();
        Assert.Equal(9, flood.Count(turn => turn.IsCompleted));
        foreach (var dropped in flood.Skip(1)) Assert.False(await dropped);
        Assert.False(await line.WaitForTurn(Address(50)));

        for (var released = 0; released < 10; released++) line.Release();
        Assert.True(await flood[0]);
        foreach (var other in others) Assert.True(await other);
    }

    [Fact]
    public async Task As_many_are_at_once_as_are_said_and_places_come_back()
    {
        var line = new TurnLine(2, 10);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(await line.WaitForTurn(Good));
            Assert.True(await line.WaitForTurn(Good));
            var third = line.WaitForTurn(Good).AsTask();
            Assert.False(third.IsCompleted);
            line.Release();
            Assert.True(await third);
            line.Release();
            line.Release();
        }
    }

    private static IPAddress Address(int last) => new([192, 0, 2, (byte)last]);
}
