using System.Globalization;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;
using Xunit.Abstractions;

namespace OpenClaw.EndToEnd.Tests.Crash;

/// <summary>kill -9 of the daemon alone, again and again: what it ran goes on, and is told truly.</summary>
public sealed class WorkerKillTests(ITestOutputHelper output)
{
    /// <summary>Seconds; worker-kills.sh sets it for the long run by hand.</summary>
    private const string Length = "OPENCLAW_WORKER_KILLS_FOR";

    /// <summary>A kill may fall between the server's yes and the spawn: then the task is lost. That is a few ms of its 1 to 30 s.</summary>
    private const double SurviveAtLeast = 0.9;

    [Fact]
    public async Task Killed_every_few_seconds_the_worker_starts_nothing_twice_tells_nothing_untrue_and_its_tasks_survive()
    {
        var seconds = int.Parse(Environment.GetEnvironmentVariable(Length) ?? "30", CultureInfo.InvariantCulture);
        var seed = Environment.TickCount;
        using var folder = new TemporaryFolder();
        var run = new WorkerKillRun(folder.Path, seed, TimeSpan.FromSeconds(seconds));
        await run.Run();

        var evidence = run.Evidence;
        Report(run, seed);
        Assert.Equal([], Checker.Violations(evidence).Select(v => $"seed {seed}: {v}"));
        Assert.All(evidence.Witness.Where(line => line.IsStart).GroupBy(line => line.Key), starts => Assert.Single(starts));
        Assert.True(run.Hit.Count >= evidence.Faults.Count, "Most kills hit nothing: nothing is proved.");
        Assert.True(Survived(run) >= SurviveAtLeast * run.Hit.Count, $"seed {seed}: {Survived(run)} of {run.Hit.Count} survived");
    }

    /// <summary>Of the tasks a kill hit, those that ended as their command did.</summary>
    private static int Survived(WorkerKillRun run)
    {
        var ids = run.Evidence.Accepted.ToDictionary(task => task.Key, task => task.Task);
        var states = run.Evidence.Rows.ToDictionary(row => row.Task, row => row.State);
        return run.Hit.Count(hit => states[ids[hit.Key]] is "succeeded" or "failed");
    }

    private void Report(WorkerKillRun run, int seed)
    {
        var evidence = run.Evidence;
        output.WriteLine($"seed {seed}: {evidence.Faults.Count} kills, {evidence.Accepted.Count} tasks, "
            + $"{evidence.Witness.Count(line => line.IsStart)} spawns; {run.Hit.Count} times a kill hit a running task, "
            + $"{Survived(run)} of them survived it");
        foreach (var group in evidence.Rows.CountBy(row => row.State)) output.WriteLine($"  {group.Key}: {group.Value}");
        foreach (var line in run.Said.Where(line => line.Contains("left by a worker before", StringComparison.Ordinal)))
            output.WriteLine("  " + line);
        foreach (var reason in evidence.Audit.Where(t => t.State == "lost").CountBy(t => t.What))
            output.WriteLine($"  lost by {reason.Key}: {reason.Value}");
    }
}
