using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

public sealed class FileSnapshotTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_left_alone_is_unchanged() =>
        Assert.Null(FileSnapshot.FromFile(Place.Of(folder.File("a", "x"))).Snapshot!.CheckUnchanged());

    [Fact]
    public void Other_content_in_the_same_length_is_a_change_even_at_the_same_time()
    {
        var path = folder.File("a", "x");
        var before = FileSnapshot.FromFile(Place.Of(path)).Snapshot!;
        File.WriteAllText(path, "y");
        File.SetLastWriteTimeUtc(path, before.Mtime);
        Assert.Equal("file-changed", before.CheckUnchanged()!.Reason);
    }

    [Fact]
    public void The_same_content_written_again_is_a_change()
    {
        var path = folder.File("a", "x");
        var before = FileSnapshot.FromFile(Place.Of(path)).Snapshot!;
        File.SetLastWriteTimeUtc(path, before.Mtime.AddMilliseconds(5));
        Assert.Equal("file-changed", before.CheckUnchanged()!.Reason);
    }

    [Fact]
    public void A_file_that_went_away_is_a_fault()
    {
        var path = folder.File("a", "x");
        var before = FileSnapshot.FromFile(Place.Of(path)).Snapshot!;
        File.Delete(path);
        Assert.Equal("not-found", before.CheckUnchanged()!.Reason);
    }

    [Fact]
    public void A_file_too_large_to_hold_is_refused()
    {
        var path = folder.At("large");
        using (var stream = File.Create(path)) stream.SetLength(FileSnapshot.MaxSize + 1L);
        Assert.Equal("too-large", FileSnapshot.FromFile(Place.Of(path)).Error!.Reason);
    }
}
