using System.Diagnostics;
using System.Runtime.Versioning;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>Roots that hold against links, dots and whoever swaps one for the other (security.md, section 7).</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RootsTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly FileRoots roots;

    public RootsTests()
    {
        folder.File("in/a", "inside");
        folder.File("out/b", "outside");
        Directory.CreateDirectory(folder.At("own"));
        roots = new FileRoots([folder.At("in")], [folder.At("in", "w")], [folder.At("own")]);
        Directory.CreateDirectory(folder.At("in", "w"));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("in/a", "")]
    [InlineData("in/x/../a", "")]
    [InlineData("in/link-in", "")]
    [InlineData("link-to-in/a", "")]
    [InlineData("in/../out/b", "roots.read")]
    [InlineData("in/link-out", "roots.read")]
    [InlineData("in/folder-out/b", "roots.read")]
    [InlineData("in/far/b", "roots.read")]
    [InlineData("out/b", "roots.read")]
    [InlineData("inside", "roots.read")]
    [InlineData("own/policy.json", "worker-home")]
    [InlineData("in/link-own", "worker-home")]
    public void What_counts_is_where_a_path_leads(string path, string rule)
    {
        File.CreateSymbolicLink(folder.At("in", "link-in"), folder.At("in", "a"));
        File.CreateSymbolicLink(folder.At("in", "link-out"), "../out/b");
        File.CreateSymbolicLink(folder.At("in", "link-own"), folder.At("own", "policy.json"));
        Directory.CreateSymbolicLink(folder.At("in", "folder-out"), folder.At("out"));
        Directory.CreateSymbolicLink(folder.At("in", "far"), folder.At("in", "folder-out"));
        Directory.CreateSymbolicLink(folder.At("link-to-in"), folder.At("in"));
        var (place, error) = roots.OpenPath(Path.GetFullPath(folder.At(path)), RootAccess.Read);
        Assert.Equal(rule, error?.Reason ?? "");
        Assert.Equal(rule.Length > 0, error?.IsRejection ?? false);
        using (place) Assert.Equal(rule.Length == 0, place is not null && RegularFile.Open(place).Handle is { } handle && Closed(handle));
    }

    [Theory]
    [InlineData("in/a", "roots.write")]
    [InlineData("in/w/new", "")]
    [InlineData("in/w/deep/er/new", "")]
    [InlineData("in/w/link/new", "roots.write")]
    [InlineData("in/w/dangling", "roots.write")]
    public void Writing_has_roots_of_its_own(string path, string rule)
    {
        Directory.CreateSymbolicLink(folder.At("in", "w", "link"), folder.At("out"));
        File.CreateSymbolicLink(folder.At("in", "w", "dangling"), folder.At("out", "later"));
        var (place, error) = roots.OpenPath(folder.At(path), RootAccess.Write, makeFolders: true);
        using (place)
        {
            if (place is not null) error = AtomicFile.Write(place, "x"u8.ToArray(), TimeProvider.System, () => null);
        }
        Assert.Equal(rule, error?.Reason ?? "");
        if (rule.Length == 0) Assert.Equal("x", File.ReadAllText(folder.At(path)));
        Assert.Equal(["b"], Directory.EnumerateFileSystemEntries(folder.At("out")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_swapped_for_a_link_after_it_was_opened_changes_nothing()
    {
        folder.File("in/w/sub/a", "old");
        using var place = roots.OpenPath(folder.At("in", "w", "sub", "a"), RootAccess.Write).Place!;
        Directory.Move(folder.At("in", "w", "sub"), folder.At("in", "w", "moved"));
        Directory.CreateSymbolicLink(folder.At("in", "w", "sub"), folder.At("out"));
        Assert.Null(AtomicFile.Write(place, "new"u8.ToArray(), TimeProvider.System, () => null));
        Assert.Equal("new", File.ReadAllText(folder.At("in", "w", "moved", "a")));
        Assert.False(File.Exists(folder.At("out", "a")));
    }

    [Fact]
    public void A_file_swapped_for_a_link_after_it_was_judged_is_not_followed()
    {
        using var place = roots.OpenPath(folder.At("in", "a"), RootAccess.Read).Place!;
        File.Delete(folder.At("in", "a"));
        File.CreateSymbolicLink(folder.At("in", "a"), folder.At("out", "b"));
        var (handle, error) = RegularFile.Open(place);
        Assert.Null(handle);
        Assert.True(error!.IsRejection);
        Assert.Throws<UnexpectedLinkException>(() => place.Folder.OpenRead("a"));
    }

    [Fact]
    public void A_folder_swapped_for_a_link_before_it_is_opened_is_refused()
    {
        using var held = FolderHandle.Open(RealPath.ResolveLinks(folder.At("in"))!);
        Directory.CreateSymbolicLink(folder.At("in", "w", "s"), folder.At("out"));
        Assert.Throws<UnexpectedLinkException>(() => held.OpenBelow("w/s"));
        Assert.Throws<UnexpectedLinkException>(() => held.WalkBelow("w/s"));
        Assert.Throws<UnexpectedLinkException>(() => FolderHandle.Open(folder.At("in", "w", "s")));
    }

    [Fact]
    public void Step_by_step_gives_what_one_call_gives()
    {
        folder.File("in/x/y/z/file", "deep");
        using var held = FolderHandle.Open(RealPath.ResolveLinks(folder.At("in"))!);
        using var once = held.OpenBelow("x/y/z");
        using var steps = held.WalkBelow("x/y/z");
        Assert.Equal(["file"], once.ListNames());
        Assert.Equal(["file"], steps.ListNames());
        Assert.Equal(once.FullPath, steps.FullPath);
        Assert.Throws<FileNotFoundException>(() => held.OpenBelow("x/none"));
        Assert.Throws<FileNotFoundException>(() => held.WalkBelow("x/none"));
    }

    [Fact]
    public async Task While_somebody_swaps_a_folder_for_a_link_no_read_ever_sees_the_outside()
    {
        folder.File("in/s/b", "inside");
        using var done = new CancellationTokenSource();
        var swapper = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Directory.Move(folder.At("in", "s"), folder.At("in", "kept"));
                Directory.CreateSymbolicLink(folder.At("in", "s"), folder.At("out"));
                File.Delete(folder.At("in", "s"));
                Directory.Move(folder.At("in", "kept"), folder.At("in", "s"));
            }
        });
        int read = 0, refused = 0;
        // On a busy machine the swapper may rest in one state for all of the tries: then it takes more of them.
        var begin = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 4000
            || ((read == 0 || refused == 0) && TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(60)); i++)
        {
            var (place, error) = roots.OpenPath(folder.At("in", "s", "b"), RootAccess.Read);
            using (place)
            {
                var (handle, missing) = place is null ? (null, error) : RegularFile.Open(place);
                using (handle)
                {
                    if (handle is not null)
                        Assert.Equal("inside", System.Text.Encoding.ASCII.GetString(RegularFile.ReadBytes(handle, 0, 100)));
                    read += handle is null ? 0 : 1;
                    refused += missing is { IsRejection: true } ? 1 : 0;
                }
            }
        }
        await done.CancelAsync();
        await swapper;
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused: the swap was not met");
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    [InlineData("/proc/sys/kernel/hostname")]
    [InlineData("/proc/self/comm")]
    public async Task Only_regular_files_are_written_and_all_else_is_rejected_at_once(string path)
    {
        using (var made = Process.Start("mkfifo", [folder.At("pipe")])!) await made.WaitForExitAsync();
        var full = Path.Combine(folder.Path, path);
        using var attempt = new TestAttempt("file-write", $$"""{"path":"{{full}}","content":"x"}""", folder.Path);
        var result = await attempt.Run(new FileWriteExecutor());
        Assert.Equal((Outcomes.Rejected, "not-a-regular-file"), (result.Outcome, result.Reason));
        Assert.False(File.Exists(folder.At(".openclaw")));
    }

    [Theory]
    [InlineData("/a/b/c", "/a/b/c")]
    [InlineData("/l/c", "/x/y/c")]
    [InlineData("/r/c", "/x/c")]
    [InlineData("/up/c", "/c")]
    [InlineData("/chain", "/x/y")]
    [InlineData("/loop", null)]
    [InlineData("/over", "/")]
    public void Links_are_followed_without_the_disk(string path, string? real)
    {
        var links = new Dictionary<string, string>
        {
            ["/l"] = "/x/y", ["/r"] = "./x", ["/x/up"] = "..", ["/up"] = "x/up", ["/chain"] = "l", ["/loop"] = "loop",
            ["/over"] = "../../..",
        };
        Assert.Equal(real, RealPath.ResolveLinks(path, at => links.GetValueOrDefault(at)));
    }

    private static bool Closed(Microsoft.Win32.SafeHandles.SafeFileHandle handle)
    {
        handle.Dispose();
        return true;
    }
}
