using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Transfer;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files.Transfer;

public sealed class TransferTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly byte[] content = new byte[1_000_003];

    public TransferTests() => new Random(11).NextBytes(content);

    public void Dispose() => folder.Dispose();

    private async Task<(ExecutionResult Result, byte[] Output)> Run(ITaskExecutor executor, JsonObject payload)
    {
        using var attempt = new TestAttempt(executor.Kind, payload.ToJsonString(), folder.Path);
        return (await attempt.Run(executor), attempt.Output.Stdout);
    }

    private async Task<ExecutionResult> Send(int from, int to, bool last = false, JsonObject? also = null, string name = "target")
    {
        var piece = content[from..to];
        var payload = new JsonObject
        {
            ["path"] = folder.At(name),
            ["upload"] = "u1",
            ["offset"] = from,
            ["content"] = Convert.ToBase64String(piece),
            ["pieceSha256"] = RegularFile.ComputeSha256(piece),
        };
        if (last) payload["fileSha256"] = RegularFile.ComputeSha256(content.AsSpan(0, to));
        foreach (var (field, value) in also ?? []) payload[field] = value!.DeepClone();
        return (await Run(new FileUploadExecutor(), payload)).Result;
    }

    private static long Received(ExecutionResult result) => (long)result.Metadata!["received"]!;

    [Fact]
    public async Task Pieces_become_a_file_only_with_the_last_one()
    {
        Assert.Equal(400_000, Received(await Send(0, 400_000)));
        Assert.Equal(800_000, Received(await Send(400_000, 800_000)));
        Assert.False(File.Exists(folder.At("target")));
        var last = await Send(800_000, content.Length, last: true);
        Assert.True((bool)last.Metadata!["complete"]!);
        Assert.Equal(content, await File.ReadAllBytesAsync(folder.At("target")));
        Assert.Equal(["target"], folder.Names());
    }

    [Fact]
    public async Task Every_piece_may_be_sent_again_also_the_last()
    {
        foreach (var twice in new[] { 1, 2 })
            Assert.Equal(600_000, Received(await Send(0, 600_000)));
        Assert.Equal(600_000, Received(await Send(100, 200)));
        foreach (var twice in new[] { 1, 2 })
            Assert.True((bool)(await Send(600_000, content.Length, last: true)).Metadata!["complete"]!);
        Assert.Equal(content, await File.ReadAllBytesAsync(folder.At("target")));
    }

    [Fact]
    public async Task How_much_is_there_can_be_asked_and_a_gap_is_refused()
    {
        Assert.Equal(0, Received(await Send(0, 0)));
        await Send(0, 500);
        Assert.Equal(500, Received(await Send(0, 0)));
        var gap = await Send(501, 600);
        Assert.Equal("upload-gap", gap.Reason);
        Assert.Contains("go on from 500", gap.Error, StringComparison.Ordinal);
        Assert.Equal("upload-gap",
            (await Send(500, 500, last: true, new() { ["offset"] = 400, ["fileSha256"] = new string('0', 64) })).Reason);
    }

    [Fact]
    public async Task A_damaged_piece_and_a_damaged_whole_change_nothing()
    {
        await File.WriteAllTextAsync(folder.At("target"), "old");
        Assert.Equal("piece-damaged", (await Send(0, 500, also: new() { ["pieceSha256"] = new string('0', 64) })).Reason);
        Assert.Equal(0, Received(await Send(0, 0)));
        Assert.Equal("file-damaged", (await Send(0, 500, last: true, new() { ["fileSha256"] = new string('0', 64) })).Reason);
        Assert.Equal("old", await File.ReadAllTextAsync(folder.At("target")));
        Assert.Equal(["target"], folder.Names());
    }

    [Fact]
    public async Task The_file_it_replaces_must_be_the_one_that_was_meant()
    {
        await File.WriteAllTextAsync(folder.At("target"), "old");
        File.SetUnixFileMode(folder.At("target"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal("file-exists", (await Send(0, 500, last: true, new() { ["ifAbsent"] = true })).Reason);
        Assert.Equal("file-changed", (await Send(0, 500, last: true, new() { ["sha256"] = RegularFile.ComputeSha256("other"u8) })).Reason);
        Assert.Equal("old", await File.ReadAllTextAsync(folder.At("target")));
        Assert.True(
            (bool)(await Send(0, 500, last: true, new() { ["sha256"] = RegularFile.ComputeSha256("old"u8) })).Metadata!["complete"]!);
        Assert.Equal(content[..500], await File.ReadAllBytesAsync(folder.At("target")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.At("target")));
    }

    [Fact]
    public async Task An_empty_file_and_two_targets_in_one_folder_are_no_trouble()
    {
        await Send(0, 10, name: "one");
        Assert.Equal(0, Received(await Send(0, 0, name: "two")));
        Assert.True((bool)(await Send(0, 0, last: true, name: "two")).Metadata!["complete"]!);
        Assert.Empty(await File.ReadAllBytesAsync(folder.At("two")));
        Assert.Equal(10, Received(await Send(0, 0, name: "one")));
    }

    [Fact]
    public async Task A_link_at_the_target_gets_the_content_behind_it()
    {
        folder.File("real/file", "old");
        File.CreateSymbolicLink(folder.At("target"), folder.At("real/file"));
        await Send(0, 500, last: true);
        Assert.Equal(content[..500], await File.ReadAllBytesAsync(folder.At("real/file")));
        Assert.NotNull(new FileInfo(folder.At("target")).LinkTarget);
    }

    [Fact]
    public async Task A_download_in_pieces_is_the_file()
    {
        await File.WriteAllBytesAsync(folder.At("source"), content);
        var (whole, version) = (new MemoryStream(), (string?)null);
        while (whole.Length < content.Length)
        {
            var payload = new JsonObject { ["path"] = folder.At("source"), ["offset"] = whole.Length, ["length"] = 300_000 };
            if (version is not null) payload["version"] = version;
            var (result, bytes) = await Run(new FileDownloadExecutor(), payload);
            Assert.Equal(RegularFile.ComputeSha256(bytes), (string?)result.Metadata!["sha256"]);
            Assert.Equal(content.Length, (long)result.Metadata["size"]!);
            version = (string?)result.Metadata["version"];
            whole.Write(bytes);
        }
        Assert.Equal(content, whole.ToArray());
    }

    [Fact]
    public async Task A_file_that_changed_between_two_pieces_is_told()
    {
        var source = folder.File("source", "first");
        var (first, _) = await Run(new FileDownloadExecutor(), new() { ["path"] = source, ["length"] = 2 });
        await File.WriteAllTextAsync(source, "second");
        var (second, bytes) = await Run(
            new FileDownloadExecutor(), new() { ["path"] = source, ["offset"] = 2, ["version"] = (string?)first.Metadata!["version"] });
        Assert.Equal("file-changed", second.Reason);
        Assert.Empty(bytes);
    }

    [Fact]
    public async Task A_write_looks_at_what_it_replaces()
    {
        async Task<string?> Write(string field, JsonNode value) => (await Run(
            new FileWriteExecutor(), new() { ["path"] = folder.At("f"), ["content"] = "new", [field] = value })).Result.Reason;
        Assert.Equal("not-found", await Write("sha256", RegularFile.ComputeSha256("old"u8)));
        Assert.False(File.Exists(folder.At("f")));
        Assert.Null(await Write("ifAbsent", true));
        Assert.Equal("file-exists", await Write("ifAbsent", true));
        await File.WriteAllTextAsync(folder.At("f"), "old");
        Assert.Equal("file-changed", await Write("sha256", RegularFile.ComputeSha256("other"u8)));
        Assert.Equal("old", await File.ReadAllTextAsync(folder.At("f")));
        Assert.Null(await Write("sha256", RegularFile.ComputeSha256("old"u8).ToUpperInvariant()));
        Assert.Equal("new", await File.ReadAllTextAsync(folder.At("f")));
    }
}
