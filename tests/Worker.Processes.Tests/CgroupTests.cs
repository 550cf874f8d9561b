using System.Globalization;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Cgroups;

namespace OpenClaw.Worker.Processes.Tests;

/// <summary>
/// Where this machine lets us make control groups the group is proved, where it does not, that the worker does without: the end says
/// which it was.
/// </summary>
public sealed class CgroupTests : IDisposable
{
    private readonly ProcessHarness harness = new();

    public void Dispose() => harness.Dispose();

    [Fact]
    public async Task What_drops_its_environment_parent_and_session_is_ended_where_there_are_groups()
    {
        const string Escape = "setsid env -i /bin/sh -c 'sleep 600 & echo $! > child; sleep 600' & sleep 0.2; exec sleep 600";
        var run = harness.Run(harness.Shell(Escape));
        var child = int.Parse(await harness.LineOf("child"), CultureInfo.InvariantCulture);
        // The parent of the sleeper goes, and with it the last trace but the group.
        harness.Stop.Request(StopReason.Cancel);
        var end = await run;
        Assert.Equal(CgroupRoot.Current is null ? "scan" : "cgroup", end.HeldBy);
        Assert.Equal(0, end.Tree!.Value.Survivors);
        if (CgroupRoot.Current is not null)
            await Until.True(() => !Runs(child), "the one that escaped every scan has ended");
        else if (Runs(child))
            Assert.Equal(0, Native.Kill(child, Native.SigKill));
    }

    [Fact]
    public async Task A_group_is_given_back_when_the_task_has_ended_and_when_what_it_left_behind_has()
    {
        if (CgroupRoot.Current is not { } place)
        {
            Assert.Equal("scan", (await harness.Run(harness.Shell("true"))).HeldBy);
            return;
        }
        var mine = CgroupRoot.Prefix + harness.Environment[ProcessMarker.TaskVariable] + ".*";
        await harness.Run(harness.Shell("true"));
        Assert.Empty(Directory.EnumerateDirectories(place.Folder, mine));
        await harness.Run(harness.Shell("nohup sleep 600 >/dev/null 2>&1 & echo $! > child"));
        Assert.Single(Directory.EnumerateDirectories(place.Folder, mine));
        Native.Kill(int.Parse(await harness.LineOf("child"), CultureInfo.InvariantCulture), Native.SigKill);
        await Until.True(
            () =>
            {
                ChildReaper.ReapOrphans();
                return !Directory.EnumerateDirectories(place.Folder, mine).Any();
            },
            "the group is gone");
    }

    [Fact]
    public async Task What_an_attempt_of_a_dead_daemon_left_is_ended_by_its_group()
    {
        var task = harness.Environment[ProcessMarker.TaskVariable];
        await harness.Run(harness.Shell("setsid env -i /bin/sh -c 'sleep 600 & echo $! > child; wait' >/dev/null 2>&1 &"));
        var child = int.Parse(await harness.LineOf("child"), CultureInfo.InvariantCulture);
        var end = await OrphanProcesses.EndAll(task, 1, 0, 0, TimeSpan.FromSeconds(1), TimeProvider.System);
        Assert.Equal(0, end.Survivors);
        if (CgroupRoot.Current is not null)
            await Until.True(() => !Runs(child), "it has ended");
        else
        {
            // No scan finds it: nothing of the attempt is left on it.
            Assert.Equal((0, true), (end.Killed, Runs(child)));
            Assert.Equal(0, Native.Kill(child, Native.SigKill));
        }
    }

    [Fact]
    public async Task Empty_groups_that_a_killed_daemon_left_are_removed_and_nothing_else()
    {
        if (CgroupRoot.Current is not { } place)
        {
            // Folders that only have the name of a group are somebody's.
            var alike = Directory.CreateDirectory(harness.PathOf("openclaw-a.1.1")).FullName;
            Assert.Equal((0, 0),
                (AbandonedCgroups.RemoveAll(DateTimeOffset.MaxValue), AbandonedCgroups.RemoveAll(harness.Folder, DateTimeOffset.MaxValue)));
            Assert.True(Directory.Exists(alike));
            Assert.Equal("scan", (await harness.Run(harness.Shell("true"))).HeldBy);
            return;
        }
        // A folder of its own: other daemons' groups are here, too.
        var folder = Directory.CreateDirectory(Path.Combine(place.Folder, $"{CgroupRoot.Prefix}test-{Guid.NewGuid():N}")).FullName;
        string Group(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var (old, inner, used, leaf, foreign) =
            (Group("openclaw-a.1.1"), Group("openclaw-a.1.1/inner"), Group("openclaw-b.1.1/inner"), Group(CgroupRoot.DaemonLeaf),
                Group("somebody"));
        var now = TimeProvider.System.GetUtcNow();
        var run = harness.Run(harness.Shell("echo $$ > pid; exec sleep 600"));
        var pid = await harness.LineOf("pid");
        await File.WriteAllTextAsync(Path.Combine(used, "cgroup.procs"), pid);
        try
        {
            Assert.Equal(0, AbandonedCgroups.RemoveAll(folder, now));
            Assert.Equal(1, AbandonedCgroups.RemoveAll(folder, now.AddMinutes(2)));
            Assert.Equal((false, false, true, true, true),
                (Directory.Exists(old), Directory.Exists(inner), Directory.Exists(used), Directory.Exists(leaf),
                    Directory.Exists(foreign)));
        }
        finally
        {
            Native.Kill(int.Parse(pid, CultureInfo.InvariantCulture), Native.SigKill);
            await run;
            Directory.Delete(foreign);
            await Until.True(() => TaskCgroup.TryRemove(folder), "the folder is gone");
        }
    }

    [Theory]
    [InlineData("0::/user.slice/a.service\n", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "/sys/fs/cgroup/user.slice/a.service")]
    [InlineData("4:memory:/x\n0::/\n", "41 1 0:30 / /sys/fs/cgroup/unified rw shared:1 - cgroup2 none rw", "/sys/fs/cgroup/unified")]
    [InlineData("0::/docker/ab/c\n", "41 1 0:30 /docker/ab /sys/fs/cgroup rw - cgroup2 none rw", "/sys/fs/cgroup/c")]
    [InlineData("0::/../other\n", "41 1 0:30 / /sys/fs/cgroup rw - cgroup2 none rw", null)]
    [InlineData("4:memory:/x\n", "41 1 0:30 / /sys/fs/cgroup rw - cgroup2 none rw", null)]
    [InlineData("0::/a\n", "41 1 0:30 / /sys/fs/cgroup/memory rw - cgroup none rw,memory", null)]
    public void The_folder_of_a_process_is_found(string cgroup, string mounts, string? folder) =>
        Assert.Equal(folder, CgroupRoot.ParseFolder(cgroup, mounts));

    private static bool Runs(int pid) => Worker.Processes.Unix.Trees.ProcessTable.Read(pid) is { Zombie: false };
}
