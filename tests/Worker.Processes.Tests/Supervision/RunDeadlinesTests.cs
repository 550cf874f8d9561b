using OpenClaw.Worker.Processes.Supervision.Deadlines;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

public sealed class RunDeadlinesTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly RunDeadlines Both = new(Timeout, Silence);

    [Fact]
    public void A_supervisor_that_works_is_always_first()
    {
        Wait(Both.DecideStep(Timeout, TimeSpan.Zero, null, Grace));
        Wait(Both.DecideStep(Silence, Silence, null, Grace));
        Wait(Both.DecideStep(Timeout, TimeSpan.Zero, Grace, Grace));
        Wait(Both.DecideStep(Timeout + RunDeadlines.DaemonDelay - Moment, Silence + RunDeadlines.DaemonDelay - Moment, null, Grace));
    }

    [Fact]
    public void What_it_has_not_ended_in_time_is_asked_for()
    {
        Assert.Equal((RunStep.Stop, StopReason.Timeout), Both.DecideStep(Timeout + RunDeadlines.DaemonDelay, TimeSpan.Zero, null, Grace));
        Assert.Equal((RunStep.Stop, StopReason.Silence), Both.DecideStep(Silence, Silence + RunDeadlines.DaemonDelay, null, Grace));
    }

    [Fact]
    public void What_was_asked_for_and_has_not_come_the_daemon_does_itself()
    {
        Wait(Both.DecideStep(default, default, Grace + RunDeadlines.EndTimeout - Moment, Grace));
        Assert.Equal(RunStep.EndTree, Both.DecideStep(default, default, Grace + RunDeadlines.EndTimeout, Grace).Step);
        Assert.Equal(RunStep.EndTree, Both.DecideStep(default, default, RunDeadlines.EndTimeout, TimeSpan.Zero).Step);
    }

    [Fact]
    public void Without_a_limit_nothing_is_late()
    {
        Wait(new RunDeadlines(null, null).DecideStep(TimeSpan.FromDays(365), TimeSpan.FromDays(365), null, Grace));
        Wait(new RunDeadlines(null, Silence).DecideStep(TimeSpan.FromDays(365), default, null, Grace));
    }

    private static void Wait((RunStep, StopReason) step) => Assert.Equal((RunStep.Wait, StopReason.None), step);
}
