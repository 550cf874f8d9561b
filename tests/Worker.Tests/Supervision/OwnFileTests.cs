using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>The worker's own file is moved, removed or replaced while it runs, as an update does.</summary>
public sealed class OwnFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// As it is built it needs its assemblies beside it, so nothing can be started any more; as one native file it can (NativeWorkerTests).
    /// </summary>
    [Theory]
    [InlineData("openclaw-worker", false), InlineData("openclaw-worker", true), InlineData("openclaw-worker.dll", true)]
    public async Task Where_no_supervisor_can_be_started_offers_are_left_at_the_server_and_everybody_is_told(string file, bool replaced)
    {
        await using var worker = await WorkerProcess.Prepare();
        var program = folder.File("bin");
        var built = Repository.BuiltProgram("Worker", "openclaw-worker");
        Assert.Equal(0, (await Command.Run("/bin/cp", ["-R", Path.GetDirectoryName(built)!, program])).ExitCode);
        worker.Program = Path.Combine(program, "openclaw-worker");
        worker.Go();
        await worker.Gateway.Ended(worker.Gateway.Command("true"));
        var (own, away) = (Path.Combine(program, file), folder.File("away"));
        File.Move(own, away);
        if (replaced) File.Copy("/bin/true", own);

        var id = worker.Gateway.Command("echo run");
        var notice = $"the worker's own file {own} {(replaced ? "was replaced" : "is gone")}";
        await Until.True(() => worker.Log.Contains(notice, StringComparison.Ordinal), "it says so");
        var read = worker.Gateway.Submit("file-read", $$"""{"path":"{{worker.PathOf("home")}}/../witness"}""");
        await File.WriteAllTextAsync(worker.PathOf("witness"), "no program is needed for this");
        await worker.Gateway.Ended(read);
        var terminal = new TypedTerminal();
        Assert.Equal(0, await terminal.Type("status", "--home", worker.Home));
        Assert.Contains("offers are left at the server", terminal.Out, StringComparison.Ordinal);
        Assert.False(worker.Gateway.Attempt(id).Started);
        Assert.Single(worker.Log.Split('\n'), line => line.Contains(notice, StringComparison.Ordinal));

        File.Move(away, own, overwrite: true);
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(("run\n", "succeeded"), (attempt.Text, Assert.Single(attempt.Results).Outcome));
    }

    [Fact]
    public void A_whole_program_is_started_from_what_runs_whatever_became_of_its_file()
    {
        var own = folder.File("worker");
        File.WriteAllText(own, "1");
        var (whole, parts) = (new SupervisorProgram([own], startsFromItself: true), new SupervisorProgram([own], startsFromItself: false));
        Assert.Equal(("/proc/self/exe", own), (whole.StartPath, parts.StartPath));
        Assert.Equal((null, null, null), (whole.DescribeChange("1.0"), parts.DescribeChange("1.0"), parts.ExplainBlocked()));

        File.Delete(own);
        Assert.Null(whole.ExplainBlocked());
        Assert.Contains("is gone: tasks go on with the version that runs", whole.DescribeChange("1.0"), StringComparison.Ordinal);
        Assert.Contains("is gone", parts.ExplainBlocked(), StringComparison.Ordinal);

        File.WriteAllText(own, "1");
        Assert.Null(whole.ExplainBlocked());
        Assert.Contains("was replaced", whole.DescribeChange("1.0"), StringComparison.Ordinal);
        Assert.Contains("was replaced", parts.ExplainBlocked(), StringComparison.Ordinal);

        folder.Dispose();
        Assert.Contains("is gone", parts.ExplainBlocked(), StringComparison.Ordinal);
    }
}
