using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class AtomicFileTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-22T12:00:00Z"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_file_gets_its_folders_and_exactly_its_bytes()
    {
        byte[] bytes = [0, 0xff, 13, 10, 10];
        Assert.Null(Write(folder.At("a", "b", "c.bin"), bytes));
        Assert.Equal(bytes, File.ReadAllBytes(folder.At("a", "b", "c.bin")));
        Assert.Equal(["c.bin"], Directory.EnumerateFileSystemEntries(folder.At("a", "b")).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public void An_existing_file_keeps_its_mode_and_leaves_nothing_beside_it()
    {
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead;
        var path = folder.File("run.sh", "old");
        File.SetUnixFileMode(path, mode);
        Assert.Null(Write(path, "new\n"u8));
        Assert.Equal("new\n", File.ReadAllText(path));
        Assert.Equal(mode, File.GetUnixFileMode(path));
        Assert.Equal(["run.sh"], folder.Names());
    }

    [Fact]
    public void A_link_stays_a_link_and_its_target_gets_the_content()
    {
        var target = folder.File("real/target", "old");
        Directory.CreateDirectory(folder.At("links"));
        File.CreateSymbolicLink(folder.At("links", "one"), "../real/target");
        File.CreateSymbolicLink(folder.At("links", "two"), "one");
        Assert.Null(Write(folder.At("links", "two"), "new"u8));
        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal("one", new FileInfo(folder.At("links", "two")).LinkTarget);
        Assert.Equal("../real/target", new FileInfo(folder.At("links", "one")).LinkTarget);
    }

    [Fact]
    public void A_link_to_nothing_makes_its_target()
    {
        File.CreateSymbolicLink(folder.At("link"), folder.At("later"));
        Assert.Null(Write(folder.At("link"), "x"u8));
        Assert.Equal("x", File.ReadAllText(folder.At("later")));
        Assert.NotNull(new FileInfo(folder.At("link")).LinkTarget);
    }

    [Fact]
    public void Only_regular_files_are_written()
    {
        var pipe = folder.At("pipe");
        using (var made = Process.Start("mkfifo", [pipe])!) made.WaitForExit();
        Assert.Equal("not-a-regular-file", Write(pipe, "x"u8)!.Reason);
        Assert.Equal("not-a-regular-file", Write(folder.Path, "x"u8)!.Reason);
        Assert.Equal("not-a-regular-file", Write("/dev/null", "x"u8)!.Reason);
        Assert.Equal("not-a-regular-file", Write("/", "x"u8)!.Reason);
        Assert.NotNull(Write("/proc/openclaw", "x"u8));
        Assert.Equal(["pipe"], folder.Names());
    }

    [Fact]
    public void A_file_where_a_folder_should_be_is_a_fault()
    {
        folder.File("plain", "text");
        Assert.NotNull(Write(folder.At("plain", "below"), "x"u8));
        Assert.Equal("text", File.ReadAllText(folder.At("plain")));
    }

    [Fact]
    public void The_longest_name_can_be_written()
    {
        Assert.Null(Write(folder.At(new string('n', 255)), "x"u8));
        Assert.NotNull(Write(folder.At(new string('n', 256)), "x"u8));
        Assert.Single(folder.Names());
    }

    [Fact]
    public void A_last_no_leaves_the_file_as_it_was()
    {
        var path = folder.File("a", "old");
        var checks = 0;
        var error = AtomicFile.Write(Place.Of(path), "new"u8.ToArray(), clock, () =>
        {
            checks = folder.Names().Length;
            return new FileError("no", "no");
        });
        Assert.Equal("no", error!.Reason);
        Assert.Equal(2, checks);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["a"], folder.Names());
    }

    [Fact]
    public async Task A_reader_sees_the_old_content_or_the_new_one_never_a_part()
    {
        var path = folder.File("a", new string('0', 300_000));
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var torn = 0;
            while (!done.IsCancellationRequested)
            {
                var text = File.ReadAllText(path);
                if (text.Length != 300_000 || text.AsSpan().ContainsAnyExcept(text[0])) torn++;
            }
            return torn;
        });
        for (var i = 0; i < 50; i++) Assert.Null(Write(path, Encoding.ASCII.GetBytes(new string((char)('0' + (i % 10)), 300_000))));
        await done.CancelAsync();
        Assert.Equal(0, await reader);
    }

    [Fact]
    public void What_a_killed_worker_left_behind_goes_with_the_next_write_when_it_is_old()
    {
        File.SetLastWriteTimeUtc(folder.File(".openclaw-dead.tmp", ""), clock.GetUtcNow().UtcDateTime.AddMinutes(-61));
        File.SetLastWriteTimeUtc(folder.File(".openclaw-live.tmp", ""), clock.GetUtcNow().UtcDateTime.AddMinutes(-59));
        Assert.Null(Write(folder.At("a"), "x"u8));
        Assert.Equal([".openclaw-live.tmp", "a"], folder.Names());
    }

    private FileError? Write(string path, ReadOnlySpan<byte> bytes)
    {
        var (place, error) = FileRoots.Anywhere.OpenPath(path, RootAccess.Write, makeFolders: true);
        using (place) return place is null ? error : AtomicFile.Write(place, bytes.ToArray(), clock, () => null);
    }
}
