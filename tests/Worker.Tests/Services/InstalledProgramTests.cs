using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>The command is a link to one whole version; what went before is there until the next update.</summary>
public sealed class InstalledProgramTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-program-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Command => Path.Combine(folder.FullName, ".local", "bin", "openclaw-worker");
    private string Store => Path.Combine(folder.FullName, ".local", "share", "openclaw-worker");

    [Fact]
    public async Task It_is_copied_whole_is_runnable_and_the_command_leads_to_it()
    {
        var (program, placement, source) = await Download("one");
        Assert.Null(program.PutInPlace(source));
        Assert.Equal(placement.File, new FileInfo(Command).LinkTarget);
        Assert.Equal("one", await File.ReadAllTextAsync(Command));
        Assert.True(File.GetUnixFileMode(placement.File).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal([placement.File], Directory.GetFiles(Store, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_update_leaves_the_file_of_a_daemon_that_runs_and_the_one_after_it_tidies_up()
    {
        var first = await Put("one");
        var second = await Put("two");
        Assert.Equal("two", await File.ReadAllTextAsync(Command));
        Assert.Equal("one", await File.ReadAllTextAsync(first));
        await Put("three");
        Assert.False(File.Exists(first));
        Assert.Equal("two", await File.ReadAllTextAsync(second));
    }

    [Fact]
    public async Task The_same_program_again_changes_nothing()
    {
        var file = await Put("one");
        var written = File.GetLastWriteTimeUtc(file);
        var again = await Put("one");
        Assert.Equal((file, written), (again, File.GetLastWriteTimeUtc(again)));
    }

    [Fact]
    public async Task What_is_taken_back_leaves_nothing_or_the_version_before()
    {
        var (program, _, source) = await Download("one");
        program.PutInPlace(source);
        program.Undo();
        Assert.False(Path.Exists(Path.Combine(folder.FullName, ".local")));

        var first = await Put("one");
        var (next, placement, newer) = await Download("two");
        next.PutInPlace(newer);
        next.Undo();
        Assert.Equal((first, false), (new FileInfo(Command).LinkTarget, File.Exists(placement.File)));
    }

    [Fact]
    public async Task A_file_somebody_put_there_by_hand_is_replaced_and_comes_back_when_it_is_taken_back()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Command)!);
        await File.WriteAllTextAsync(Command, "by hand");
        var (program, placement, source) = await Download("one");
        Assert.Null(program.PutInPlace(source));
        Assert.Equal(placement.File, new FileInfo(Command).LinkTarget);
        program.Undo();
        Assert.Null(new FileInfo(Command).LinkTarget);
        Assert.Equal("by hand", await File.ReadAllTextAsync(Command));
    }

    [Fact]
    public async Task Removed_is_what_install_made_and_no_command_of_somebody_elses()
    {
        await Put("one");
        Assert.Equal([Command, Store], (await Download("one")).Program.RemoveAll());
        Assert.False(Path.Exists(Command) || Directory.Exists(Store));
        await File.WriteAllTextAsync(Command, "by hand");
        Assert.Empty((await Download("one")).Program.RemoveAll());
        Assert.Equal("by hand", await File.ReadAllTextAsync(Command));
    }

    [Fact]
    public async Task What_stands_in_the_way_is_a_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".local"), "");
        var (program, _, source) = await Download("one");
        Assert.Contains($"{Command} can't be put there: ", program.PutInPlace(source), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_is_many_files_and_stays_where_it_is()
    {
        var build = Directory.CreateDirectory(Path.Combine(folder.FullName, "build")).FullName;
        await File.WriteAllTextAsync(Path.Combine(build, "openclaw-worker"), "");
        Assert.NotNull(InstalledProgram.FindSource([Path.Combine(build, "openclaw-worker")]));
        await File.WriteAllTextAsync(Path.Combine(build, "openclaw-worker.dll"), "");
        Assert.Null(InstalledProgram.FindSource([Path.Combine(build, "openclaw-worker")]));
        Assert.Null(InstalledProgram.FindSource(["/usr/bin/dotnet", "/x/openclaw-worker.dll"]));
    }

    [Fact]
    public void The_machines_program_is_where_every_account_finds_it()
    {
        var placement = ProgramPlacement.CreateFor("linux", machine: true, "/root", new ProgramSource("/x", "1.2.3", "abc"));
        Assert.Equal(("/usr/local/lib/openclaw-worker/1.2.3-abc/openclaw-worker", "/usr/local/bin/openclaw-worker", true),
            (placement.File, placement.Command, placement.ForAll));
    }

    private async Task<string> Put(string content)
    {
        var (program, placement, source) = await Download(content);
        Assert.Null(program.PutInPlace(source));
        program.RemoveOldVersions();
        return placement.File;
    }

    private async Task<(InstalledProgram Program, ProgramPlacement Placement, ProgramSource Source)> Download(string content)
    {
        var file = Path.Combine(folder.FullName, "download");
        await File.WriteAllTextAsync(file, content);
        var source = InstalledProgram.FindSource([file])!;
        var placement = ProgramPlacement.CreateFor("linux", machine: false, folder.FullName, source);
        return (new InstalledProgram(placement), placement, source);
    }
}
