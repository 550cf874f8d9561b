using System.Diagnostics;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Guards;

namespace OpenClaw.Worker.Processes.Tests;

public sealed class LimitTests : IDisposable
{
    private readonly ProcessHarness harness = new();

    public void Dispose() => harness.Dispose();

    private async Task<ProcessEnd> Run(string script, ProcessLimits limits)
    {
        var end = await harness.Run(harness.Shell(script) with { Limits = limits });
        Assert.Equal(0, end.Tree?.Survivors ?? 0);
        Assert.Equal(0, harness.Alive());
        return end;
    }

    [Fact]
    public async Task Too_much_memory_ends_the_tree()
    {
        var end = await Run("head -c 300m /dev/zero | tail -c 299m & wait; sleep 600", new() { MemoryBytes = 100_000_000 });
        Assert.Equal(ProcessLimits.Memory, end.Limit);
        Assert.True(end.Usage!.PeakMemoryBytes > 90_000_000, $"peak {end.Usage.PeakMemoryBytes}");
    }

    [Fact]
    public async Task Too_much_CPU_time_of_all_its_processes_together_ends_the_tree()
    {
        var end = await Run("(while :; do :; done) & while :; do :; done", new() { CpuMilliseconds = 300 });
        Assert.Equal(ProcessLimits.Cpu, end.Limit);
        Assert.InRange(end.Usage!.UserMilliseconds + end.Usage.SystemMilliseconds, 250, 20_000);
    }

    [Fact]
    public async Task Too_many_processes_end_the_tree()
    {
        var end = await Run("for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; wait", new() { Processes = 5 });
        Assert.Equal(ProcessLimits.Process, end.Limit);
        Assert.Equal("SIGKILL", end.Signal);
    }

    [Fact]
    public async Task What_doubles_and_doubles_again_ends()
    {
        // Bounded, in case the limit should fail: 127 processes.
        const string Doubling = "double() { if [ $1 -gt 0 ]; then double $(($1 - 1)) & double $(($1 - 1)) & fi; sleep 600; }; double 6";
        var end = await Run(Doubling, new() { Processes = 20 });
        Assert.Equal(ProcessLimits.Process, end.Limit);
    }

    [Fact]
    public async Task Too_much_output_is_cut_at_the_limit_and_ends_the_tree()
    {
        var end = await Run("yes & yes >&2; wait", new() { OutputBytes = 100_000 });
        Assert.Equal(ProcessLimits.Output, end.Limit);
        Assert.Equal(100_000, harness.Output.Stdout.Length + harness.Output.Stderr.Length);
    }

    [Fact]
    public async Task Below_its_limits_a_program_ends_as_it_will()
    {
        var limits = new ProcessLimits { MemoryBytes = 1L << 34, Processes = 1000, CpuMilliseconds = 60_000, OutputBytes = 3 };
        var end = await Run("echo ok; sleep 0.3; exit 4", limits);
        Assert.Equal(4, end.ExitCode);
        Assert.Null(end.Limit);
        Assert.Null(end.Tree);
        Assert.Equal("ok\n", harness.Output.Text);
    }

    [Fact]
    public async Task What_it_used_is_told()
    {
        // More than this test process itself: less can't be told from it.
        var own = Process.GetCurrentProcess().PeakWorkingSet64;
        var bytes = own + (96L << 20);
        var end = await harness.Run(harness.Shell(
            $"head -c {bytes} /dev/zero | tail -c {bytes - 1} > /dev/null; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"));
        Assert.Equal(0, end.ExitCode);
        Assert.InRange(end.Usage!.UserMilliseconds + end.Usage.SystemMilliseconds, 20, 60_000);
        Assert.True(end.Usage.PeakMemoryBytes > own + 70_000_000, $"peak {end.Usage.PeakMemoryBytes} from {end.Usage.MemoryFrom}");
        Assert.Equal(CgroupRoot.Current is null ? "rusage" : "cgroup", end.Usage.CpuFrom);
    }

    [Fact]
    public async Task The_memory_of_the_worker_itself_is_not_told_as_the_programs()
    {
        var end = await harness.Run(harness.Shell("true"));
        Assert.InRange(end.Usage!.PeakMemoryBytes, 0, 20_000_000);
    }

    [Theory]
    [InlineData(101, 100, 101), InlineData(100, 100, 0), InlineData(7, 100, 0)]
    public void Only_a_peak_above_the_starters_own_says_something(long peak, long starters, long reported)
    {
        var usage = new ProcessUsage().WithPeak(peak, starters);
        Assert.Equal((reported, reported > 0 ? "rusage" : null), (usage.PeakMemoryBytes, usage.MemoryFrom));
    }

    [Fact]
    public void The_first_limit_that_is_exceeded_counts_and_what_is_reached_is_not_exceeded()
    {
        var limits = new ProcessLimits { MemoryBytes = 10, Processes = 2, CpuMilliseconds = 100 };
        Assert.Null(new TreeLoad(2, 10, 60, 40).FindExceededLimit(limits));
        Assert.Equal(ProcessLimits.Memory, new TreeLoad(3, 11, 100, 1).FindExceededLimit(limits));
        Assert.Equal(ProcessLimits.Process, new TreeLoad(3, 10, 100, 1).FindExceededLimit(limits));
        Assert.Equal(ProcessLimits.Cpu, new TreeLoad(2, 10, 100, 1).FindExceededLimit(limits));
        Assert.Null(new TreeLoad(9, 99, 999, 999).FindExceededLimit(new ProcessLimits()));
    }

    [Fact]
    public void The_lower_of_two_limits_holds()
    {
        var task = new ProcessLimits { MemoryBytes = 5, CpuMilliseconds = 9 };
        var owner = new ProcessLimits { MemoryBytes = 7, CpuMilliseconds = 3, Processes = 2 };
        Assert.Equal(new ProcessLimits { MemoryBytes = 5, CpuMilliseconds = 3, Processes = 2 }, ProcessLimits.GetStricter(task, owner));
        Assert.Equal(owner, ProcessLimits.GetStricter(null, owner));
        Assert.Null(ProcessLimits.GetStricter(null, null));
    }

    [Fact]
    public void A_process_is_read_from_its_two_lines()
    {
        var load = TreeLoad.Parse("42 (a b) R 7 8 9 0 -1 0 0 0 0 0 100 20 30 4 20 0 1 0 12345 0 0", "900 50 10 1 0 5 0");
        Assert.Equal(new TreeLoad(1, 40L * Environment.SystemPageSize, 1300, 240), load);
    }
}
