using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Archives;
using OpenClaw.Worker.Execution.Files.Listing;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Files;

/// <summary>Nothing in a folder is missing from a list or an archive without a word, whatever it is called and however old it is.</summary>
[SupportedOSPlatform("linux")]
public sealed class OddEntriesTests : IDisposable
{
    private const int Entries = 37;

    // Memory keeps times of any year; most disks end in 2446.
    private readonly string folder = Directory.CreateDirectory($"/dev/shm/openclaw-test-{Guid.NewGuid():N}").FullName;

    private const string Make = """
        import os, sys
        top = os.fsencode(sys.argv[1]) + b'/d'
        os.mkdir(top)
        def file(name, time=0, text=b'x', mode=0o644):
            with open(top + b'/' + name, 'wb') as f: f.write(text)
            os.chmod(top + b'/' + name, mode)
            os.utime(top + b'/' + name, ns=(0, time))
        second = 1000000000
        names = [b'plain', b'\xff', b'caf\xe9', b'\xed\xb2\x80', b'\xf0\x9f\x98\x80\xff', b'a\\b', b'a\\b\xff', b'line\nend', b' ',
                 b'-rf', b'\x01', b'*', 'grün'.encode(), '\U0001f600'.encode(), b'n' * 255, b'\xfe' * 255, 'ü'.encode() * 127, b'p' * 100,
                 b'p' * 101, b'\xc3', b'.openclaw-mine.tmp']
        for name in names: file(name, text=name)
        for at, time in enumerate([0, -1, -second, -second * 2 - 1, second // 2, 8589934591 * second, 8589934592 * second,
                                   253402300800 * second, 9000000000 * second + 1, -90000000000 * second]):
            file(b'time%d' % at, time)
        os.utime(top + b'/plain', ns=(0, 5))
        folder = top + b'/folder\xff'
        os.mkdir(folder)
        file(b'folder\xff/inner\xfe')
        os.symlink(b'folder\xff/inner\xfe', top + b'/link\xfd')
        os.symlink(b't' * 2000, top + b'/far')
        os.mkdir(top + b'/old'); file(b'old/inner')
        os.utime(top + b'/old', ns=(0, 9000000000 * second))
        os.utime(folder, ns=(0, -5 * second))
        """;

    // Every entry: its path, kind, content or target, mode, owner and time.
    private const string Describe = """
        import os, sys, stat
        top = os.fsencode(sys.argv[1])
        for here, folders, files in os.walk(top):
            for name in sorted(folders + files):
                path = here + b'/' + name
                s = os.lstat(path)
                what = os.readlink(path) if stat.S_ISLNK(s.st_mode) else open(path, 'rb').read() if stat.S_ISREG(s.st_mode) else b''
                time = 0 if stat.S_ISLNK(s.st_mode) else s.st_mtime_ns
                print(path[len(top):], oct(s.st_mode), what, s.st_uid, s.st_gid, time)
        """;

    public OddEntriesTests() => Run("python3", "-c", Make, folder);

    // .NET removes nothing whose name is no text.
    public void Dispose() => Run("rm", "-rf", folder);

    [Fact]
    public async Task An_archive_gives_every_name_time_and_owner_back()
    {
        if (Native.GetUid() == 0) Run("chown", "4294967289:3000000", $"{folder}/d/plain");
        var (result, archive) = await Task("file-tar", new() { ["path"] = $"{folder}/d" });
        Assert.Equal("succeeded", result.Outcome);
        Assert.Empty(result.Metadata!["leftOut"]!.AsArray());
        await File.WriteAllBytesAsync($"{folder}/a.tar", archive);
        Directory.CreateDirectory($"{folder}/out");
        Run("tar", "-x", "-p", "-f", $"{folder}/a.tar", "-C", $"{folder}/out");
        var expected = Run("python3", "-c", Describe, $"{folder}/d");
        Assert.Equal(Entries, expected.Split('\n').Length - 1);
        Assert.Equal(expected, Run("python3", "-c", Describe, $"{folder}/out"));
    }

    [Fact]
    public async Task The_framework_reads_the_archive_as_well_but_for_years_it_does_not_know()
    {
        string[] beyond = ["time7", "time8", "time9", "old"];
        Run("rm", ["-r", .. beyond.Select(name => $"{folder}/d/{name}")]);
        var (_, archive) = await Task("file-tar", new() { ["path"] = $"{folder}/d" });
        using var reader = new System.Formats.Tar.TarReader(new MemoryStream(archive));
        var names = new List<string>();
        while (await reader.GetNextEntryAsync() is { } entry) names.Add(entry.Name);
        Assert.Equal(Entries - beyond.Length - 1, names.Count);
        Assert.Contains("grün", names);
    }

