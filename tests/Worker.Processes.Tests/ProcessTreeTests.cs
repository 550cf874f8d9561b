using System.Globalization;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Processes.Tests;

public sealed class ProcessTreeTests : IDisposable
{
    private readonly ProcessHarness harness = new();

    public void Dispose() => harness.Dispose();

    [Theory]
    [InlineData("plain children", "sleep 600 & sleep 600 & echo 3 > ready; wait")]
    [InlineData("a double fork", "(sh -c 'sleep 600 & echo 2 > ready' &) ; sleep 600")]
    [InlineData("a session of its own", "setsid sleep 600 & echo 2 > ready; wait")]
    [InlineData("a double fork into a session of its own", "(setsid sh -c 'sleep 600 & sleep 600' &); echo 4 > ready; sleep 600")]
    [InlineData("nohup in the background", "nohup sleep 600 >/dev/null 2>&1 & echo 2 > ready; wait")]
    public async Task Fault_10_a_timeout_leaves_no_process_behind(string how, string script)
    {
        var run = harness.Run(harness.Shell(script));
        var atLeast = int.Parse(await harness.LineOf("ready"), CultureInfo.InvariantCulture);
        await Until.True(() => harness.Alive() >= atLeast, $"{how}: all run");
        harness.Stop.Request(StopReason.Timeout);
        var end = await run;
        Assert.Equal("SIGTERM", end.Signal);
        Assert.Equal(0, end.Tree!.Value.Survivors);
        Assert.InRange(end.Tree.Value.Killed, atLeast, 10);
        Assert.Equal(0, harness.Alive());
    }

    [Fact]
    public async Task What_ignores_SIGTERM_gets_SIGKILL_after_the_grace()
    {
        const string Stubborn = "trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo 1 > ready; while :; do sleep 1; done";
        var run = harness.Run(harness.Shell(Stubborn), 0.3);
        await harness.LineOf("ready");
        harness.Stop.Request(StopReason.Cancel);
        var end = await run;
        Assert.Equal("SIGKILL", end.Signal);
        Assert.Equal(0, end.Tree!.Value.Survivors);
        Assert.Equal(0, harness.Alive());
    }

    [Fact]
    public async Task What_ends_at_SIGTERM_in_its_own_way_keeps_its_exit_code_and_last_words()
    {
        var run = harness.Run(harness.Shell("trap 'echo bye; exit 7' TERM; echo 1 > ready; while :; do sleep 0.05; done"));
        await harness.LineOf("ready");
        harness.Stop.Request(StopReason.Cancel);
        var end = await run;
        Assert.Equal(7, end.ExitCode);
        Assert.Equal("bye\n", harness.Output.Text);
    }

    [Fact]
    public async Task What_runs_before_its_start_is_known_here_keeps_its_exit_code_too()
    {
        // Asked to stop in the moment in which it shows that it runs: often enough that is before its start has come back.
        for (var round = 0; round < 30; round++)
        {
            using var one = new ProcessHarness();
            var run = one.Run(one.Shell("trap 'exit 7' TERM; echo 1 > ready; while :; do sleep 0.02; done"));
            SpinWait.SpinUntil(() => File.Exists(one.PathOf("ready")));
            one.Stop.Request(StopReason.Cancel);
            Assert.Equal(7, (await run).ExitCode);
        }
    }

    [Fact]
    public async Task A_stopped_process_is_ended_too()
    {
        var run = harness.Run(harness.Shell("sh -c 'kill -STOP $$' & echo 1 > ready; wait"));
        await harness.LineOf("ready");
        harness.Stop.Request(StopReason.Timeout);
        Assert.Equal(0, (await run).Tree!.Value.Survivors);
        Assert.Equal(0, harness.Alive());
    }

    [Fact]
    public async Task A_background_child_that_keeps_the_pipes_open_does_not_hold_the_task_and_lives_on()
    {
        var end = await harness.Run(harness.Shell("setsid sleep 600 & echo $! > child; echo started"));
        Assert.Equal(0, end.ExitCode);
        Assert.Equal("started\n", harness.Output.Text);
        Assert.Null(end.Tree);
        await Until.True(() => harness.Alive() == 1, "the background child runs");
        Assert.Equal(0, Native.Kill(int.Parse(await harness.LineOf("child"), CultureInfo.InvariantCulture), Native.SigKill));
        await Until.True(() => harness.Alive() == 0, "the background child is gone");
    }

