using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>
/// The worker's home on a disk of its own that is full. As root a small tmpfs; else one in a user namespace is no help to the worker, so
/// where mounting is not allowed these tests fail and say so: they are not to be passed over in silence.
/// </summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_running_task_goes_on_with_its_output_cut_and_marked_and_its_exit_code_is_reported()
    {
        await using var disk = await SmallDisk.Mount("2m");
        await using var worker = await Start(disk);
        var id = worker.Gateway.Command("head -c 6000000 /dev/zero | tr '\\0' x; echo end; exit 7", 60_000);
        var attempt = await worker.Gateway.Ended(id);
        var result = Assert.Single(attempt.Results);
        Assert.Equal((7, 6_000_004L), (result.ExitCode, result.StdoutBytes));
        Assert.Contains(" bytes cut ...]", attempt.Text, StringComparison.Ordinal);
        Assert.InRange(attempt.Stdout.Length, 500_000, 4_000_000);
    }

    [Theory]
    [InlineData("no room", "2m", "head -c 9000000 /dev/zero > {0}/fill 2>/dev/null")]
    [InlineData("no inodes", "2m,nr_inodes=60", "i=0; while touch {0}/fill$i 2>/dev/null; do i=$((i+1)); done")]
    public async Task Nothing_starts_without_a_durable_journal_and_work_goes_on_when_there_is_room(string what, string size, string fill)
    {
        await using var disk = await SmallDisk.Mount(size);
        await using var worker = await Start(disk);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
        // Reported is not yet tidied up: what goes after the disk was filled makes room again.
        await Until.True(() => !Files(disk, "attempts").Concat(Files(disk, "spool")).Any(), "nothing of the first is left");
        await Command.Shell(fill.Replace("{0}", disk.Path, StringComparison.Ordinal));
        var id = worker.Gateway.Command($"echo ran >> {worker.PathOf("witness")}");
        await Until.True(() => worker.Log.Contains($"attempt {id} not started", StringComparison.Ordinal), $"{what}: it says so");
        Assert.False(worker.Gateway.Attempt(id).Started);
        Assert.StartsWith("the home folder can't be written: ", await NoWork(worker), StringComparison.Ordinal);
        await worker.Gateway.Until(
            g => g.Calls.Any(c => c.Name == "poll" && c.Body.Contains("\"freeSlots\":0", StringComparison.Ordinal)), "it asks for none");
        await Command.Shell($"rm -f {disk.Path}/fill*");
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
        Assert.Single(await File.ReadAllLinesAsync(worker.PathOf("witness")));
    }

    [Fact]
    public async Task Status_says_that_no_work_can_be_begun_before_any_is_offered()
    {
        await using var disk = await SmallDisk.Mount("2m");
        await using var worker = await Start(disk);
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it runs");
        Assert.Null(await NoWork(worker));
        await Command.Shell($"head -c 9000000 /dev/zero > {disk.Path}/fill 2>/dev/null");
        Assert.StartsWith("the home folder can't be written: ", await NoWork(worker), StringComparison.Ordinal);
        File.Delete(Path.Combine(disk.Path, "fill"));
        Assert.Null(await NoWork(worker));
    }

    [Fact]
    public async Task Folders_that_were_removed_are_made_again()
    {
        await using var worker = await Start(null);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
        foreach (var name in (string[])["spool", "journal", "attempts"])
            Directory.Delete(Path.Combine(worker.Home, name), recursive: true);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
    }

    /// <summary>What <c>status</c> says.</summary>
    private static async Task<string?> NoWork(WorkerHarness worker)
    {
        var (_, status) = await ControlClient.SendCommand(worker.Options.Home, StatusCommand.Name, null, ControlJson.Default.WorkerStatus);
        return Assert.IsType<WorkerStatus>(status).NoWork;
    }

    private static IEnumerable<string> Files(SmallDisk disk, string folder) =>
        Directory.EnumerateFileSystemEntries(Path.Combine(disk.Path, "home", folder));

    private static async Task<WorkerHarness> Start(SmallDisk? disk)
    {
        var worker = await WorkerHarness.Prepare();
        var home = disk is null ? worker.Home : Path.Combine(disk.Path, "home");
        worker.Options = worker.Options with { Home = home, Supervisor = [Repository.Program("Worker", "openclaw-worker")] };
        worker.Go();
        return worker;
    }

    private sealed class SmallDisk : IAsyncDisposable
    {
        private readonly TemporaryFolder folder = new();

        public string Path => folder.Path;

        public static async Task<SmallDisk> Mount(string size)
        {
            var disk = new SmallDisk();
            var mounted = await Command.Run("mount", ["-t", "tmpfs", "-o", $"size={size},mode=0700", "tmpfs", disk.Path]);
            Assert.True(mounted.ExitCode == 0,
                $"This test needs a small disk of its own and may not mount one; run it as root. {mounted.Errors}");
            return disk;
        }

        public async ValueTask DisposeAsync()
        {
            await Command.Run("umount", ["-l", Path]);
            folder.Dispose();
        }
    }
}
