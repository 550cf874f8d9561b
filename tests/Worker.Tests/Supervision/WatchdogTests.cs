using System.Globalization;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Processes.Supervision.Logs;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>kill -9 of daemon and supervisor together, and no daemon comes back: the next attempt may begin on another PC.</summary>
public sealed class WatchdogTests
{
    /// <summary>With the children that left its session, and those that don't end at a SIGTERM.</summary>
    [Fact]
    public async Task Where_another_attempt_may_follow_a_program_ends_when_daemon_and_supervisor_are_killed()
    {
        await using var worker = await WorkerProcess.Start();
        await worker.Running(
            $"setsid sh -c 'trap \"\" TERM; echo $$ > {worker.PathOf("left")}; while :; do sleep 0.2; done' & wait", endsWithLease: true);
        await Until.True(() => Number(worker.PathOf("left")) is not null, "its child runs");
        await KillBoth(worker);
        var left = Number(worker.PathOf("left"))!.Value;
        await Until.True(() => !worker.ProgramLives() && ProcessTable.Read(left) is not { Zombie: false }, "all of it ends");
    }

    /// <summary>An update that went wrong: there is no file any more that could look for the whole tree.</summary>
    [Fact]
    public async Task It_ends_also_where_the_workers_file_is_gone()
    {
        using var folder = new TemporaryFolder();
        await using var worker = await WorkerProcess.Prepare();
        var program = folder.File("bin");
        Assert.Equal(0, (await Command.Run("/bin/cp", ["-R", Path.GetDirectoryName(worker.Program)!, program])).ExitCode);
        worker.Program = Path.Combine(program, "openclaw-worker");
        worker.Go();
        var id = await worker.Running("sleep 600 & sleep 600", endsWithLease: true);
        // Without the file only its process is known, and the watchdog is told that before the log is.
        await Until.True(() => LogNamesProgram(worker, id), "its supervisor knows that it runs");
        File.Delete(worker.Program);
        await KillBoth(worker);
        await Until.True(() => !worker.ProgramLives(), "it ends");
    }

    /// <summary>Its only attempt: nothing takes its place, and the next daemon finds it.</summary>
    [Fact]
    public async Task A_program_whose_task_has_no_other_attempt_has_no_watchdog()
    {
        await using var worker = await WorkerProcess.Start();
        await worker.Running("sleep 600");
        var supervisor = SupervisorOf(worker);
        Assert.Equal([worker.ProgramId()], ProcessTable.Read().Where(entry => entry.Parent == supervisor).Select(entry => entry.Pid));
    }

    [Fact]
    public async Task What_a_program_leaves_running_at_its_normal_end_is_left_and_no_watchdog_stays()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running(
            $"nohup setsid sleep 600 >/dev/null 2>&1 & echo $! > {worker.PathOf("left")}; while [ ! -e {worker.PathOf("go")} ]; "
                + "do sleep 0.05; done",
            endsWithLease: true);
        var supervisor = SupervisorOf(worker);
        await Until.True(() => ProcessTable.Read().Count(entry => entry.Parent == supervisor) == 2, "program and watchdog run");
        var children = ProcessTable.Read().Where(entry => entry.Parent == supervisor).ToArray();
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
        await Until.True(() => children.All(child => ProcessTable.Read(child.Pid) is not { } now || now.Start != child.Start),
            "both have gone");
        var left = Number(worker.PathOf("left"))!.Value;
        Assert.True(ProcessTable.Read(left) is { Zombie: false }, "what it left runs on");
        Native.Kill(left, Native.SigKill);
    }

    /// <summary>The daemon is stopped first, or it would see that the supervisor has gone, and end the program itself.</summary>
    private static async Task KillBoth(WorkerProcess worker)
    {
        var supervisor = SupervisorOf(worker);
        await worker.Stop();
        Assert.Equal(0, Native.Kill(supervisor, Native.SigKill));
        await worker.Kill();
    }

    private static int SupervisorOf(WorkerProcess worker) => ProcessTable.Read(worker.ProgramId())!.Value.Parent;

    private static bool LogNamesProgram(WorkerProcess worker, string attemptId)
    {
        using var file = File.OpenHandle(
            Path.Combine(worker.Home, "attempts", attemptId, "run-0"), FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete);
        var reader = new RunLogReader(file);
        while (reader.ReadNext(RandomAccess.GetLength(file)) is { } record)
        {
            if (record.Type == RunLog.Program) return true;
        }
        return false;
    }

    /// <summary>Null: it is not written yet.</summary>
    private static int? Number(string path) =>
        File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;
}
