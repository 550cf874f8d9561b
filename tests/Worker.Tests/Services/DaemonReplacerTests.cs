using OpenClaw.Worker.Control;
using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>What becomes of the daemon that runs when a new one is installed: its tasks go on.</summary>
public sealed class DaemonReplacerTests
{
    private static readonly RunningTask Program = new("a.1", "a", "command", Started: true, 1);
    private static readonly RunningTask Waiting = new("b.1", "b", "file-write", Started: false, 0);
    private static readonly RunningTask FileTask = new("c.1", "c", "file-write", Started: true, 1);

    public static TheoryData<object[], bool, bool, string> Cases => new()
    {
        { [], true, true, nameof(DaemonStopStep.Nothing) },
        { [], false, true, nameof(DaemonStopStep.Stop) },
        { [Waiting], true, true, nameof(DaemonStopStep.Nothing) },
        { [Waiting], false, false, nameof(DaemonStopStep.Stop) },
        { [Program], true, true, nameof(DaemonStopStep.Kill) },
        { [Program, Waiting], false, true, nameof(DaemonStopStep.Kill) },
        { [FileTask], true, true, nameof(DaemonStopStep.WaitForFiles) },
        { [FileTask, Program], false, true, nameof(DaemonStopStep.WaitForFiles) },
        { [FileTask], true, false, nameof(DaemonStopStep.Kill) },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Programs_under_supervisors_go_on_and_file_tasks_have_time(object[] tasks, bool isService, bool mayWait, string step) =>
        Assert.Equal(step, DaemonReplacer.DecideStep(Status(1, [.. tasks.Cast<RunningTask>()]), isService, mayWait).ToString());

    [Fact]
    public void Where_none_runs_nothing_stands_in_the_way() =>
        Assert.Equal(DaemonStopStep.Nothing, DaemonReplacer.DecideStep(null, isService: false, mayWait: true));

    private static WorkerStatus Status(int pid, RunningTask[] tasks) => new()
    {
        Pid = pid, Version = "1", Name = "pc", Home = "/h", Server = "http://s/", Slots = 3, Free = 3, Draining = false, Tasks = tasks,
        Spool = new(0, 0),
    };
}
