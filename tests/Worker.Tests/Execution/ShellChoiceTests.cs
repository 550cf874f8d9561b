using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Supervision;

namespace OpenClaw.Worker.Tests.Execution;

public sealed class ShellChoiceTests
{
    [Theory]
    [InlineData("/bin/zsh", "/bin/bash", "/bin/zsh", null)]
    [InlineData(null, "/bin/bash", "/bin/bash", null)]
    [InlineData("", "", "/bin/sh", null)]
    [InlineData("/bin/true", "/bin/bash", "/bin/bash", "/bin/true (SHELL) is no shell: commands run in /bin/bash")]
    [InlineData("/usr/sbin/nologin", "/usr/sbin/nologin", "/bin/sh",
        "/usr/sbin/nologin (SHELL) is no shell, /usr/sbin/nologin (the account's) is no shell: commands run in /bin/sh")]
    [InlineData(null, "/bin/false", "/bin/sh", "/bin/false (the account's) is no shell: commands run in /bin/sh")]
    [InlineData("/gone/zsh", "/bin/bash", "/bin/bash", "/gone/zsh (SHELL) is not there: commands run in /bin/bash")]
    [InlineData("zsh", "/bin/bash", "/bin/bash", "zsh (SHELL) is no absolute path: commands run in /bin/bash")]
    [InlineData("/opt/own-shell", null, "/opt/own-shell", null)]
    [InlineData("/opt/no-shell", null, "/bin/sh", "/opt/no-shell (SHELL) runs no commands: commands run in /bin/sh")]
    public void The_first_that_is_a_shell(string? variable, string? account, string path, string? notice) => Assert.Equal(
        new ShellChoice(path, notice),
        ShellChoice.FromCandidates(
            [("SHELL", variable), ("the account's", account)],
            file => !file.StartsWith("/gone", StringComparison.Ordinal), file => file == "/opt/own-shell"));

    [Theory]
    [InlineData("/bin/sh", true), InlineData("/bin/true", false), InlineData("/bin/cat", false), InlineData("/bin/echo", false)]
    [InlineData("/no/such/file", false)]
    public async Task A_program_is_a_shell_when_it_runs_a_text(string program, bool runs) =>
        Assert.Equal(runs, await new LoginShell(TimeProvider.System).RunsText(program));

    [Fact]
    public async Task Only_a_program_of_an_unknown_name_is_tried_and_not_before_somebody_needs_it()
    {
        var (tried, asked, notices) = (new List<string>(), new List<string>(), new List<string>());
        Task<bool> Try(string path)
        {
            tried.Add(path);
            return Task.FromResult(path == "/opt/own-shell");
        }

        UserEnvironment Build(string variable, string account) => new(
            new Dictionary<string, string> { ["SHELL"] = variable }, new UserAccount("p", "/home/p", account),
            (shell, start) =>
            {
                asked.Add($"{shell} {start["SHELL"]}");
                return Task.FromResult<IReadOnlyDictionary<string, string>?>(null);
            },
            new ShellProbe(_ => true, Try, notices.Add));
        var user = Build("/opt/odd", "/opt/own-shell");
        Assert.Equal(("/opt/odd", 0, 0), (user.Shell, tried.Count, notices.Count));
        Assert.Equal("/opt/own-shell", (await user.GetVariables())["SHELL"]);
        Assert.Equal("/opt/own-shell", user.Shell);
        Assert.Equal(["/opt/odd", "/opt/own-shell"], tried);
        Assert.Equal(["/opt/own-shell /opt/own-shell"], asked);
        Assert.Equal(["/opt/odd (SHELL) runs no commands: commands run in /opt/own-shell"], notices);
        await Build("/bin/zsh", "/opt/odd").GetVariables();
        await Build("/bin/true", "/bin/bash").GetVariables();
        Assert.Equal(2, tried.Count);
        Assert.Equal(["/bin/zsh /bin/zsh", "/bin/bash /bin/bash"], asked.Skip(1));
        Assert.Equal("/bin/sh", (await Build("/opt/odd", "/opt/odd").GetVariables())["SHELL"]);
    }

    [Fact]
    public void Another_user_without_a_shell_gets_one()
    {
        var environment = new Dictionary<string, string>();
        new RunAsUser("nobody", 65534, 65534, "/nonexistent", "/usr/sbin/nologin").SetVariables(environment);
        Assert.Equal("/bin/sh", environment["SHELL"]);
    }

    [Theory]
    [InlineData("/bin/true"), InlineData("/bin/false"), InlineData("/usr/sbin/nologin")]
    public async Task An_account_without_a_shell_gets_one(string shell)
    {
        await using var worker = await WorkerProcess.Prepare();
        worker.Go(("SHELL", shell));
        var id = worker.Gateway.Command($"echo ran $SHELL > {worker.PathOf("witness")}; exit 7");
        Assert.Equal(7, Assert.Single((await worker.Gateway.Ended(id)).Results).ExitCode);
        Assert.Matches("^ran /[a-z/]*sh\n$", await File.ReadAllTextAsync(worker.PathOf("witness")));
        await Until.True(() => worker.Log.Contains($"{shell} (SHELL) is no shell: commands run in", StringComparison.Ordinal),
            "it says so");
    }

    [Fact]
    public async Task A_task_that_names_no_shell_is_told_so()
    {
        using var folder = new ScratchFolder();
        using var attempt = new TestAttempt("command", """{"command":"echo ran","shell":"/bin/true"}""", folder.Path);
        var end = await attempt.Run(new Worker.Execution.Commands.CommandExecutor());
        Assert.Equal(("could-not-start", "/bin/true runs no commands: it is no shell"), (end.Reason, end.Error));
    }

    [Fact]
    public void The_doctor_says_which_is_used_instead()
    {
        var finding = LocalJudgement.JudgeShell("/bin/sh", true, new Dictionary<string, string>(),
            "/bin/true (SHELL) is no shell: commands run in /bin/sh");
        Assert.Equal((Grade.Warning, "/bin/true (SHELL) is no shell: commands run in /bin/sh"), (finding.Grade, finding.Found));
    }
}
