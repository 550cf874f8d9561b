using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Tests.Cli;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Supervision;

namespace OpenClaw.Worker.Tests.Approvals;

/// <summary>A task of the same user has the owner's program and socket, and says what only the owner may say. Real processes.</summary>
public sealed class ApprovalFromTaskTests
{
    private readonly TypedTerminal terminal = new();

    [Theory]
    [InlineData("{0}")]
    [InlineData("env -i {0}")]
    [InlineData("setsid -w {0}")]
    [InlineData("(setsid env -i sh -c '{0}' &) ; sleep 1")]
    [InlineData("sh -c '(env -i {0}; true) & wait'")]
    public async Task A_yes_said_from_inside_a_task_is_none(string how)
    {
        await using var worker = await Started();
        var waits = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "it waits");

        var order = $"{Program} approve {waits} --yes --home {worker.Home}";
        var says = worker.Gateway.Command($"{{ {string.Format(null, how, order)}; }} > {worker.PathOf("said")} 2>&1");
        await worker.Gateway.Ended(says);
        var outputFile = worker.PathOf("said");
        await Until.True(() => File.ReadAllText(outputFile).Contains("is the owner's to say", StringComparison.Ordinal), "it is refused");

        Assert.All(worker.Gateway.Asked, ask => Assert.Null(ask.Decision));
        Assert.False(worker.Gateway.Attempt(waits).Started);
        await terminal.Type("history", "--home", worker.Home);
        Assert.Matches("refused .*approve by a process", terminal.Out);
        Assert.Equal(VerbExit.Done, await terminal.Type("approve", waits, "--yes", "--home", worker.Home));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(waits)).Results[0].Outcome);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("drain")]
    [InlineData("drain --wait")]
    [InlineData("approve --revoke all")]
    public async Task So_is_every_other_order(string order)
    {
        await using var worker = await Started();
        var says = worker.Gateway.Command($"{Program} {order} --home {worker.Home}");
        var end = await worker.Gateway.Ended(says);
        Assert.Equal(("failed", 1), (end.Results[0].Outcome, end.Results[0].ExitCode));
        Assert.Contains("is the owner's to say", System.Text.Encoding.UTF8.GetString(end.Stderr), StringComparison.Ordinal);
        await terminal.Type("status", "--home", worker.Home);
        Assert.Contains("takes work", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_is_free()
    {
        await using var worker = await Started();
        var looks = worker.Gateway.Command($"{Program} status --home {worker.Home} && {Program} approve --home {worker.Home}");
        Assert.Equal("succeeded", (await worker.Gateway.Ended(looks)).Results[0].Outcome);
    }

    private static string Program => Repository.Program("Worker", "openclaw-worker");

    private static async Task<WorkerProcess> Started()
    {
        var worker = await WorkerProcess.Prepare();
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), """{"approval":[{"name":"asked","glob":"touch *"}]}""");
        worker.Go();
        return worker;
    }
}
