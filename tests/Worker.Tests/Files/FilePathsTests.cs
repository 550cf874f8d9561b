using OpenClaw.Worker.Execution.Files;

namespace OpenClaw.Worker.Tests.Files;

public sealed class FilePathsTests
{
    [Theory]
    [InlineData("notes.txt", "/home/ann/notes.txt")]
    [InlineData("a/../b", "/home/ann/b")]
    [InlineData("~", "/home/ann")]
    [InlineData("~/x y", "/home/ann/x y")]
    [InlineData("~//etc", "/home/ann/etc")]
    [InlineData("/etc/../tmp/x", "/tmp/x")]
    [InlineData("./~bob", "/home/ann/~bob")]
    public void A_path_begins_at_the_workers_home(string path, string full) =>
        Assert.Equal(new ResolvedPath(full, null), FilePaths.Resolve(path, "/home/ann", windows: false));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a\0b", "NUL")]
    [InlineData("~bob/x", "own home")]
    public void A_path_that_means_nothing_here_is_refused(string path, string word)
    {
        var resolved = FilePaths.Resolve(path, "/home/ann", windows: false);
        Assert.Null(resolved.Full);
        Assert.Contains(word, resolved.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"\\server\share\x", "network")]
    [InlineData(@"\\.\pipe\x", "device")]
    [InlineData(@"C:\x.txt:stream", "streams")]
    [InlineData(@"C:\a\nul.txt", "device")]
    [InlineData("com1", "device")]
    [InlineData(@"C:\LPT9 .log", "device")]
    public void Windows_tricks_are_refused(string path, string word) =>
        Assert.Contains(word, FilePaths.Resolve(path, "/home/ann", windows: true).Error, StringComparison.Ordinal);
}
