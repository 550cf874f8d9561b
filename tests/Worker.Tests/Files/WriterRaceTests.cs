using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Archives;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Files.Transfer;
using OpenClaw.Worker.Execution.Files.Writing;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

/// <summary>Many file tasks at once: what succeeded is in the file.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WriterRaceTests : IDisposable
{
    private const int Writers = 24;
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_edit_that_succeeded_is_in_the_file_whatever_it_is_called()
    {
        var file = folder.File("d/file", string.Concat(Enumerable.Range(0, Writers).Select(i => $"[{i}]\n")));
        Directory.CreateSymbolicLink(folder.At("link"), folder.At("d"));
        File.CreateSymbolicLink(folder.At("name"), file);
        string[] names = [file, folder.At("link", "file"), folder.At("name"), folder.At("d", "x", "..", "file")];
        var results = await AtOnce(i => Run(new FileEditExecutor(), new()
        {
            ["path"] = names[i % names.Length], ["oldString"] = $"[{i}]", ["newString"] = $"<{i}>",
        }));
        Assert.All(results, result => Assert.Equal(("succeeded", null), (result.Outcome, result.Reason)));
        Assert.Equal(string.Concat(Enumerable.Range(0, Writers).Select(i => $"<{i}>\n")), await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Of_many_who_want_a_new_file_one_gets_it_and_its_content_is_there()
    {
        for (var round = 0; round < 5; round++)
        {
            var path = folder.At($"lock-{round}");
            var results = await AtOnce(i => Run(i % 2 == 0 ? new FileWriteExecutor() : new FileUploadExecutor(), Absent(path, i)));
            var winner = Assert.Single(Enumerable.Range(0, Writers), i => results[i].Outcome == "succeeded");
            Assert.Equal($"{winner}", await File.ReadAllTextAsync(path));
            Assert.All(results.Where(result => result.Outcome != "succeeded"), result => Assert.Equal("file-exists", result.Reason));
        }

        static JsonObject Absent(string path, int i) => i % 2 == 0
            ? new() { ["path"] = path, ["content"] = $"{i}", ["ifAbsent"] = true }
            : Upload(path, $"{i}", $"u{i}", ifAbsent: true);
    }

    [Fact]
    public async Task Of_many_who_know_the_same_content_one_replaces_it()
    {
        var path = folder.File("file", "old");
        var results = await AtOnce(i => Run(new FileWriteExecutor(), new()
        {
            ["path"] = path, ["content"] = $"{i}", ["sha256"] = RegularFile.ComputeSha256("old"u8),
        }));
        var winner = Assert.Single(Enumerable.Range(0, Writers), i => results[i].Outcome == "succeeded");
        Assert.Equal($"{winner}", await File.ReadAllTextAsync(path));
        Assert.All(results.Where(result => result.Outcome != "succeeded"), result => Assert.Equal("file-changed", result.Reason));
    }

    [Fact]
    public async Task Writes_uploads_archives_and_edits_of_different_files_in_one_folder_all_succeed()
    {
        folder.File("source/x", "x");
        for (var i = 0; i < 200; i += 4) folder.File($"f{i}", "old");
        var results = await AtOnce(i => Run((i % 4) switch
        {
            0 => new FileEditExecutor(),
            1 => new FileWriteExecutor(),
            2 => new FileUploadExecutor(),
            _ => new FileTarExecutor(),
        }, (i % 4) switch
        {
            0 => new() { ["path"] = folder.At($"f{i}"), ["oldString"] = "old", ["newString"] = "new" },
            1 => new() { ["path"] = folder.At($"f{i}"), ["content"] = "new" },
            2 => Upload(folder.At($"f{i}"), "new", $"u{i}"),
            _ => new() { ["path"] = folder.At("source"), ["target"] = folder.At($"f{i}") },
        }), 200);
        Assert.All(results, result => Assert.Equal(("succeeded", null), (result.Outcome, result.Reason)));
        Assert.Equal(201, folder.Names().Length);
    }

    [Fact]
    public async Task Foreign_things_under_the_names_of_unfinished_files_are_nobodys_business()
    {
        File.CreateSymbolicLink(folder.At(".openclaw-broken.tmp"), "nowhere");
        Directory.CreateDirectory(folder.At(".openclaw-folder.tmp"));
        Directory.CreateDirectory(folder.At(".openclaw-upload-x.part"));
        foreach (var pipe in new[] { ".openclaw-pipe.tmp", ".openclaw-upload-pipe.part" })
        {
            using var made = Process.Start("mkfifo", [folder.At(pipe)]);
            await made.WaitForExitAsync();
        }
        var foreign = folder.Names();
        Assert.Equal("succeeded", (await Run(new FileWriteExecutor(), new() { ["path"] = folder.At("a"), ["content"] = "old" })).Outcome);
        Assert.Equal("succeeded", (await Run(new FileEditExecutor(), new()
        {
            ["path"] = folder.At("a"), ["oldString"] = "old", ["newString"] = "new",
        })).Outcome);
        Assert.Equal("succeeded", (await Run(new FileUploadExecutor(), Upload(folder.At("b"), "x", "u"))).Outcome);
        Assert.Equal([.. foreign, "a", "b"], folder.Names());
    }

    [Fact]
    public async Task A_file_that_is_held_up_holds_up_no_other_and_who_waits_for_it_stops_when_asked()
    {
        using var place = Place.Of(folder.File("hung", "old"));
        using var held = FileWriteLocks.Acquire(place, CancellationToken.None);
        var payload = new JsonObject { ["path"] = folder.At("hung"), ["content"] = "new" };
        using var waiting = new TestAttempt("file-write", payload.ToJsonString(), folder.Path);
        var late = waiting.Run(new FileWriteExecutor());
        Assert.Equal("succeeded", (await Run(new FileWriteExecutor(), new() { ["path"] = folder.At("other"), ["content"] = "x" })).Outcome);
        Assert.False(late.IsCompleted);
        waiting.Stop.Request(StopReason.Cancel);
        Assert.Equal("cancelled", (await late).Outcome);
        await Until.True(() => folder.Names().Length == 2, "its temporary file is gone");
        held.Dispose();
        payload["content"] = "newer";
        Assert.Equal("succeeded", (await Run(new FileWriteExecutor(), payload)).Outcome);
        Assert.Equal("newer", await File.ReadAllTextAsync(folder.At("hung")));
    }

    [Fact]
    public void Another_process_that_takes_the_name_in_the_last_moment_keeps_it()
    {
        using var place = FileRoots.Anywhere.OpenPath(folder.At("name"), RootAccess.Write).Place!;
        var error = AtomicFile.Write(place, "ours"u8.ToArray(), TimeProvider.System, () =>
        {
            folder.File("name", "theirs");
            return null;
        }, new WriteOptions { IfAbsent = true });
        Assert.Equal("file-exists", error!.Reason);
        Assert.Equal("theirs", File.ReadAllText(folder.At("name")));
        Assert.Equal(["name"], folder.Names());
    }

    [Fact]
    public void A_file_that_takes_hours_to_write_is_not_taken_for_one_that_was_left_behind()
    {
        using var place = FileRoots.Anywhere.OpenPath(folder.At("slow"), RootAccess.Write).Place!;
        var error = AtomicFile.Write(place, stream =>
        {
            stream.Write("slow"u8);
            var temporary = Directory.GetFiles(folder.Path, ".openclaw-*.tmp").Single();
            File.SetLastWriteTimeUtc(temporary, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2));
            using var other = FileRoots.Anywhere.OpenPath(folder.At("other"), RootAccess.Write).Place!;
            Assert.Null(AtomicFile.Write(other, "x"u8.ToArray(), TimeProvider.System, () => null));
        }, TimeProvider.System, () => null);
        Assert.Null(error);
        Assert.Equal("slow", File.ReadAllText(folder.At("slow")));
    }

    private static JsonObject Upload(string path, string content, string name, bool ifAbsent = false)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        var payload = new JsonObject
        {
            ["path"] = path, ["upload"] = name, ["offset"] = 0, ["content"] = Convert.ToBase64String(bytes),
            ["pieceSha256"] = RegularFile.ComputeSha256(bytes), ["fileSha256"] = RegularFile.ComputeSha256(bytes),
        };
        if (ifAbsent) payload["ifAbsent"] = true;
        return payload;
    }

    private static async Task<ExecutionResult[]> AtOnce(Func<int, Task<ExecutionResult>> run, int count = Writers)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, count).Select(async i =>
        {
            await go.Task;
            return await run(i);
        }).ToArray();
        go.SetResult();
        return await Task.WhenAll(all);
    }

    private async Task<ExecutionResult> Run(ITaskExecutor executor, JsonObject payload)
    {
        using var attempt = new TestAttempt(executor.Kind, payload.ToJsonString(), folder.Path);
        return await attempt.Run(executor);
    }
}
