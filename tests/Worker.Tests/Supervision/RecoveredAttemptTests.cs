using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>kill -9 of the daemon while a task runs, and the one that comes after it.</summary>
public sealed class RecoveredAttemptTests
{
    [Fact]
    public async Task A_task_survives_its_daemon_and_the_next_one_reports_it_whole()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running(
            $"echo before; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo after >&2; echo last; exit 3");
        await worker.Gateway.Until(g => g.Attempt(id).Text == "before\n", "its first line is there");
        await worker.Kill();
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        Assert.Equal([id], worker.Gateway.Opened!.Held!);
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal("before\nlast\n", attempt.Text);
        Assert.Equal("after\n"u8.ToArray(), attempt.Stderr);
        var result = Assert.Single(attempt.Results);
        Assert.Equal(("failed", 3, 12L), (result.Outcome, result.ExitCode, result.StdoutBytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(attempt.Stdout)), result.StdoutSha256);
        Assert.Equal(1, worker.Starts());
        Assert.Equal(1, worker.Gateway.Count("start"));
        await Until.True(() => !Directory.EnumerateFileSystemEntries(Path.Combine(worker.Home, "attempts")).Any(), "nothing of it is left");
    }

    /// <summary>A further program of the attempt had nothing left of its time-out, and was ended at once.</summary>
    [Fact]
    public async Task A_clock_that_was_set_forward_while_no_daemon_was_there_makes_a_task_no_older()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running("sleep 600");
        await worker.Kill();
        worker.SetClockForward(id, TimeSpan.FromHours(2));
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        var terminal = new TypedTerminal();
        Assert.Equal(VerbExit.Done, await terminal.Type("status", "--json", "--home", worker.Home));
        var task = Assert.Single(JsonElement.Parse(terminal.Out).GetProperty("tasks").EnumerateArray());
        Assert.InRange(task.GetProperty("forMs").GetInt64(), 0, 600_000);
    }

    [Fact]
    public async Task Status_counts_the_time_a_task_ran_under_the_daemon_before()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running("sleep 600");
        await worker.Kill();
        worker.Age(id, TimeSpan.FromMinutes(2));
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        var terminal = new TypedTerminal();
        Assert.Equal(VerbExit.Done, await terminal.Type("status", "--json", "--home", worker.Home));
        var task = Assert.Single(JsonElement.Parse(terminal.Out).GetProperty("tasks").EnumerateArray());
        Assert.InRange(task.GetProperty("forMs").GetInt64(), 120_000, 600_000);
    }

    [Fact]
    public async Task A_task_that_ended_while_no_daemon_was_there_is_reported_with_its_own_end()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running($"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; head -c 300000 /dev/zero; exit 9");
        await worker.Kill();
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        await Until.True(() => !worker.ProgramLives(), "it has ended");
        await Until.True(() => !SupervisorsOf(worker).Any(), "its supervisor has gone too");
        worker.Go();
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(9, Assert.Single(attempt.Results).ExitCode);
        Assert.Equal(300_000, attempt.Stdout.Length);
    }

    [Fact]
    public async Task A_task_under_a_supervisor_that_had_served_another_survives_its_daemon_too()
    {
        await using var worker = await WorkerProcess.Start();
        var served = new HashSet<string>(StringComparer.Ordinal);
        async Task<(string Id, string Supervisor)> Task(int number)
        {
            var begun = worker.Gateway.Command($"echo $PPID; while [ ! -e {worker.PathOf("go")}{number} ]; do sleep 0.05; done; exit 4");
            await worker.Gateway.Until(g => g.Attempt(begun).Text.EndsWith('\n'), "it runs");
            return (begun, worker.Gateway.Attempt(begun).Text);
        }
        // One that does not rest yet when the next task comes does not get it: then another begins.
        var (last, (id, supervisor)) = (0, await Task(0));
        while (served.Add(supervisor))
        {
            await File.WriteAllTextAsync(worker.PathOf($"go{last}"), "");
            await worker.Gateway.Ended(id);
            await Until.True(() => !Directory.EnumerateFileSystemEntries(Path.Combine(worker.Home, "attempts")).Any(),
                "it is finished with");
            Assert.InRange(last, 0, 20);
            (id, supervisor) = await Task(++last);
        }
        await worker.Kill();
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        await File.WriteAllTextAsync(worker.PathOf($"go{last}"), "");
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal((supervisor, 4), (attempt.Text, Assert.Single(attempt.Results).ExitCode));
        await Until.True(() => !SupervisorsOf(worker).Any(), "for a daemon that did not start it, it serves once");
    }

    [Fact]
    public async Task A_daemon_killed_before_the_servers_yes_has_run_nothing_and_the_task_runs_once_after()
    {
        await using var worker =
            await WorkerProcess.Start(g => g.Fault = c => c is { Name: "start", Number: 1 } ? CallFault.Hang : CallFault.None);
        var id = worker.Gateway.Command($"echo $$ >> {worker.PathOf("witness")}");
        await worker.Gateway.Until(g => g.Count("start") == 1, "it asks to start");
        await worker.Kill();
        worker.Go();
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
        Assert.Equal(1, worker.Starts());
    }

    [Fact]
    public async Task A_task_survives_one_daemon_after_another()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running(
            $"for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done");
        for (var kill = 2; kill < 5; kill++)
        {
            await worker.Kill();
            worker.Go();
            await worker.Gateway.Until(g => g.Sessions == kill, "the next daemon is there");
        }
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal("1\n2\n3\n4\n5\n6\n", attempt.Text);
        Assert.Equal("succeeded", Assert.Single(attempt.Results).Outcome);
        Assert.Equal(1, worker.Starts());
    }

    [Fact]
    public async Task What_it_printed_has_the_times_it_was_printed_at()
    {
        await using var worker = await WorkerProcess.Start(g => g.Fault = c => c.Name == "output" ? CallFault.Unavailable : CallFault.None);
        var id = await worker.Running($"echo first; sleep 2; echo second >&2; sleep 3; touch {worker.PathOf("later")}");
        await worker.Kill();
        await Until.True(() => File.Exists(worker.PathOf("later")), "it has printed long ago");
        worker.Gateway.Fault = _ => CallFault.None;
        worker.Go();
        var chunks = (await worker.Gateway.Ended(id)).Chunks;
        var (first, second) = (Assert.Single(chunks, chunk => chunk.Stream == "stdout"),
            Assert.Single(chunks, chunk => chunk.Stream == "stderr"));
        // Replayed at once they would be next to each other; a supervisor on a busy machine may read the first somewhat late.
        Assert.True(second.Elapsed - first.Elapsed >= 1000, $"{first.Elapsed} ms, {second.Elapsed} ms");
    }

    [Fact]
    public async Task The_owners_own_timeout_of_a_kind_ends_it_with_no_daemon_there()
    {
        await using var worker = await WorkerProcess.Prepare();
        worker.Go(
            $$"""
            { "kinds": { "render": {
              "program": ["/bin/sh", "-c", "echo $$ >> {{worker.PathOf("witness")}}; sleep 600"], "timeout": 6000 } } }
            """);
        var id = worker.Gateway.Submit("render", "{}", timeout: 60_000, killGrace: 1000);
        await Until.True(() => worker.Starts() > 0, "it runs");
        await worker.Kill();
        await Until.True(() => !worker.ProgramLives(), "its time is over");
        worker.Go();
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("timed_out", "timeout"), (result.Outcome, result.Reason));
        Assert.Equal(0, result.Metadata!.Value.GetProperty("survivors").GetInt32());
    }

    [Fact]
    public async Task Its_timeout_ends_it_with_no_daemon_there()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running("sleep 600 & sleep 600", timeout: 6000);
        await worker.Kill();
        await Until.True(() => !worker.ProgramLives(), "its time is over");
        worker.Go();
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("timed_out", "timeout"), (result.Outcome, result.Reason));
        Assert.Equal(0, result.Metadata!.Value.GetProperty("survivors").GetInt32());
    }

    [Fact]
    public async Task Where_another_attempt_may_follow_it_ends_with_its_lease_though_no_daemon_is_there()
    {
        await using var worker = await WorkerProcess.Start(g => (g.Lease, g.HeartbeatEvery) = (6000, 300));
        var id = await worker.Running("sleep 600", endsWithLease: true);
        await worker.Kill();
        await Until.True(() => !worker.ProgramLives(), "its lease ran out");
        worker.Go();
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("lost", "lease-ran-out"), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task While_its_lease_is_renewed_it_goes_on_past_it()
    {
        await using var worker = await WorkerProcess.Start(g => (g.Lease, g.HeartbeatEvery) = (6000, 200));
        var id = await worker.Running("sleep 8; echo whole", endsWithLease: true);
        Assert.Equal("whole\n", (await worker.Gateway.Ended(id)).Text);
    }

    [Fact]
    public async Task A_cancel_reaches_a_task_that_was_taken_up()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running("setsid sleep 600 & sleep 600");
        await worker.Kill();
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        worker.Gateway.Cancel(id);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal("cancelled", result.Outcome);
        Assert.Equal(0, result.Metadata!.Value.GetProperty("survivors").GetInt32());
        Assert.False(worker.ProgramLives());
    }

    [Fact]
    public async Task A_task_whose_supervisor_is_killed_is_lost_and_nothing_of_it_is_left()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running("sleep 600");
        Assert.Equal(0, Native.Kill(Assert.Single(SupervisorsOf(worker)), Native.SigKill));
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("lost", "supervisor-lost"), (result.Outcome, result.Reason));
        Assert.False(worker.ProgramLives());
    }

    [Fact]
    public async Task With_daemon_and_supervisor_killed_it_is_not_named_and_its_program_is_ended_before_the_session_opens()
    {
        await using var worker = await WorkerProcess.Start();
        await worker.Running("sleep 600");
        var supervisor = Assert.Single(SupervisorsOf(worker));
        await worker.Kill();
        Assert.Equal(0, Native.Kill(supervisor, Native.SigKill));
        await Until.True(() => ProcessTable.Read(supervisor) is not { Zombie: false }, "the supervisor has gone");
        var livedWhenOpened = true;
        worker.Gateway.Fault = call =>
        {
            if (call.Name == "session") livedWhenOpened = worker.ProgramLives();
            return CallFault.None;
        };
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        Assert.Empty(worker.Gateway.Opened!.Held!);
        Assert.False(livedWhenOpened);
    }

    [Fact]
    public async Task What_was_printed_while_the_server_was_away_comes_whole_when_it_is_back()
    {
        await using var worker =
            await WorkerProcess.Start(g => g.Fault = c => c.Name is "output" or "result" ? CallFault.Unavailable : CallFault.None);
        var id = await worker.Running("head -c 12000000 /dev/zero | tr '\\0' x; echo end");
        await Until.True(() => !worker.ProgramLives(), "it has ended");
        await worker.Kill();
        worker.Gateway.Fault = _ => CallFault.None;
        worker.Go();
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(12_000_004, attempt.Stdout.Length);
        Assert.EndsWith("xend\n", attempt.Text, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(attempt.Stdout)), attempt.Results[0].StdoutSha256);
    }

    private static IEnumerable<int> SupervisorsOf(WorkerProcess worker) => ProcessTable.Read()
        .Where(entry => !entry.Zombie && Arguments(entry.Pid).EndsWith("supervise", StringComparison.Ordinal) && LogOf(entry.Pid, worker))
        .Select(entry => entry.Pid);

    private static string Arguments(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline")).TrimEnd('\0');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>It has the run log of this test's worker open, and of no other's.</summary>
    private static bool LogOf(int pid, WorkerProcess worker)
    {
        try
        {
            return new DirectoryInfo($"/proc/{pid}/fd").EnumerateFiles()
                .Any(file => file.ResolveLinkTarget(false)?.FullName.StartsWith(worker.Home, StringComparison.Ordinal) == true);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
