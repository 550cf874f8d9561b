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

/// <summary>The worker's own folder is closed for every file task on every way there is into it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ClosedFoldersTests : IDisposable
{
    private const string Secret = "ocl_wrk_secret";
    private static readonly ITaskExecutor[] Executors =
    [
        new FileReadExecutor(), new FileListExecutor(), new FileStatExecutor(), new FileTarExecutor(), new FileDownloadExecutor(),
        new FileWriteExecutor(), new FileEditExecutor(), new FileUploadExecutor(),
    ];

    private readonly ScratchFolder home = new();
    private readonly OwnerPolicy policy;

    public ClosedFoldersTests()
    {
        home.File(".openclaw/worker/worker.env", $"WORKER_TOKEN={Secret}\n");
        home.File(".openclaw/worker/audit/1.jsonl", Secret);
        home.File(".openclaw/notes", "mine");
        home.File("a", "mine");
        policy = OwnerPolicy.None with { Files = new FileRoots(null, null, [home.At(".openclaw", "worker")]) };
    }

    public void Dispose() => home.Dispose();

    public static TheoryData<string, string> KindsAndWays()
    {
        var data = new TheoryData<string, string>();
        foreach (var executor in Executors)
        {
            foreach (var way in new[] { "here", "dots", "link", "links", "moved", "moved-above" })
                data.Add(executor.Kind, way);
        }
        return data;
    }

    [Theory, MemberData(nameof(KindsAndWays))]
    public async Task No_kind_of_file_task_gets_in_on_any_way(string kind, string way)
    {
        var folder = Way(way);
        foreach (var below in new[] { "", "worker.env", "audit", "audit/1.jsonl" })
        {
            var (result, output) = await Run(kind, Path.Join(folder, below));
            Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
            Assert.Equal(("rejected", FileRoots.OwnRule), (result.Outcome, result.Reason));
        }
        foreach (var name in new[] { "worker.env", "1.jsonl" })
        {
            var file = Directory.GetFiles(home.Path, name, SearchOption.AllDirectories)[0];
            Assert.Contains(Secret, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("file-tar", "leftOut")]
    [InlineData("file-list", "unread")]
    public async Task What_is_closed_is_left_out_from_above_and_said(string kind, string field)
    {
        foreach (var (path, named) in new[] { (home.Path, ".openclaw/worker"), (home.At(".openclaw"), "worker") })
        {
            var (result, output) = await Run(kind, path);
            Assert.Equal("succeeded", result.Outcome);
            Assert.DoesNotContain("worker.env", output, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
            Assert.Contains("notes", output, StringComparison.Ordinal);
            Assert.Equal(named, (string?)Assert.Single(result.Metadata![field]!.AsArray()));
        }
    }

    [Theory]
    [InlineData("file-read"), InlineData("file-download"), InlineData("file-stat"), InlineData("file-edit"), InlineData("file-tar")]
    public async Task A_second_name_of_a_closed_file_is_closed_too(string kind)
    {
        home.HardLink(".openclaw/worker/worker.env", "second");
        home.HardLink("a", "b");
        var (result, output) = await Run(kind, kind == "file-tar" ? home.Path : home.At("second"));
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
        if (kind == "file-tar")
            Assert.Equal([".openclaw/worker", "second"], result.Metadata!["leftOut"]!.AsArray().Select(name => (string)name!));
        else
            Assert.Equal(("rejected", FileRoots.OwnRule), (result.Outcome, result.Reason));
        if (kind == "file-read") Assert.Equal("mine", (await Run(kind, home.At("b"))).Output);
    }

    [Fact]
    public void Another_mount_of_a_folder_in_it_is_told_by_what_it_is()
    {
        var look = new ClosedFolders([home.At(".openclaw", "worker")]).TakeSnapshot();
        using var held = FolderHandle.Open(RealPath.ResolveLinks(home.Path)!);
        using var closed = held.OpenBelow(".openclaw/worker");
        foreach (var (folder, name) in new[] { (closed, "audit"), (closed, "worker.env") })
        {
            // Through the mount it has always been reached by, its path has been judged.
            var status = folder.GetStatus(name);
            Assert.True(look.IsClosed(status with { Mount = status.Mount + 1 }));
        }
        Assert.True(look.IsClosed(closed.GetStatus(".")));
        var open = held.GetStatus("a");
        Assert.False(look.IsClosed(open));
        Assert.False(look.IsClosed(open with { Mount = open.Mount + 1 }));
        Assert.False(look.IsClosed(open with { Links = 2 }));
    }

    private string Way(string way)
    {
        var own = home.At(".openclaw", "worker");
        switch (way)
        {
            case "link":
                Directory.CreateSymbolicLink(home.At("way"), own);
                return home.At("way");
            case "links":
                Directory.CreateSymbolicLink(home.At("up"), home.At(".openclaw"));
                Directory.CreateSymbolicLink(home.At("way"), "up/worker");
                return home.At("way");
            case "moved":
                Directory.Move(own, home.At("way"));
                return home.At("way");
            case "moved-above":
                Directory.Move(home.At(".openclaw"), home.At("way"));
                return home.At("way", "worker");
            default:
                return way == "dots" ? home.At("a", "..", ".openclaw", "x", "..", "worker") : own;
        }
    }

    private async Task<(ExecutionResult Result, string Output)> Run(string kind, string path)
    {
        var executor = Executors.Single(executor => executor.Kind == kind);
        using var attempt = new TestAttempt(kind, Payload(kind, path).ToJsonString(), home.Path) { Policy = policy };
        var result = await attempt.Run(executor);
        return (result, Encoding.Latin1.GetString(attempt.Output.Stdout));
    }

    private static JsonObject Payload(string kind, string path)
    {
        var payload = new JsonObject { ["path"] = path };
        switch (kind)
        {
            case "file-list":
                payload["pattern"] = "**";
                break;
            case "file-stat":
                payload["hash"] = true;
                break;
            case "file-write":
                payload["content"] = "x";
                break;
            case "file-edit":
                (payload["oldString"], payload["newString"]) = (Secret, "x");
                break;
            case "file-upload":
                (payload["upload"], payload["offset"], payload["content"]) = ("u", 0, "eA==");
                payload["pieceSha256"] = RegularFile.ComputeSha256("x"u8);
                payload["fileSha256"] = RegularFile.ComputeSha256("x"u8);
                break;
        }
        return payload;
    }
}
