using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>What executors may count on is the same with a supervisor between.</summary>
public sealed class SupervisedTests : IAsyncLifetime
{
    private WorkerHarness worker = null!;
    private FakeGateway Gateway => worker.Gateway;

    public async Task InitializeAsync()
    {
        worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { Supervisor = [Repository.Program("Worker", "openclaw-worker")], OutputKept = 300_000 };
        worker.Go();
    }

    public async Task DisposeAsync() => await worker.DisposeAsync();

    [Fact]
    public async Task Exit_code_streams_input_and_environment_come_through()
    {
        var id = Gateway.Submit("command", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["argv"] = new[] { "/bin/sh", "-c", "cat; echo $OPENCLAW_TASK_ID >&2; exit 5" }, ["stdin"] = "typed in",
        }));
        var attempt = await Gateway.Ended(id);
        Assert.Equal("typed in", attempt.Text);
        Assert.Equal(attempt.Offer.TaskId + "\n", System.Text.Encoding.UTF8.GetString(attempt.Stderr));
        Assert.Equal(("failed", 5, "exit-code"), (attempt.Results[0].Outcome, attempt.Results[0].ExitCode, attempt.Results[0].Reason));
    }

    [Fact]
    public async Task A_signal_and_a_program_that_is_not_there_are_told_as_they_are()
    {
        var killed = Gateway.Command("kill -9 $$");
        var absent = Gateway.Submit("command", """{"argv":["/nowhere/at-all"]}""");
        Assert.Equal("SIGKILL", (await Gateway.Ended(killed)).Results[0].Signal);
        var result = (await Gateway.Ended(absent)).Results[0];
        Assert.Equal(("failed", "could-not-start"), (result.Outcome, result.Reason));
        Assert.Contains("/nowhere/at-all", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_output_is_live()
    {
        var id = Gateway.Command($"echo first; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo last");
        await Gateway.Until(g => g.Attempt(id).Text == "first\n", "the first line, while it runs");
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal("first\nlast\n", (await Gateway.Ended(id)).Text);
    }

    [Fact]
    public async Task A_timeout_ends_its_whole_tree_and_silence_too()
    {
        var timeout = Gateway.Command("setsid sleep 600 & (sh -c 'sleep 600 &' &); sleep 600", timeout: 5000, killGrace: 1000);
        var silence = Gateway.Command("sleep 600", silence: 1000, killGrace: 1000);
        var result = (await Gateway.Ended(timeout)).Results[0];
        Assert.Equal(("timed_out", "timeout"), (result.Outcome, result.Reason));
        Assert.Equal(0, result.Metadata!.Value.GetProperty("survivors").GetInt32());
        Assert.InRange(result.Metadata.Value.GetProperty("killed").GetInt32(), 3, 10);
        Assert.Equal(("timed_out", "silence"),
            ((await Gateway.Ended(silence)).Results[0].Outcome, Gateway.Attempt(silence).Results[0].Reason));
    }

    [Fact]
    public async Task Of_more_output_than_is_kept_head_and_tail_come_and_counts_and_digest_are_of_all()
    {
        var hang = true;
        Gateway.Fault = call => call.Name == "output" && Volatile.Read(ref hang) ? CallFault.Unavailable : CallFault.None;
        var id = Gateway.Command($"echo head; head -c 9000000 /dev/zero; echo tail; touch {worker.PathOf("done")}");
        await Until.True(() => File.Exists(worker.PathOf("done")), "it has printed");
        Volatile.Write(ref hang, false);
        var attempt = await Gateway.Ended(id);
        Assert.StartsWith("head\n", attempt.Text, StringComparison.Ordinal);
        Assert.EndsWith("tail\n", attempt.Text, StringComparison.Ordinal);
        Assert.Contains(" bytes cut ...]", attempt.Text, StringComparison.Ordinal);
        Assert.InRange(attempt.Stdout.Length, 300_000, 2_000_000);
        Assert.Equal(9_000_010, attempt.Results[0].StdoutBytes);
        byte[] all = [.. "head\n"u8, .. new byte[9_000_000], .. "tail\n"u8];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(all)), attempt.Results[0].StdoutSha256);
    }

    [Fact]
    public async Task A_supervisor_under_which_something_was_left_running_serves_no_other_task()
    {
        var first = await RunCommand("nohup sleep 600 >/dev/null 2>&1 & echo $!; echo $PPID");
        var left = int.Parse(first.Split('\n')[0], CultureInfo.InvariantCulture);
        Assert.NotEqual(first.Split('\n')[1] + "\n", await RunCommand("echo $PPID"));
        Assert.True(ProcessTable.Read(left) is { Zombie: false }, "what it left is nobody else's to end");
        Native.Kill(left, Native.SigKill);
    }

    [Fact]
    public async Task A_file_task_needs_none()
    {
        await File.WriteAllTextAsync(worker.PathOf("x"), "content");
        var id = Gateway.Submit("file-read", JsonSerializer.Serialize(new Dictionary<string, string> { ["path"] = worker.PathOf("x") }));
        Assert.Equal("content", (await Gateway.Ended(id)).Text);
    }

    [Fact]
    public async Task The_supervisors_see_no_token_and_leave_nothing_behind()
    {
        var id = Gateway.Command("tr '\\0' '\\n' < /proc/$PPID/environ");
        var attempt = await Gateway.Ended(id);
        Assert.DoesNotContain("WORKER_", attempt.Text, StringComparison.Ordinal);
        Assert.Contains("DOTNET_gcConcurrent=0", attempt.Text, StringComparison.Ordinal);
        await Until.True(() => !Directory.EnumerateFileSystemEntries(Path.Combine(worker.Home, "attempts")).Any(), "nothing is left");
    }

    /// <summary>What it prints, once nothing of the attempt is needed any more: then its supervisor is free.</summary>
    private async Task<string> RunCommand(string command)
    {
        var attempt = await Gateway.Ended(Gateway.Command(command));
        Assert.Equal("succeeded", attempt.Results[0].Outcome);
        await Until.True(() => !Directory.EnumerateFileSystemEntries(Path.Combine(worker.Home, "attempts")).Any(), "it is finished with");
        return attempt.Text;
    }
}