    [Fact]
    public async Task A_list_names_every_entry_page_by_page_and_tells_escaped_names()
    {
        var (whole, lines) = await List(null, 1000);
        Assert.Null(whole.Metadata!["unread"]);
        var paths = lines.Select(line => (string)line["path"]!).ToArray();
        Assert.Equal(Entries, paths.Length);
        Assert.Equal(paths.Length, paths.Zip(lines, (path, line) => (path, (bool?)line["escaped"])).Distinct().Count());
        (string, bool)[] some =
            [(@"\xff", true), (@"a\b", false), (@"a\\b\xff", true), (@"folder\xff/inner\xfe", true), (@"😀\xff", true), ("grün", false)];
        foreach (var (name, escaped) in some)
            Assert.Equal(escaped, (bool?)lines[Array.IndexOf(paths, name)]["escaped"] ?? false);
        var far = lines[Array.IndexOf(paths, "time9")];
        Assert.Equal((-90000000000, null), ((long?)far["mtimeSeconds"], (string?)far["mtime"]));
        foreach (var limit in new[] { 1, 2, 7 })
        {
            var (names, after) = (new List<string>(), (string?)null);
            do
            {
                var (page, more) = await List(after, limit);
                names.AddRange(more.Select(line => (string)line["path"]!));
                after = (string?)page.Metadata!["next"];
            }
            while (after is not null);
            Assert.Equal(paths, names);
        }
    }

    [Fact]
    public async Task Files_of_any_year_and_behind_links_with_any_name_are_read_and_written()
    {
        Run("python3", "-c", "import os,sys; t=os.fsencode(sys.argv[1]); os.symlink(b'link\\xfd', t+b'/d/link-in')", folder);
        foreach (var name in Enumerable.Range(0, 10).Select(i => $"time{i}").Append("link-in"))
        {
            var path = $"{folder}/d/{name}";
            Assert.Equal("x", Encoding.UTF8.GetString((await Task("file-read", new() { ["path"] = path })).Output));
            Assert.Equal("succeeded", (await Task("file-stat", new() { ["path"] = path, ["hash"] = true })).Result.Outcome);
            var (edited, _) = await Task("file-edit", new() { ["path"] = path, ["oldString"] = "x", ["newString"] = "y" });
            Assert.Equal("succeeded", edited.Outcome);
            Assert.Equal("y", Encoding.UTF8.GetString((await Task("file-read", new() { ["path"] = path })).Output));
        }
    }

    [Fact]
    public async Task What_is_too_deep_or_no_file_is_named()
    {
        var deep = $"{folder}/deep/" + string.Join('/', Enumerable.Repeat("d", 200));
        Directory.CreateDirectory(deep);
        await File.WriteAllTextAsync($"{deep}/file", "");
        Run("mkfifo", $"{folder}/deep/pipe");
        for (var i = 0; i < 150; i++) Run("mkfifo", $"{folder}/deep/pipe{i}");
        var (result, _) = await Task("file-tar", new() { ["path"] = $"{folder}/deep" });
        var named = result.Metadata!["leftOut"]!.AsArray().Select(name => (string)name!).ToArray();
        Assert.Equal(100, named.Length);
        Assert.Equal(152, (int)result.Metadata["leftOutCount"]!);
        Assert.StartsWith("d/d/d/", named[0], StringComparison.Ordinal);
        var (list, _) = await Task("file-list", new() { ["path"] = $"{folder}/deep", ["pattern"] = "**" });
        Assert.StartsWith("d/d/d/", (string?)Assert.Single(list.Metadata!["unread"]!.AsArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_file_that_becomes_shorter_while_it_is_read_the_archive_says_so()
    {
        Directory.CreateDirectory($"{folder}/e");
        File.WriteAllText($"{folder}/e/zz", new string('z', 500_000));
        using var held = FolderHandle.Open($"{folder}/e");
        using var archive = new Shortening(() => File.WriteAllText($"{folder}/e/zz", "z"));
        var facts = FolderTarWriter.WriteArchive(held, archive, null, CancellationToken.None)!;
        Assert.Equal("zz", (string?)Assert.Single(facts["changed"]!.AsArray()));
        archive.Position = 0;
        using var reader = new System.Formats.Tar.TarReader(archive);
        Assert.Equal(500_000, reader.GetNextEntry()!.Length);
        Assert.Null(reader.GetNextEntry());
    }

    /// <summary>Does something once when much has been written.</summary>
    private sealed class Shortening(Action now) : MemoryStream
    {
        private Action? now = now;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            if (buffer.Length > 100_000) Interlocked.Exchange(ref now, null)?.Invoke();
        }
    }

    private async Task<(ExecutionResult Result, JsonNode[] Lines)> List(string? after, int limit)
    {
        var payload = new JsonObject { ["path"] = $"{folder}/d", ["pattern"] = "**", ["after"] = after, ["limit"] = limit };
        var (result, output) = await Task("file-list", payload);
        var lines = Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (result, [.. lines.Select(line => JsonNode.Parse(line)!)]);
    }

    private async Task<(ExecutionResult Result, byte[] Output)> Task(string kind, JsonObject payload)
    {
        ITaskExecutor executor = kind switch
        {
            "file-tar" => new FileTarExecutor(),
            "file-list" => new FileListExecutor(),
            "file-stat" => new FileStatExecutor(),
            "file-read" => new FileReadExecutor(),
            _ => new FileEditExecutor(),
        };
        using var attempt = new TestAttempt(kind, payload.ToJsonString(), folder);
        return (await attempt.Run(executor), attempt.Output.Stdout);
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}");
        return text;
    }
}
