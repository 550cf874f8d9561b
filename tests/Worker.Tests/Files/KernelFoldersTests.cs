using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Archives;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Transfer;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

/// <summary>What the kernel knows of processes is for no file task, unless the owner names its folder.</summary>
[SupportedOSPlatform("linux")]
public sealed class KernelFoldersTests : IDisposable
{
    private static readonly ITaskExecutor[] Readers =
        [new FileReadExecutor(), new FileListExecutor(), new FileStatExecutor(), new FileTarExecutor(), new FileDownloadExecutor()];

    private static readonly string[] Paths =
        ["/proc/self/environ", "/proc/self", "/proc/thread-self/environ", "/proc/1/environ", "/proc", "/sys", "link/self/environ", "link"];

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> KindsAndPaths()
    {
        var data = new TheoryData<string, string>();
        foreach (var reader in Readers)
        {
            foreach (var path in Paths)
                data.Add(reader.Kind, path);
        }
        return data;
    }

    [Theory, MemberData(nameof(KindsAndPaths))]
    public async Task Nothing_of_it_is_read_without_a_root_that_names_it(string kind, string path)
    {
        Directory.CreateSymbolicLink(folder.At("link"), "/proc");
        var others = new FileRoots([folder.Path, "/sys/class/net"], [], []);
        foreach (var roots in new[] { FileRoots.Anywhere, new FileRoots(["/"], [], []), others })
        {
            var (result, output) = await Run(kind, path, roots);
            Assert.Equal("rejected", result.Outcome);
            Assert.Contains(result.Reason, new[] { FileRoots.ReadRule, FileRoots.OwnRule });
            Assert.Equal("", output);
        }
    }

    [Fact]
    public async Task From_above_it_is_left_out_and_said()
    {
        var (listed, lines) = await Run("file-list", "/", FileRoots.Anywhere, "proc/**");
        Assert.Equal(("succeeded", ""), (listed.Outcome, lines));
        Assert.Equal("proc", (string?)Assert.Single(listed.Metadata!["unread"]!.AsArray()));
    }

    [Fact]
    public async Task A_root_that_names_it_opens_it_but_for_the_worker_itself()
    {
        var roots = new FileRoots(["/proc", "/sys/kernel"], [], []);
        Assert.Contains("Linux", (await Run("file-read", "/proc/version", roots)).Output, StringComparison.Ordinal);
        Assert.Equal("succeeded", (await Run("file-list", "/sys/kernel", roots)).Result.Outcome);
        Assert.Equal(FileRoots.ReadRule, (await Run("file-list", "/sys/class", roots)).Result.Reason);
        using var thread = new HeldThread();
        foreach (var own in new[] { "self", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), thread.Id })
        {
            var (result, _) = await Run("file-read", $"/proc/{own}/environ", roots);
            Assert.Equal(("rejected", FileRoots.OwnRule), (result.Outcome, result.Reason));
        }
    }

    [Theory]
    [InlineData("/proc", true), InlineData("/sys", true), InlineData("/sys/kernel", true)]
    [InlineData("/tmp", false), InlineData("/dev", false), InlineData("/", false)]
    public void It_is_told_by_its_file_system_as_well_wherever_that_is_mounted(string path, bool kernels)
    {
        using var held = FolderHandle.Open(path);
        Assert.Equal(kernels, held.IsKernelFolder);
    }

    private async Task<(ExecutionResult Result, string Output)> Run(string kind, string path, FileRoots roots, string? pattern = null)
    {
        var payload = new JsonObject { ["path"] = path };
        if (pattern is not null) payload["pattern"] = pattern;
        if (kind == "file-stat") payload["hash"] = true;
        using var attempt = new TestAttempt(kind, payload.ToJsonString(), folder.Path) { Policy = OwnerPolicy.None with { Files = roots } };
        return (await attempt.Run(Readers.Single(reader => reader.Kind == kind)), Encoding.Latin1.GetString(attempt.Output.Stdout));
    }

    /// <summary>A thread that is there until it is disposed of: one of the pool may end between its listing and its reading.</summary>
    private sealed class HeldThread : IDisposable
    {
        private readonly ManualResetEventSlim done = new();
        private readonly Thread thread;

        public HeldThread()
        {
            using var known = new ManualResetEventSlim();
            thread = new Thread(() =>
            {
                Id = Path.GetFileName(new FileInfo("/proc/thread-self").ResolveLinkTarget(returnFinalTarget: false)!.FullName);
                known.Set();
                done.Wait();
            });
            thread.Start();
            known.Wait();
        }

        /// <summary>As /proc names it.</summary>
        public string Id { get; private set; } = "";

        public void Dispose()
        {
            done.Set();
            thread.Join();
            done.Dispose();
        }
    }
}
