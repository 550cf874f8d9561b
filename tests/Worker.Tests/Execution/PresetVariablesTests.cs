using System.Text.Json;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Tests.Policy;
using OpenClaw.Worker.Tests.Supervision;

namespace OpenClaw.Worker.Tests.Execution;

public sealed class PresetVariablesTests
{
    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("", "", "", true)]
    [InlineData("de_DE.UTF-8", null, null, false)]
    [InlineData(null, "C", null, false)]
    [InlineData(null, null, "POSIX", false)]
    public void A_locale_is_set_only_where_nothing_says_one(string? lang, string? all, string? characters, bool preset)
    {
        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in new[] { ("LANG", lang), ("LC_ALL", all), ("LC_CTYPE", characters) })
        {
            if (value is not null) environment[name] = value;
        }
        Assert.Equal(preset, PresetVariables.AddTo(environment, "C.UTF-8"));
        Assert.Equal(preset ? "C.UTF-8" : all ?? characters ?? lang, PresetVariables.FindLocale(environment));
        Assert.False(PresetVariables.AddTo([], null));
    }

    [Fact]
    public async Task They_go_before_the_persons_own_and_a_tasks_go_before_them()
    {
        using var folder = new ScratchFolder();
        var person = new Dictionary<string, string> { ["PAGER"] = "less", ["EDITOR"] = "vim", ["LANG"] = "C" };
        using var attempt = new TestAttempt("command", """
            {"command":"echo $PAGER $GIT_PAGER $EDITOR $VISUAL $GIT_EDITOR $GIT_TERMINAL_PROMPT $DEBIAN_FRONTEND $LANG",
             "env":{"GIT_PAGER":"mine"}}
            """, folder.Path, person);
        await attempt.Run(new Worker.Execution.Commands.CommandExecutor());
        Assert.Equal("cat mine true true true 0 noninteractive C\n", attempt.Output.Text);
    }

    /// <summary>What a watchdog ends, and what it leaves alone, is nothing that a task decides.</summary>
    [Fact]
    public async Task No_task_passes_for_a_hook_of_the_owners()
    {
        using var folder = new ScratchFolder();
        using var attempt = new TestAttempt("command", """
            {"command":"echo [$OPENCLAW_HOOK]","env":{"OPENCLAW_HOOK":"1"}}
            """, folder.Path);
        await attempt.Run(new Worker.Execution.Commands.CommandExecutor());
        Assert.Equal("[]\n", attempt.Output.Text);
    }

    [Fact]
    public async Task A_policy_that_passes_few_variables_passes_them_and_not_the_persons()
    {
        using var bench = new PolicyBench("""{"environment":{"pass":["PATH"],"deny":["EDITOR"],"set":{"VISUAL":"ed"}}}""");
        bench.Person["MANPAGER"] = "less";
        await bench.Shell("echo $PAGER $EDITOR $VISUAL $MANPAGER $LANG");
        Assert.Equal($"cat ed {PresetVariables.UnicodeLocale}\n", bench.Text);
    }

    /// <summary>The repository names a pager and an editor that wait for somebody.</summary>
    [Theory]
    [InlineData("git log", true, 0), InlineData("git commit --allow-empty", true, 1), InlineData("git commit --allow-empty", false, 1)]
    [InlineData("git commit --amend --allow-empty", true, 0)]
    public async Task Git_waits_for_nobody(string command, bool terminal, int exitCode)
    {
        await using var worker = await WorkerHarness.Start();
        const string Repository =
            "git init -q . && git config user.name a && git config user.email a@b && git commit -q --allow-empty -m first && "
            + "git config core.pager 'sleep 600 #' && git config core.editor 'sleep 600 #' && ";
        var id = worker.Gateway.Submit("command", JsonSerializer.Serialize(new
        {
            command = Repository + command, pty = terminal, cwd = Directory.CreateDirectory(worker.PathOf("repository")).FullName,
        }));
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal((exitCode == 0 ? "succeeded" : "failed", exitCode), (result.Outcome, result.ExitCode));
    }

    [Fact]
    public async Task A_worker_without_a_locale_gives_its_tasks_one_for_UTF_8()
    {
        Assert.Contains("UTF-8", PresetVariables.UnicodeLocale, StringComparison.Ordinal);
        await using var worker = await WorkerProcess.Prepare();
        // Start-up files of this machine may name one, so there are none.
        worker.Go(("LANG", ""), ("LC_ALL", ""), ("LC_CTYPE", ""), ("SHELL", "/bin/sh"),
            ("HOME", Directory.CreateDirectory(worker.PathOf("home")).FullName));
        var attempt = await worker.Gateway.Ended(worker.Gateway.Command("echo $LANG"));
        Assert.Equal(PresetVariables.UnicodeLocale + "\n", attempt.Text);
    }

    [Fact]
    public void The_doctor_tells_of_the_locale()
    {
        Assert.Contains("nothing here sets one", LocalJudgement.JudgeLocale("C.UTF-8", true).Found, StringComparison.Ordinal);
        Assert.Equal(Grade.Ok, LocalJudgement.JudgeLocale("de_DE.utf8", false).Grade);
        Assert.Equal(Grade.Warning, LocalJudgement.JudgeLocale("C", false).Grade);
        Assert.Equal(Grade.Warning, LocalJudgement.JudgeLocale(null, false).Grade);
    }
}
