using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files.Listing;

public sealed class FileListingTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task<(ExecutionResult Result, string Output)> Run(ITaskExecutor executor, JsonObject payload)
    {
        using var attempt = new TestAttempt(executor.Kind, payload.ToJsonString(), folder.Path);
        return (await attempt.Run(executor), attempt.Output.Text);
    }

    private async Task<(string[] Paths, ExecutionResult Result)> List(JsonObject payload)
    {
        var (result, output) = await Run(new FileListExecutor(), payload);
        return ([.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["path"]!)],
            result);
    }

    [Fact]
    public async Task A_folder_is_listed_in_one_order_with_what_each_entry_is()
    {
        folder.File("b.txt", "12345");
        folder.File("a/inner", "");
        File.CreateSymbolicLink(folder.At("link"), "/etc");
        var (result, output) = await Run(new FileListExecutor(), new() { ["path"] = folder.Path });
        var entries = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(["a folder", "b.txt file", "link link"], entries.Select(entry => $"{entry["path"]} {entry["type"]}"));
        Assert.Equal(5, (int)entries[1]["size"]!);
        Assert.Equal(3, (int)result.Metadata!["entries"]!);
        Assert.Null(result.Metadata["next"]);
    }

    [Fact]
    public async Task Pages_put_together_are_the_whole_whatever_their_size()
    {
        foreach (var name in new[] { "a/1", "a/2/x", "a/2/y", "a!", "a.b", "b/c/d/e", "z" })
            folder.File(name, "");
        var whole = await List(new() { ["path"] = folder.Path, ["pattern"] = "**" });
        Assert.Equal(["a", "a/1", "a/2", "a/2/x", "a/2/y", "a!", "a.b", "b", "b/c", "b/c/d", "b/c/d/e", "z"], whole.Paths);
        for (var limit = 1; limit <= 13; limit++)
        {
            var (names, after) = (new List<string>(), (string?)null);
            do
            {
                var (paths, result) =
                    await List(new() { ["path"] = folder.Path, ["pattern"] = "**", ["limit"] = limit, ["after"] = after });
                names.AddRange(paths);
                after = (string?)result.Metadata!["next"];
            }
            while (after is not null);
            Assert.Equal(whole.Paths, names);
        }
    }

    [Fact]
    public async Task A_pattern_chooses_and_links_are_not_entered()
    {
        folder.File("src/a.cs", "");
        folder.File("src/deep/b.cs", "");
        folder.File("src/deep/c.txt", "");
        Directory.CreateSymbolicLink(folder.At("src/around"), folder.Path);
        Assert.Equal(["src/a.cs", "src/deep/b.cs"], (await List(new() { ["path"] = folder.Path, ["pattern"] = "src/**/*.cs" })).Paths);
    }

    [Fact]
    public async Task What_is_no_folder_is_told()
    {
        Assert.Equal("not-a-folder", (await List(new() { ["path"] = folder.File("f", "") })).Result.Reason);
        Assert.Equal("not-found", (await List(new() { ["path"] = folder.At("nowhere") })).Result.Reason);
    }

    [Fact]
    public async Task A_file_is_described_and_hashed_when_asked()
    {
        var path = folder.File("f", "hello\n");
        var (result, output) = await Run(new FileStatExecutor(), new() { ["path"] = path, ["hash"] = true });
        Assert.Equal(RegularFile.ComputeSha256("hello\n"u8), (string?)result.Metadata!["sha256"]);
        Assert.Equal((6L, "file", path),
            ((long)result.Metadata["size"]!, (string)result.Metadata["type"]!, (string)result.Metadata["path"]!));
        Assert.Equal(File.GetLastWriteTimeUtc(path),
            DateTime.Parse((string)result.Metadata["mtime"]!, null, System.Globalization.DateTimeStyles.RoundtripKind));
        Assert.Equal(result.Metadata.ToJsonString() + "\n", output);
        Assert.Equal("folder", (string?)(await Run(new FileStatExecutor(), new() { ["path"] = folder.Path })).Result.Metadata!["type"]);
        Assert.Equal("not-found", (await Run(new FileStatExecutor(), new() { ["path"] = folder.At("no") })).Result.Reason);
    }

    [Theory]
    [InlineData(1, null, "one\ntwo\r\n\nfour", 1, 4), InlineData(2, 2, "two\r\n\n", 2, 2), InlineData(4, 9, "four", 4, 1)]
    [InlineData(5, 1, "", 5, 0), InlineData(99, null, "", 99, 0), InlineData(null, 1, "one\n", 1, 1)]
    public async Task Lines_are_read_by_their_number(int? line, int? lines, string text, int first, int count)
    {
        var payload = new JsonObject { ["path"] = folder.File("f", "one\ntwo\r\n\nfour") };
        if (line is not null) payload["line"] = line;
        if (lines is not null) payload["lines"] = lines;
        var (result, output) = await Run(new FileReadExecutor(), payload);
        Assert.Equal(text, output);
        Assert.Equal(((long)first, (long)count), ((long)result.Metadata!["line"]!, (long)result.Metadata["lines"]!));
    }

    [Fact]
    public async Task Lines_far_into_a_large_file_are_found()
    {
        var path = folder.File("big", string.Concat(Enumerable.Range(1, 100_000).Select(i => $"line {i}\n")));
        var (_, output) = await Run(new FileReadExecutor(), new() { ["path"] = path, ["line"] = 54_321, ["lines"] = 2 });
        Assert.Equal("line 54321\nline 54322\n", output);
    }
}
