using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Approvals.Binding;

public sealed class BoundFileSearchTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly UserEnvironment user = new(
        new Dictionary<string, string>(), new UserAccount("ann", "/home/ann", "/bin/sh"),
        (_, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_script_of_an_interpreter_that_nobody_knows_is_bound()
    {
        var script = folder.File("x.frob", "code");
        var binding = Find(WriteProgram("frob", "\u007fELF"), "--main=x.frob");
        Assert.Null(binding.Unbound);
        Assert.Equal(["program", "file"], binding.Files.Select(file => file.Role));
        File.AppendAllText(script, "more");
        Assert.Contains("x.frob is not the file that was approved", binding.FindDrift(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_put_later_where_a_word_points_is_drift()
    {
        var binding = Find(WriteProgram("frob", "\u007fELF"), "late.frob", "https://x.y/z", "5.1");
        Assert.Equal("file " + Path.Combine(folder.Path, "late.frob") + ", which is not there", binding.Files[1].Title);
        Assert.Equal("no file named 5.1: none is there, and none may be", binding.Lines.Last());
        Assert.Null(binding.FindDrift());
        folder.File("late.frob", "code");
        Assert.Contains("was not there when it was approved", binding.FindDrift(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_is_bound_with_its_interpreter_and_a_link_with_the_file_it_leads_to()
    {
        var (node, script) = (WriteProgram("node", "\u007fELF"), WriteProgram("cli.js", "#!/usr/bin/env node\n"));
        var link = Path.Combine(folder.Path, "tool");
        File.CreateSymbolicLink(link, script);
        var binding = Find("tool");
        Assert.Null(binding.Unbound);
        Assert.Equal(["program " + link, "interpreter /usr/bin/env", "inner program " + node],
            binding.Files.Select(file => $"{file.Role} {file.Path}"));
        File.AppendAllText(script, "more");
        Assert.Contains(link, binding.FindDrift(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_launcher_starts_is_found_in_PATH()
    {
        var (mine, script) = (WriteProgram("mine", "#!/bin/sh\n"), folder.File("x.sh", ""));
        Assert.Contains(mine, Find("nohup", "mine").Files.Select(file => file.Path));
        var binding = Find("timeout", "5", "sh", "x.sh");
        Assert.Null(binding.Unbound);
        Assert.Contains(binding.Files, file => file.Path == script && file.Role == WorkBinding.Script);
    }

    [Theory]
    [InlineData("folder", "what the folder"), InlineData("missing", "the program missing was not found")]
    [InlineData("many", "names more than 32 files"), InlineData("perl-w", "which code perl runs can't be told from -e")]
    [InlineData("loop", "has too many interpreters")]
    public void What_can_not_be_bound_is_open(string what, string why)
    {
        var frob = WriteProgram("frob", "\u007fELF");
        var many = Enumerable.Range(0, 40).Select(at => folder.File($"f{at}", "")).ToArray();
        WriteProgram("mine.pl", "#!/usr/bin/perl -e 1\n");
        WriteProgram("loop", $"#!{Path.Combine(folder.Path, "loop")}\n");
        string[] argv = what switch
        {
            "folder" => [frob, folder.Path],
            "missing" => ["missing"],
            "many" => [frob, .. many],
            "loop" => ["loop"],
            _ => ["mine.pl"],
        };
        Assert.Contains(why, Find(argv).Unbound, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-sKcfg"), InlineData("-Kcfg"), InlineData("-d@cfg"), InlineData("-K=cfg"), InlineData("cfg")]
    public void A_file_behind_the_letters_of_options_is_bound(string word)
    {
        var (frob, config) = (WriteProgram("frob", "\u007fELF"), folder.File("cfg", ""));
        Assert.Contains(Find(frob, word).Files, file => file.Path == config);
    }

    /// <summary>What is put there after the yes was not approved, however the words name it.</summary>
    [Theory]
    [InlineData("late.so"), InlineData("--plugin=late.so"), InlineData("@late.so"), InlineData("file://late.so")]
    public void A_file_that_is_named_and_not_there_is_bound_as_missing(string word)
    {
        var (frob, _) = (WriteProgram("frob", "\u007fELF"), folder.File("x.sh", ""));
        foreach (var binding in new[] { Find(frob, word), Find("sh", "x.sh", word) })
            Assert.Contains(binding.Files, file => file.IsMissing && file.Path == Path.Combine(folder.Path, "late.so"));
    }

    [Theory]
    [InlineData("-sKcfg"), InlineData("-Kcfg"), InlineData("-K=cfg"), InlineData("cfg"), InlineData("--config=cfg"), InlineData("-sSfKcfg")]
    public void A_name_that_names_nothing_must_name_nothing_when_it_runs(string word)
    {
        var (frob, _) = (WriteProgram("frob", "\u007fELF"), folder.File("x.sh", ""));
        foreach (var binding in new[] { Find(frob, word), Find("sh", "x.sh", word) })
        {
            Assert.Null(binding.Unbound);
            Assert.Null(binding.FindDrift());
            Assert.Contains("cfg", binding.Lines.Last(), StringComparison.Ordinal);
            var config = folder.File("cfg", "");
            Assert.Contains("cfg was not there when it was approved", binding.FindDrift(), StringComparison.Ordinal);
            File.Delete(config);
        }
    }

    [Fact]
    public void Names_of_nothing_are_one_line_and_without_end_they_are_open()
    {
        var frob = WriteProgram("frob", "\u007fELF");
        var binding = Find(frob, "start", "-verbose", "now");
        Assert.Equal(2, binding.Lines.Count());
        Assert.Equal("no file named start, erbose, rbose, bose, ose, se, e, now: none is there, and none may be", binding.Lines.Last());
        var many = Find([frob, .. Enumerable.Range(0, 300).Select(at => $"word{at}")]);
        Assert.Contains("it names more than 256 files", many.Unbound, StringComparison.Ordinal);
        Assert.Contains(" and 248 more: none", many.Lines.Last(), StringComparison.Ordinal);
    }

    private string WriteProgram(string name, string text)
    {
        var path = folder.File(name, text);
        File.SetUnixFileMode(path, UnixFileMode.UserExecute | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private WorkBinding Find(params string[] argv) => new BoundFileSearch(
        new ProcessSpec
        {
            Argv = argv, WorkingDirectory = folder.Path,
            Environment = new Dictionary<string, string> { ["PATH"] = $"{folder.Path}:/usr/bin:/bin" },
        }, [], new ProgramView(OwnerPolicy.None, user)).FindFiles();
}
