using System.Text.Json;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Commands;

namespace OpenClaw.Worker.Tests.Execution.Commands;

public sealed class CommandTests
{
    [Fact]
    public async Task Fault_7_only_the_one_shell_ever_reads_the_text()
    {
        await using var worker = await WorkerHarness.Start();
        const string Text = """printf '%s %s %s %s %s\n' '$HOME `id` $(id)' "$(echo "in'ner")" "a\\b" 'it'"'"'s' $((1+1)) """
            + "\n# end\nprintf '%s\\n' \"two  lines\"";
        var attempt = await worker.Gateway.Ended(worker.Gateway.Command(Text));
        Assert.Equal("$HOME `id` $(id) in'ner a\\b it's 2\ntwo  lines\n", attempt.Text);
    }

    [Fact]
    public void Fault_9_the_shell_is_the_persons_and_no_path_is_wired_in()
    {
        Assert.Equal("/bin/sh", User(new() { ["SHELL"] = "/opt/homebrew/bin/none" }, new("p", "/home/p", "/bin/none")).Shell);
        Assert.Equal("/bin/bash", User(new() { ["SHELL"] = "/bin/bash" }, new("p", "/home/p", "/bin/sh")).Shell);
        Assert.Equal("/bin/bash", User([], new("p", "/home/p", "/bin/bash")).Shell);
        Assert.Equal("/bin/sh", User(new() { ["SHELL"] = "sh; id" }, new(null, null, null)).Shell);
        Assert.Equal(["/usr/bin/fish", "-c", "x 'y'"], ShellInvocation.CreateArguments("/usr/bin/fish", "x 'y'"));
    }

    [Fact]
    public async Task The_environment_is_the_login_shells_without_the_workers_own_and_asked_for_once()
    {
        var asked = 0;
        var user = new UserEnvironment(
            new Dictionary<string, string> { ["WORKER_TOKEN"] = "secret", ["OPENCLAW_WORKER_HOME"] = "x", ["PATH"] = "/service" },
            new UserAccount("p", "/home/p", "/bin/sh"),
            (_, start) =>
            {
                asked++;
                Assert.DoesNotContain("secret", start.Values);
                return Task.FromResult<IReadOnlyDictionary<string, string>?>(
                    new Dictionary<string, string> { ["PATH"] = "/home/p/bin", ["WORKER_TOKEN"] = "again", ["MINE"] = "1" });
            });
        Assert.Equal(0, asked);
        var environment = await user.GetVariables();
        await user.GetVariables();
        Assert.Equal(1, asked);
        Assert.Equal("/home/p/bin", environment["PATH"]);
        Assert.Equal(("1", "/home/p", "p"), (environment["MINE"], environment["HOME"], environment["USER"]));
        Assert.DoesNotContain("WORKER_TOKEN", environment.Keys);
    }

    [Fact]
    public async Task A_login_shell_that_fails_leaves_the_workers_environment()
    {
        var user = new UserEnvironment(
            new Dictionary<string, string> { ["PATH"] = "/service", ["MINE"] = "1" }, new("p", "/home/p", null),
            (_, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null));
        Assert.Equal(("/service", "1"), ((await user.GetVariables())["PATH"], (await user.GetVariables())["MINE"]));
    }

    [Fact]
    public async Task A_real_login_shell_is_asked_through_its_start_up_files_whatever_they_print()
    {
        var home = Directory.CreateTempSubdirectory("openclaw-login-");
        const string Profile = "echo welcome; export FROM_PROFILE='a\nb'; PATH=/mine:$PATH\n";
        await File.WriteAllTextAsync(Path.Combine(home.FullName, ".profile"), Profile);
        var start = new Dictionary<string, string> { ["HOME"] = home.FullName, ["PATH"] = "/usr/bin:/bin" };
        var login = await new LoginShell(TimeProvider.System).CaptureEnvironment("/bin/sh", start);
        Assert.Equal("a\nb", login!["FROM_PROFILE"]);
        Assert.StartsWith("/mine:", login["PATH"], StringComparison.Ordinal);
        Assert.Null(await new LoginShell(TimeProvider.System).CaptureEnvironment("/bin/false", start));
        home.Delete(recursive: true);
    }

