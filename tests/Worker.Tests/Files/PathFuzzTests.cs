using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

/// <summary>
/// Paths made of names, dots and links in a folder of the test's own: no file task gets out of its roots. More of it with
/// <c>CsCheck_Iter</c>.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class PathFuzzTests
{
    private const string Inside = "inside";
    private const string Outside = "outside-secret";
    private static readonly long Cases = Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? 120 : -1;
    private static readonly string[] Segments =
    [
        "a", "b", "f", "g", "l0", "l1", "l2", "l3", "in", "out", "..", "..", ".", "", "~", "...", " ", "a ", "new", "ü", "\\", "..\\..",
        "%2e%2e", "\u2025", "-", "*", "x\0y", new('n', 300), "\n", "\u202e",
    ];

    private static readonly EnumerationOptions NoLinks =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private static readonly ITaskExecutor[] Executors =
        [new FileReadExecutor(), new FileStatExecutor(), new FileListExecutor(), new FileWriteExecutor(), new FileEditExecutor()];

    [Fact]
    public async Task No_path_leads_out_of_the_roots()
    {
        var succeeded = 0;
        await Gen.Int.SampleAsync(async seed => succeeded += await WalkTree(new Random(seed)), iter: Cases, threads: 1);
        Assert.True(succeeded > 0, "Everything was refused: nothing is proved.");
    }

    /// <summary>How many of its tasks succeeded.</summary>
    private static async Task<int> WalkTree(Random random)
    {
        using var home = new ScratchFolder();
        foreach (var root in new[] { "in", "out" })
        {
            foreach (var file in new[] { "f", "a/f", "a/b/g" }) home.File($"{root}/{file}", root == "in" ? Inside : Outside);
        }
        for (var link = 0; link < 4; link++)
        {
            var folder = Choose(random, ["in", "in/a", "in/a/b", "out/a"]);
            var target = random.Next(2) == 0 ? MakePath(random, 4) : home.At(Choose(random, ["in", "out", "in/a", "out/a/f", "in/gone"]));
            var path = home.At(folder, $"l{link}");
            if (target.Length > 0 && !target.Contains('\0', StringComparison.Ordinal)) File.CreateSymbolicLink(path, target);
        }
        var policy = OwnerPolicy.None with { Files = new FileRoots([home.At("in")], [home.At("in")], []) };
        var (before, succeeded) = (Snapshot(home), 0);
        for (var task = 0; task < 8; task++)
        {
            var path = Choose(random, ["", "~/", "in/", "in/", "in/", home.Path + "/in/", "/"]) + MakePath(random, 6);
            var executor = Choose(random, Executors);
            var payload = MakePayload(executor.Kind, path).ToJsonString();
            using var attempt = new TestAttempt(executor.Kind, payload, home.Path) { Policy = policy };
            var result = await attempt.Run(executor);
            var said = Encoding.UTF8.GetString(attempt.Output.Stdout) + result.Metadata?.ToJsonString() + result.Error;
            Assert.DoesNotContain(Outside, said, StringComparison.Ordinal);
            Assert.Contains(result.Outcome, new[] { "succeeded", "failed", "rejected" });
            // A reason that an owner can look up, not a fault of the executor.
            Assert.True(result.Outcome == "succeeded" || result.Reason is { Length: > 0 } and not "internal-error", $"{path}: {result}");
            if (result.Outcome == "succeeded") succeeded++;
            Assert.Equal(before, Snapshot(home));
        }
        return succeeded;
    }

    /// <summary>Everything outside of the root, by its name and content; what links lead to stands elsewhere.</summary>
    private static List<string> Snapshot(ScratchFolder home) =>
    [
        .. Directory.GetFileSystemEntries(home.Path), .. Directory.GetFileSystemEntries(home.At("out"), "*", NoLinks)
            .Select(path => File.Exists(path) ? $"{path} {File.ReadAllText(path)}" : path).Order(StringComparer.Ordinal),
    ];

    private static string MakePath(Random random, int most) => string.Join('/', Enumerable.Range(0, random.Next(1, most))
        .Select(_ => Choose(random, random.Next(3) == 0 ? Segments : Segments[..13])));

    private static JsonObject MakePayload(string kind, string path)
    {
        var payload = new JsonObject { ["path"] = path };
        if (kind == "file-write") payload["content"] = "x";
        if (kind == "file-edit") (payload["oldString"], payload["newString"]) = (Outside, "x");
        if (kind == "file-list") payload["pattern"] = "**";
        return payload;
    }

    private static T Choose<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
