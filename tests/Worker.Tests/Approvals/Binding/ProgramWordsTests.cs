using OpenClaw.Worker.Approvals.Binding;

namespace OpenClaw.Worker.Tests.Approvals.Binding;

public sealed class ProgramWordsTests
{
    /// <summary>Scripts of interpreters, options before them, code among the arguments.</summary>
    [Theory]
    [InlineData("sh x.sh", "x.sh", true)]
    [InlineData("/bin/bash -eu x.sh -c", "x.sh", true)]
    [InlineData("bash -- x.sh", "x.sh", true)]
    [InlineData("python3.12 -u x.py --flag", "x.py", true)]
    [InlineData("perl -w x.pl", "x.pl", true)]
    [InlineData("node x.js", "x.js", true)]
    [InlineData("bun x.ts", "x.ts", true)]
    [InlineData("bun run x.ts", "x.ts", true)]
    [InlineData("deno run x.ts", "x.ts", true)]
    [InlineData("java -jar x.jar a", "x.jar", true)]
    [InlineData("dotnet x.dll", "x.dll", true)]
    [InlineData("awk -f x.awk data", "x.awk", true)]
    [InlineData("pwsh -File x.ps1", "x.ps1", true)]
    [InlineData("Rscript x.R", "x.R", true)]
    [InlineData("lua5.4 x.lua", "x.lua", true)]
    [InlineData("bash -c ls", null, false)]
    [InlineData("sh -ec ls", null, false)]
    [InlineData("bash", null, false)]
    [InlineData("bash -s x.sh", null, false)]
    [InlineData("bash -o pipefail x.sh", null, false)]
    [InlineData("bash --rcfile x y.sh", null, false)]
    [InlineData("python -c print()", null, false)]
    [InlineData("python3 -m http.server", null, false)]
    [InlineData("python3 -", null, false)]
    [InlineData("node -e 1", null, false)]
    [InlineData("node --require a.js b.js", null, false)]
    [InlineData("perl -pi -e s/a/b/ x", null, false)]
    [InlineData("php @x", null, false)]
    [InlineData("sh +x -c id", null, false)]
    [InlineData("split --filter=sh_x.sh a", null, true)]
    [InlineData("gcc -wrapper sh,x.sh x.c", null, false)]
    [InlineData("tool --hook=/bin/sh", null, false)]
    [InlineData("tool --name=shell,ash-tree", null, true)]
    [InlineData("systemctl --user start x", null, false)]
    [InlineData("bash +eu x.sh", null, false)]
    [InlineData("bun install", null, false)]
    [InlineData("bun -e 1", null, false)]
    [InlineData("deno eval 1", null, false)]
    [InlineData("deno run -A x.ts", null, false)]
    [InlineData("deno run https://x.y/z.ts", "https://x.y/z.ts", false)]
    [InlineData("java -cp x Main", null, false)]
    [InlineData("dotnet run", null, false)]
    [InlineData("awk {system(\"id\")} x", null, false)]
    [InlineData("pwsh -Command ls", null, false)]
    [InlineData("Rscript -e 1", null, false)]
    public void A_script_is_found_and_code_among_the_arguments_is_open(string command, string? script, bool known)
    {
        var (argv, words) = Read(command);
        Assert.Equal((script, known), (Find(argv, words, WordUse.Script).FirstOrDefault(), words.Unbound is null));
    }

    /// <summary>The program that a launcher starts is a program of the task.</summary>
    [Theory]
    [InlineData("env sh x.sh", "sh", "x.sh", true)]
    [InlineData("env -i A=b sh x.sh", null, null, false)]
    [InlineData("env -u PATH sh x.sh", null, null, false)]
    [InlineData("env BASH_ENV=y sh x.sh", "sh", "x.sh", false)]
    [InlineData("env -S sh x.sh", null, null, false)]
    [InlineData("env", null, null, false)]
    [InlineData("nohup sh x.sh", "sh", "x.sh", true)]
    [InlineData("nice -n 10 sh x.sh", "sh", "x.sh", true)]
    [InlineData("nice --adjustment=3 sh -c ls", "sh", null, false)]
    [InlineData("timeout -k 1 5 sh x.sh", "sh", "x.sh", true)]
    [InlineData("timeout -s", null, null, false)]
    [InlineData("flock /tmp/l sh x.sh", "sh", "x.sh", true)]
    [InlineData("flock /tmp/l -c ls", null, null, false)]
    [InlineData("taskset -c 0 python x.py", "python", "x.py", true)]
    [InlineData("setsid -w sh x.sh", "sh", "x.sh", true)]
    [InlineData("stdbuf -oL -e0 sh x.sh", "sh", "x.sh", true)]
    [InlineData("nohup nice timeout 5 env sh x.sh", "sh", "x.sh", true)]
    [InlineData("nohup git push", "git", null, false)]
    [InlineData("ionice -c 2 cat x", "cat", null, true)]
    public void What_a_launcher_starts_is_bound_as_well(string command, string? inner, string? script, bool known)
    {
        var (argv, words) = Read(command);
        var programs = Find(argv, words, WordUse.Program);
        Assert.Equal((inner, script, known),
            (programs.Skip(1).LastOrDefault(), Find(argv, words, WordUse.Script).FirstOrDefault(), words.Unbound is null));
        Assert.Equal(argv[0], programs[0]);
    }