    [Theory]
    [InlineData("#!/bin/sh\nexit 0\n", true, "it ended as if all were well and printed none")]
    [InlineData("#!/bin/sh\nexit 3\n", true, "its start-up files ended it, with exit code 3")]
    [InlineData("#!/bin/sh\nkill -9 $$\n", true, "SIGKILL ended it")]
    [InlineData("#!/bin/sh\nunset PATH; /usr/bin/env - /bin/sh -c \"$4\"\n", true, "it printed one without PATH")]
    [InlineData("#!/bin/sh\n", false, "may not be executed (permission denied)")]
    [InlineData(null, false, "was not found")]
    public async Task Why_a_login_shell_gave_no_environment_is_told_apart(string? program, bool executable, string why)
    {
        using var folder = new ScratchFolder();
        var shell = program is null ? Path.Combine(folder.Path, "none") : folder.File("bash", program);
        if (executable) File.SetUnixFileMode(shell, UnixFileMode.UserExecute | UnixFileMode.UserRead);
        var login = new LoginShell(TimeProvider.System);
        Assert.Null(await login.CaptureEnvironment(shell, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }));
        Assert.Contains(why, login.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no marks at all"), InlineData("MARKPATH=/x\0"), InlineData("MARKA=1\0MARK"), InlineData("MARK MARK MARK")]
    public void An_answer_that_is_none_is_not_believed(string text) => Assert.Null(LoginShell.Parse(text, "MARK"));

    [Fact]
    public async Task Argv_env_cwd_and_stdin_arrive_as_they_are()
    {
        await using var worker = await WorkerHarness.Start();
        var folder = Directory.CreateDirectory(worker.PathOf("sub dir")).FullName;
        const string Script = "pwd; printf '%s|' \"$@\" \"$X\" \"$TRACEPARENT\" \"$OPENCLAW_ATTEMPT\" \"$WORKER_TOKEN\"; cat";
        var payload = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["argv"] = new[] { "/bin/sh", "-c", Script, "sh", "a b", "$(id)" },
            ["env"] = new Dictionary<string, string> { ["X"] = "$HOME", ["OPENCLAW_ATTEMPT"] = "forged" },
            ["cwd"] = folder,
            ["stdin"] = "ü\0",
        });
        var attempt = await worker.Gateway.Ended(worker.Gateway.Submit("command", payload));
        Assert.Equal($"{folder}\na b|$(id)|$HOME|00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01|1||ü\0", attempt.Text);
    }

    [Fact]
    public async Task The_shell_can_be_named_and_the_folder_is_the_home_unless_named()
    {
        await using var worker = await WorkerHarness.Start();
        const string Payload = """{"command":"echo ${BASH_VERSION:+bash}; pwd","shell":"/bin/bash"}""";
        var shell = await worker.Gateway.Ended(worker.Gateway.Submit("command", Payload));
        Assert.Equal($"bash\n{Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}\n", shell.Text);
    }

    [Fact]
    public async Task What_cannot_start_is_told_in_a_sentence()
    {
        await using var worker = await WorkerHarness.Start();
        var result = (await worker.Gateway.Ended(worker.Gateway.Submit("command", """{"argv":["no-such-program-x"]}"""))).Results[0];
        Assert.Equal(("failed", "could-not-start", null), (result.Outcome, result.Reason, result.ExitCode));
        Assert.Equal("the program 'no-such-program-x' was not found in PATH", result.Error);
        result = (await worker.Gateway.Ended(worker.Gateway.Submit("command", """{"command":"true","cwd":"/no/where"}"""))).Results[0];
        Assert.Equal("the folder '/no/where' does not exist", result.Error);
    }

    [Theory]
    [InlineData("""{"command":"true","sandbox":"strict"}"""), InlineData("{}")]
    [InlineData("""{"argv":[]}"""), InlineData("""{"command":7}""")]
    public async Task A_payload_it_does_not_wholly_understand_is_rejected_and_nothing_runs(string payload)
    {
        await using var worker = await WorkerHarness.Start();
        var result = (await worker.Gateway.Ended(worker.Gateway.Submit("command", payload))).Results[0];
        Assert.Equal(("rejected", "payload-not-understood"), (result.Outcome, result.Reason));
    }

    [Fact]
    public void A_folder_is_absolute_or_under_the_home()
    {
        var user = User([], new("p", "/home/p", null));
        Assert.Equal(["/home/p", "/home/p", "/home/p/x", "/home/p/x", "/x"],
            new[] { null, "~", "~/x", "x", "/x" }.Select(user.ResolveFolder));
    }

    private static UserEnvironment User(Dictionary<string, string> own, UserAccount account) =>
        new(own, account, (_, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null));
}
