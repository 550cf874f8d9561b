using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Cgroups;

namespace OpenClaw.Worker.Processes.Tests;

public sealed class SpawnGateTests : IDisposable
{
    private readonly ProcessHarness harness = new();
    private readonly SpawnGate gate = SpawnGate.TryCreate()!;

    public void Dispose()
    {
        harness.Dispose();
        gate.Dispose();
    }

    /// <summary>Twice: the kernel forgets with each lease which signal it is to send, and the usual one would end us.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_program_runs_nothing_before_the_gate_opens(int times)
    {
        for (; times > 1; times--)
        {
            Assert.True(gate.TryLock());
            gate.Unlock();
        }
        Assert.True(gate.TryLock());
        var (spawned, child) = await Waiting();
        Assert.False(File.Exists(harness.PathOf("ran")));
        gate.Unlock();
        var (errno, pid) = await spawned;
        Assert.Equal((0, child), (errno, pid));
        await harness.LineOf("ran");
        ChildReaper.ReleaseTracked(pid);
    }

    /// <summary>As a FIFO held it, such a child waited for ever with the pipes of a daemon that was killed.</summary>
    [Fact]
    public async Task The_child_of_a_spawner_that_died_at_the_gate_ends_and_has_run_nothing()
    {
        Assert.True(gate.TryLock());
        var (spawned, child) = await Waiting();
        gate.Dispose();
        var (errno, _) = await spawned;
        Assert.NotEqual(0, errno);
        await Until.True(() => !Directory.Exists($"/proc/{child}"), "the child has ended");
        Assert.False(File.Exists(harness.PathOf("ran")));
    }

    /// <summary>A spawn that has come as far as the gate, and its child.</summary>
    private async Task<(Task<(int Errno, int Pid)> Spawned, int Child)> Waiting()
    {
        var thread = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var spawned = Task.Factory.StartNew(() =>
        {
            thread.SetResult(SpawnGate.ThisThread);
            var errno = ChildReaper.StartTracked(
                (out int id) => PosixSpawn.Start("/bin/sh", harness.Shell("echo yes > ran"), new ChildEnds(-1, 1, 2, Gate: gate), out id),
                out var pid);
            return (errno, pid);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var spawner = await thread.Task;
        await Until.True(() => SpawnGate.FindChildren(spawner) is [_], "the child waits");
        return (spawned, SpawnGate.FindChildren(spawner)![0]);
    }
}