    [Theory]
    [InlineData("sudo id"), InlineData("xargs rm"), InlineData("find . -exec rm {} ;"), InlineData("ssh h ls"), InlineData("busybox sh")]
    [InlineData("git push"), InlineData("make"), InlineData("npm test"), InlineData("docker run x"), InlineData("sed s/a/b/e x")]
    public void What_hides_what_it_runs_is_open(string command) => Assert.NotNull(Read(command).Words.Unbound);

    /// <summary>A program that nobody knows: each of its words may name a file, and what looks like code is open.</summary>
    [Theory]
    [InlineData("/opt/tool/run x", true)]
    [InlineData("frobnicate --level 3 x.frob", true)]
    [InlineData("frobnicate -e code", false)]
    [InlineData("frobnicate --eval=code", false)]
    [InlineData("frobnicate bash x.sh", false)]
    [InlineData("frobnicate sudo id", false)]
    [InlineData("/tmp/cat bash", false)]
    [InlineData("./env sh x.sh", false)]
    public void An_unknown_program_is_not_taken_as_harmless(string command, bool known)
    {
        var (argv, words) = Read(command);
        Assert.Equal(known, words.Unbound is null);
        Assert.Equal(argv[1..], Find(argv, words, WordUse.Unknown));
    }

    [Fact]
    public void What_only_reads_is_known_and_its_data_may_change()
    {
        var (argv, words) = Read("/usr/bin/tail -n 5 app.log");
        Assert.Null(words.Unbound);
        Assert.Equal(argv[..1], words.Words.Select(word => argv[word.At]));
    }

    [Theory]
    [InlineData("PATH"), InlineData("BASH_ENV"), InlineData("ENV"), InlineData("NODE_OPTIONS"), InlineData("PYTHONPATH")]
    [InlineData("PYTHONSTARTUP"), InlineData("PERL5OPT"), InlineData("PERL5LIB"), InlineData("RUBYOPT"), InlineData("JAVA_TOOL_OPTIONS")]
    [InlineData("DOTNET_STARTUP_HOOKS"), InlineData("LD_PRELOAD"), InlineData("DYLD_INSERT_LIBRARIES"), InlineData("GIT_SSH_COMMAND")]
    [InlineData("npm_config_script_shell"), InlineData("LUA_INIT_5_4"), InlineData("R_PROFILE_USER"), InlineData("HOME")]
    public void A_variable_that_changes_what_runs_is_open(string name)
    {
        var why = ProgramWords.FromTask("command", ["sh", "x.sh"], null, ["LANG", name]).Unbound;
        Assert.Contains(name, why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LANG"), InlineData("LC_ALL"), InlineData("TZ"), InlineData("PYTHONUNBUFFERED"), InlineData("MY_TOKEN")]
    public void Any_other_variable_is_data(string name) =>
        Assert.Null(ProgramWords.FromTask("command", ["sh", "x.sh"], null, [name]).Unbound);

    [Theory]
    [InlineData("claude-cli", false), InlineData("codex-cli", false), InlineData("gemini-cli", false), InlineData("file-write", true)]
    [InlineData("render", true)]
    public void A_kind_says_by_itself_whether_it_decides_what_runs(string kind, bool known) =>
        Assert.Equal(known, ProgramWords.FromTask(kind, null, null, ["PATH"]).Unbound is null);

    [Fact]
    public void A_text_for_a_shell_says_nothing() => Assert.NotNull(ProgramWords.FromTask("command", null, "git push", []).Unbound);

    [Theory]
    [InlineData("x.sh", "x.sh")]
    [InlineData("--config=/a/b", "--config=/a/b|/a/b")]
    [InlineData("-fx.awk", "-fx.awk|x.awk")]
    [InlineData("@args", "@args|args")]
    [InlineData("file:///a", "file:///a|/a")]
    [InlineData("a=", "a=")]
    [InlineData("", "")]
    public void A_word_names_files_in_several_ways(string word, string paths) =>
        Assert.Equal(paths, string.Join('|', ProgramWords.ListPaths(word)));

    [Theory]
    [InlineData("#!/bin/sh\nx", "/bin/sh")]
    [InlineData("#! /usr/bin/env  node\n", "/usr/bin/env|node")]
    [InlineData("#!/usr/bin/env -S node --x", "/usr/bin/env|-S node --x")]
    [InlineData("#!\n", null)]
    [InlineData("\u007fELF", null)]
    [InlineData("", null)]
    public void The_first_line_names_the_interpreter(string text, string? words) =>
        Assert.Equal(words, Shebang.ReadWords(System.Text.Encoding.UTF8.GetBytes(text)) is { } read ? string.Join('|', read) : null);

    private static (string[] Argv, ProgramWords Words) Read(string command)
    {
        var argv = command.Split(' ');
        return (argv, ProgramWords.FromCommand(argv, []));
    }

    private static string[] Find(string[] argv, ProgramWords words, WordUse use) =>
        [.. words.Words.Where(word => word.Use == use).Select(word => argv[word.At])];
}