    [Fact]
    public async Task A_process_that_is_becoming_another_program_carries_its_marker_all_the_while()
    {
        var script = harness.PathOf("again");
        await File.WriteAllTextAsync(script, $"exec /bin/sh {script}\n");
        var (started, marker) = (new StartedPrograms(), ProcessMarker.FromEnvironment(harness.Environment)!.Value);
        var run = new ProcessRunner(TimeProvider.System, started)
            .RunProgram(harness.Spec("/bin/sh", script), harness.Output, harness.Stop, TimeSpan.FromSeconds(10));
        await Until.True(() => started.Pids.Count != 0, "it runs");
        for (var look = 0; look < 3000; look++)
            Assert.True(ProcessTable.HasMarker(started.Pids[0], marker), $"look {look}");
        harness.Stop.Request(StopReason.Cancel);
        Assert.Equal("SIGTERM", (await run).Signal);
    }

    [Fact]
    public async Task Output_in_the_pipe_when_the_program_ends_is_read_to_its_end()
    {
        await harness.Run(harness.Shell("head -c 60000 /dev/zero; sleep 600 & echo $! > child"));
        Assert.Equal(60_000, harness.Output.Stdout.Length);
        Native.Kill(int.Parse(await harness.LineOf("child"), CultureInfo.InvariantCulture), Native.SigKill);
    }

    [Fact]
    public async Task Two_hundred_quick_processes_leave_no_descriptor_and_no_zombie()
    {
        await harness.Run(harness.Shell("true"));
        var before = Directory.GetFiles("/proc/self/fd").Length;
        var started = new StartedPrograms();
        var runner = new ProcessRunner(TimeProvider.System, started);
        for (var i = 0; i < 200; i++)
            Assert.Equal(0, (await runner.RunProgram(harness.Shell("echo x"), harness.Output, harness.Stop, TimeSpan.Zero)).ExitCode);
        Assert.Equal(200, started.Pids.Count);
        Assert.DoesNotContain(ProcessTable.Read(), entry => started.Pids.Contains(entry.Pid));
        // Other tests of this process may hold some; 200 leaks would be 400 and more.
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 60);
    }

    [Fact]
    public async Task Orphans_that_have_ended_are_reaped()
    {
        await harness.Run(harness.Shell("(sh -c 'echo $$ > orphan; exec sleep 0.1' >/dev/null 2>&1 &)"));
        var pid = int.Parse(await harness.LineOf("orphan"), CultureInfo.InvariantCulture);
        await Until.True(
            () =>
            {
                ChildReaper.ReapOrphans();
                return ProcessTable.Read(pid) is null;
            },
            "the orphan is reaped");
    }

    [Fact]
    public void A_process_with_brackets_and_blanks_in_its_name_is_read_right()
    {
        var entry = ProcessTableLinux.ParseStat("42 (a) (b) S) R 7 8 9 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 12345 0 0");
        Assert.Equal(new ProcessEntry(42, 7, 8, 9, 12345, false), entry);
    }

    [Fact]
    public void A_pid_given_out_again_gets_no_signal()
    {
        var self = ProcessTable.Read(Environment.ProcessId)!.Value;
        // SIGKILL to ourselves under another start time: the test is still here after it.
        Signals.Send(self with { Start = self.Start + 1 }, Native.SigKill);
        Assert.NotNull(ProcessTable.Read(self.Pid));
    }

    [Fact]
    public void The_tree_is_group_session_marker_and_descendants_without_zombies_and_ourselves()
    {
        ProcessEntry[] table =
        [
            new(1, 0, 1, 1, 1, false), new(50, 1, 50, 50, 1, false),
            new(100, 50, 100, 100, 1, true), new(101, 50, 100, 100, 1, false), new(102, 50, 102, 100, 1, false),
            new(103, 102, 103, 103, 1, false), new(104, 50, 104, 104, 1, false), new(105, 104, 105, 105, 1, true),
            new(200, 1, 200, 200, 1, false),
        ];
        var members = ProcessTree.FindMembers(table, 100, 50, entry => entry.Pid == 104 || entry.Pid == 105);
        Assert.Equal([101, 102, 103, 104], members.Select(entry => entry.Pid).Order());
    }
}
