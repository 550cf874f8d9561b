using System.Formats.Tar;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Archives;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files.Transfer;

public sealed class FileTarTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task<(ExecutionResult Result, byte[] Output)> Run(JsonObject payload)
    {
        using var attempt = new TestAttempt("file-tar", payload.ToJsonString(), folder.Path);
        return (await attempt.Run(new FileTarExecutor()), attempt.Output.Stdout);
    }

    private static Dictionary<string, (TarEntryType Type, string? Content)> Read(byte[] archive)
    {
        using var reader = new TarReader(new MemoryStream(archive));
        var entries = new Dictionary<string, (TarEntryType, string?)>();
        while (reader.GetNextEntry() is { } entry)
        {
            using var text = entry.DataStream is { } data ? new StreamReader(data) : null;
            entries[entry.Name] = (entry.EntryType, text?.ReadToEnd() ?? (entry.LinkName is { Length: > 0 } link ? link : null));
        }
        return entries;
    }

    [Fact]
    public async Task A_folder_is_archived_with_links_as_links_and_nothing_behind_them()
    {
        using var outside = new ScratchFolder();
        outside.File("secret", "not for you");
        folder.File("d/a.txt", "hello\n");
        folder.File("d/deep/er/b", new string('x', 100_000));
        Directory.CreateSymbolicLink(folder.At("d/out"), outside.Path);
        var (result, archive) = await Run(new() { ["path"] = folder.At("d") });
        var entries = Read(archive);
        Assert.Equal(["a.txt", "deep/", "deep/er/", "deep/er/b", "out"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((TarEntryType.RegularFile, "hello\n"), entries["a.txt"]);
        Assert.Equal((TarEntryType.SymbolicLink, outside.Path), entries["out"]);
        Assert.Equal(100_000, entries["deep/er/b"].Content!.Length);
        Assert.Equal(RegularFile.ComputeSha256(archive), (string?)result.Metadata!["sha256"]);
        Assert.Equal((2, 2, 1), ((int)result.Metadata["files"]!, (int)result.Metadata["folders"]!, (int)result.Metadata["links"]!));
    }

    [Fact]
    public async Task It_goes_to_a_file_on_the_PC_also_within_the_folder_itself()
    {
        folder.File("a", "1");
        var (result, output) = await Run(new() { ["path"] = folder.Path, ["target"] = folder.At("all.tar") });
        Assert.Equal("succeeded", result.Outcome);
        Assert.StartsWith("Wrote ", System.Text.Encoding.UTF8.GetString(output), StringComparison.Ordinal);
        Assert.Equal(["a"], Read(await File.ReadAllBytesAsync(folder.At("all.tar"))).Keys);
    }

    [Fact]
    public async Task What_is_too_large_for_the_output_is_told()
    {
        using (var large = File.Create(folder.At("large")))
            large.SetLength(FileReading.MaxText);
        Assert.Equal("too-large", (await Run(new() { ["path"] = folder.Path })).Result.Reason);
    }

    [Fact]
    public void A_pipe_in_the_folder_is_left_out_and_holds_nothing_up()
    {
        folder.File("a", "1");
        using (var made = System.Diagnostics.Process.Start("mkfifo", folder.At("pipe")))
            made.WaitForExit();
        using var held = FolderHandle.Open(RealPath.ResolveLinks(folder.Path)!);
        using var archive = new MemoryStream();
        var facts = FolderTarWriter.WriteArchive(held, archive, null, CancellationToken.None)!;
        Assert.Equal("pipe", (string?)Assert.Single(facts["leftOut"]!.AsArray()));
        Assert.Equal(1, (int)facts["files"]!);
    }

    [Fact]
    public async Task A_target_outside_of_the_roots_is_refused()
    {
        folder.File("in/a", "1");
        using var attempt = new TestAttempt("file-tar",
            new JsonObject { ["path"] = folder.At("in"), ["target"] = folder.At("out.tar") }.ToJsonString(), folder.Path)
        {
            Policy = OwnerPolicy.None with { Files = new FileRoots([folder.At("in")], [folder.At("in")], []) },
        };
        var result = await attempt.Run(new FileTarExecutor());
        Assert.Equal(("rejected", FileRoots.WriteRule), (result.Outcome, result.Reason));
        Assert.False(File.Exists(folder.At("out.tar")));
    }
}
