using System.Diagnostics;
using System.Text;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

public sealed class FileReadingTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Text_comes_back_byte_for_byte_with_its_facts()
    {
        var path = folder.File("a.txt", "\uFEFFgrüße\r\nlast\n");
        var read = Read(path);
        Assert.Equal(File.ReadAllBytes(path), read.Text);
        Assert.Equal(File.ReadAllBytes(path).Length, (long)read.Facts!["size"]!);
        Assert.Equal(RegularFile.ComputeSha256(File.ReadAllBytes(path)), (string)read.Facts["sha256"]!);
        Assert.Equal(File.GetLastWriteTimeUtc(path).ToString("O"), (string)read.Facts["mtime"]!);
        Assert.False(read.Facts.ContainsKey("offset"));
    }

    [Fact]
    public void An_empty_file_is_empty_text() => Assert.Empty(Read(folder.File("empty", "")).Text!);

    [Fact]
    public void Bytes_that_are_no_text_need_base64()
    {
        var path = folder.At("b.bin");
        File.WriteAllBytes(path, [65, 66, 0xff, 0, 1]);
        var refused = Read(path).Error!;
        Assert.Equal("not-utf8", refused.Reason);
        Assert.Contains("byte 2", refused.Sentence, StringComparison.Ordinal);
        Assert.Contains("base64", refused.Sentence, StringComparison.Ordinal);
        Assert.Equal("QUL/AAE=", Encoding.ASCII.GetString(Read(path, "base64").Text!));
    }

    [Theory]
    [InlineData(0L, 3L, "abc")]
    [InlineData(2L, 3L, "cde")]
    [InlineData(4L, null, "efgh")]
    [InlineData(6L, 99L, "gh")]
    [InlineData(99L, 5L, "")]
    [InlineData(null, 2L, "ab")]
    public void A_range_is_counted_in_bytes(long? offset, long? length, string expected)
    {
        var read = FileReading.ReadFile(Place.Of(folder.File("r", "abcdefgh")), new() { Path = "r", Offset = offset, Length = length });
        Assert.Equal(expected, Encoding.UTF8.GetString(read.Text!));
        Assert.Equal(8, (long)read.Facts!["size"]!);
        Assert.Equal(expected.Length, (int)read.Facts["length"]!);
    }

    [Fact]
    public void Negative_ranges_and_unknown_encodings_are_refused()
    {
        var path = folder.File("r", "abc");
        Assert.Equal("bad-range", FileReading.ReadFile(Place.Of(path), new() { Path = path, Offset = -1 }).Error!.Reason);
        Assert.Equal("bad-encoding", Read(path, "latin1").Error!.Reason);
    }

    [Fact]
    public void A_file_over_the_limit_is_refused_whole_and_given_in_parts()
    {
        var path = folder.At("large");
        using (var stream = File.Create(path)) stream.SetLength(FileReading.MaxText + 1);
        var refused = Read(path).Error!;
        Assert.Equal("too-large", refused.Reason);
        Assert.Contains("offset and length", refused.Sentence, StringComparison.Ordinal);
        Assert.Equal("too-large", Read(path, "base64").Error!.Reason);
        var part = FileReading.ReadFile(Place.Of(path), new() { Path = path, Offset = 1 });
        Assert.Equal(FileReading.MaxText, part.Text!.Length);
        var most = FileReading.ReadFile(Place.Of(path), new() { Path = path, Length = FileReading.MaxText / 4 * 3, Encoding = "base64" });
        Assert.Equal(FileReading.MaxText, most.Text!.Length);
    }

    [Fact]
    public void Only_regular_files_are_read()
    {
        Assert.Equal("not-found", Read(folder.At("none")).Error!.Reason);
        Assert.Equal("not-found", Read(folder.File("x", "") + "/y").Error!.Reason);
        Assert.Contains("a folder", Read(folder.Path).Error!.Sentence, StringComparison.Ordinal);
        Assert.Contains("a device", Read("/dev/zero").Error!.Sentence, StringComparison.Ordinal);
        var pipe = folder.At("pipe");
        using (var made = Process.Start("mkfifo", [pipe])!) made.WaitForExit();
        Assert.Contains("a named pipe", Read(pipe).Error!.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_followed_and_a_loop_refused()
    {
        File.CreateSymbolicLink(folder.At("link"), folder.File("real", "content"));
        Assert.Equal("content", Encoding.UTF8.GetString(Read(folder.At("link")).Text!));
        File.CreateSymbolicLink(folder.At("loop"), folder.At("loop"));
        Assert.Equal("io-error", Read(folder.At("loop")).Error!.Reason);
    }

    [Fact]
    public void A_file_that_hides_its_length_is_read_to_its_end()
    {
        Assert.True(OperatingSystem.IsLinux());
        using var place = new FileRoots(["/proc"], [], []).OpenPath("/proc/version", RootAccess.Read).Place!;
        var text = Encoding.UTF8.GetString(FileReading.ReadFile(place, new() { Path = place.Full }).Text!);
        Assert.Contains("Linux", text, StringComparison.Ordinal);
    }

    private static FileOutcome Read(string path, string? encoding = null)
    {
        var (place, error) = FileRoots.Anywhere.OpenPath(path, RootAccess.Read);
        if (place is null) return error!;
        using (place) return FileReading.ReadFile(place, new() { Path = path, Encoding = encoding });
    }
}
