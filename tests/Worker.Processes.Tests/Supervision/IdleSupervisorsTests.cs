using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Channels;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

public sealed class IdleSupervisorsTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly HashSet<string> open = [];
    private readonly IdleSupervisors resting;

    public IdleSupervisorsTests() => resting = new(open.Contains, clock);

    public void Dispose() => resting.Dispose();

    [Fact]
    public void One_serves_again_once_its_attempt_is_finished_with()
    {
        open.Add("a.1");
        using var channel = Rest("a.1").Ours;
        Assert.Null(resting.TakeLastUsed());
        open.Clear();
        Assert.Same(channel, resting.TakeLastUsed()!.Channel);
        Assert.Null(resting.TakeLastUsed());
    }

    [Fact]
    public void The_one_used_last_is_used_again_and_a_busy_one_is_passed_over()
    {
        open.Add("c.1");
        using var first = Rest("a.1").Ours;
        using var second = Rest("b.1").Ours;
        using var third = Rest("c.1").Ours;
        Assert.Same(second, resting.TakeLastUsed()!.Channel);
        Assert.Same(first, resting.TakeLastUsed()!.Channel);
        Assert.Null(resting.TakeLastUsed());
    }

    [Fact]
    public void Without_work_it_is_dismissed_after_five_seconds()
    {
        using var theirs = Rest("a.1").Theirs;
        clock.Advance(TimeSpan.FromSeconds(4));
        using var late = Rest("b.1").Theirs;
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(theirs.ReadMessage());
        Assert.NotNull(resting.TakeLastUsed());
        Assert.Null(resting.TakeLastUsed());
    }

    [Fact]
    public void With_the_daemon_all_of_them_go()
    {
        using var theirs = Rest("a.1").Theirs;
        resting.Dispose();
        Assert.Null(theirs.ReadMessage());
        using var late = Rest("b.1").Theirs;
        Assert.Null(late.ReadMessage());
    }

    private (Channel Ours, Channel Theirs) Rest(string attemptId)
    {
        var (ours, theirs) = Sockets.CreatePair();
        var channel = new Channel(ours);
        resting.Add(attemptId, new SupervisorProcess(channel, new ProcessIdentity(0, 0, ""), isOurs: false));
        return (channel, new Channel(theirs));
    }
}
