using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>A name with several addresses is reached by the one that answers.</summary>
public sealed class DialerTests
{
    private static readonly IPAddress Six = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress OtherSix = IPAddress.Parse("2001:db8::2");
    private static readonly IPAddress Four = IPAddress.Parse("192.0.2.1");
    private readonly FakeTimeProvider clock = new();
    private readonly Dictionary<IPAddress, TaskCompletionSource<Line>> lines = [];
    private readonly List<IPAddress> tried = [];
    private CancellationToken given;

    [Fact]
    public async Task One_that_does_not_answer_holds_the_next_up_for_a_moment_and_no_longer()
    {
        var dialed = Dial(Six, Four);
        Assert.Equal([Six], tried);
        clock.Advance(Dialer.Stagger);
        await Until.True(() => tried.Count == 2, "the next is tried");
        Assert.False(dialed.IsCompleted);
        var line = new Line();
        lines[Four].SetResult(line);
        Assert.Same(line, await dialed);
        Assert.True(given.IsCancellationRequested);
        // It comes all the same, and nobody has it.
        var late = new Line();
        lines[Six].SetResult(late);
        await Until.True(() => late.IsClosed, "it is closed");
        Assert.False(line.IsClosed);
    }

    [Fact]
    public async Task One_that_refuses_is_followed_by_the_next_at_once()
    {
        var dialed = Dial(Six, Four);
        lines[Six].SetException(new SocketException((int)SocketError.ConnectionRefused));
        await Until.True(() => tried.Count == 2, "the next is tried");
        lines[Four].SetResult(new Line());
        await dialed;
    }

    [Fact]
    public async Task The_first_may_still_win_after_the_second_has_failed()
    {
        var dialed = Dial(Six, Four);
        clock.Advance(Dialer.Stagger);
        await Until.True(() => tried.Count == 2, "the next is tried");
        lines[Four].SetException(new SocketException((int)SocketError.ConnectionRefused));
        var line = new Line();
        lines[Six].SetResult(line);
        Assert.Same(line, await dialed);
    }

    [Fact]
    public async Task When_all_refuse_the_last_ones_reason_is_told()
    {
        var dialed = Dial(Six, Four);
        lines[Six].SetException(new SocketException((int)SocketError.NetworkUnreachable));
        await Until.True(() => tried.Count == 2, "the next is tried");
        lines[Four].SetException(new SocketException((int)SocketError.ConnectionRefused));
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(() => dialed)).SocketErrorCode);
    }

    [Fact]
    public async Task Who_gives_up_waits_for_none()
    {
        using var gone = new CancellationTokenSource();
        var dialed = Dial(gone.Token, Four);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialed);
    }

    [Fact]
    public void Families_take_turns()
    {
        Assert.Equal([Six, Four, OtherSix], Dialer.AlternateFamilies([Six, OtherSix, Four]));
        Assert.Equal([Four, Six], Dialer.AlternateFamilies([Four, Six]));
        Assert.Empty(Dialer.AlternateFamilies([]));
    }

    private Task<Line> Dial(params IPAddress[] addresses) => Dial(default, addresses);

    private Task<Line> Dial(CancellationToken cancellation, params IPAddress[] addresses)
    {
        foreach (var address in addresses) lines[address] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return Dialer.ConnectFirst(addresses, Connect, clock, cancellation);
    }

    private Task<Line> Connect(IPAddress address, CancellationToken cancellation)
    {
        given = cancellation;
        tried.Add(address);
        return lines[address].Task;
    }

    private sealed class Line : IDisposable
    {
        public bool IsClosed { get; private set; }

        public void Dispose() => IsClosed = true;
    }
}
