using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>The place every program passes, with real programs.</summary>
public sealed class ProcessSandboxTests
{
    [Fact]
    public async Task Denied_variables_never_reach_a_program_even_without_a_policy()
    {
        using var bench = new PolicyBench();
        foreach (var name in (string[])["LD_LIBRARY_PATH", "DOTNET_ROOT", "GITHUB_TOKEN", "OPENAI_API_KEY", "LANG", "MINE"])
            bench.Person[name] = "mine";
        var (end, _) = await bench.Shell("env");
        Assert.Equal(0, end.ExitCode);
        Assert.Equal(["LANG=mine", "MINE=mine"], Lines(bench, "=mine"));
        Assert.Contains("OPENCLAW_TASK_ID=" + bench.TaskId, bench.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_is_passed_and_set_reaches_a_program()
    {
        using var bench = new PolicyBench("""
            {"environment":{"pass":["PATH","L*"],"allow":["NPM_TOKEN"],"set":{"CI":"mine","LANG":"mine set"},"task":["A"]}}
            """);
        foreach (var name in (string[])["LD_X", "LC_ALL", "LANG", "MINE", "NPM_TOKEN", "GH_TOKEN"])
            bench.Person[name] = "mine";
        var offer = bench.Offer("command", new { command = "env", env = new { A = "mine" } });
        await bench.Run(offer, ["/usr/bin/env"], variables: new() { ["A"] = "mine", ["CLAUDE_KEY"] = "mine" }, owners: ["CLAUDE_KEY"]);
        Assert.Equal(["A=mine", "CI=mine", "CLAUDE_KEY=mine", "LANG=mine set", "LC_ALL=mine", "NPM_TOKEN=mine"], Lines(bench, "=mine"));
        Assert.DoesNotContain("HOME=", bench.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_allowed_name_is_the_program_of_the_persons_PATH_whatever_stands_in_the_folder()
    {
        using var bench = new PolicyBench("""{"commands":{"allow":[{"argv":["tool"]}]},"environment":{"task":["PATH"]}}""");
        var mine = bench.File("bin/tool", "#!/bin/sh\necho mine\n");
        var theirs = bench.File("evil/tool", "#!/bin/sh\necho theirs\n");
        File.SetUnixFileMode(mine, UnixFileMode.UserExecute | UnixFileMode.UserRead);
        File.SetUnixFileMode(theirs, UnixFileMode.UserExecute | UnixFileMode.UserRead);
        bench.Person["PATH"] = bench.At("bin") + ":/usr/bin:/bin";
        var path = bench.At("evil") + ":/usr/bin:/bin";
        var offer = bench.Offer("command", new { argv = (string[])["tool"], env = new { PATH = path } });
        await bench.Run(offer, ["tool"], variables: new() { ["PATH"] = path });
        Assert.Equal("mine\n", bench.Text);
    }

    [Fact]
    public async Task A_folder_outside_of_the_roots_is_refused_by_where_it_leads()
    {
        using var bench = new PolicyBench("""{"roots":{"read":["~/work"]}}""");
        bench.Folder("work");
        Directory.CreateSymbolicLink(bench.At("work", "out"), "/etc");
        Directory.CreateSymbolicLink(bench.At("in"), bench.At("work"));
        Assert.Equal("roots.run", (await bench.Shell("echo ran", bench.At("work", "out"))).Rejection!.Rule);
        Assert.Equal("roots.run", (await bench.Shell("echo ran", bench.Home)).Rejection!.Rule);
        Assert.Equal("", bench.Text);
        Assert.Null((await bench.Shell("pwd -P", bench.At("in"))).Rejection);
        Assert.Equal(bench.At("work") + "\n", bench.Text);
    }

    [Fact]
    public async Task A_policy_that_changed_meanwhile_is_the_one_that_counts()
    {
        using var bench = new PolicyBench("{}");
        var offer = bench.Offer("command", new { command = "echo ran" });
        var gate = bench.Gate();
        var (policy, _, judgement) = await gate.JudgeOffer(offer);
        Assert.Equal(VerdictKind.Allowed, judgement.Verdict.Kind);
        bench.Write("""{"kinds":[]}""");
        var sandbox = new ProcessSandbox(gate, new(TimeProvider.System), offer, policy, []);
        var sandboxed = await sandbox.Apply(new()
        {
            Argv = ["/bin/true"], Environment = new Dictionary<string, string>(), WorkingDirectory = bench.Home,
        });
        Assert.Null(sandboxed.Spec);
        Assert.Equal("kinds", sandboxed.Rejection!.Rule);
    }

    [Fact]
    public async Task Limits_of_the_policy_lower_what_is_asked_for()
    {
        using var bench = new PolicyBench("""{"limits":{"memory":8388608,"processes":5}}""");
        var offer = bench.Offer("command", new { command = "true" });
        var gate = bench.Gate();
        var sandbox = new ProcessSandbox(gate, new(TimeProvider.System), offer, gate.Policy, []);
        var sandboxed = await sandbox.Apply(new()
        {
            Argv = ["/bin/true"], Environment = new Dictionary<string, string>(), WorkingDirectory = bench.Home,
            Limits = new() { MemoryBytes = 4194304, Processes = 50, OutputBytes = 7 },
        });
        Assert.Equal(new() { MemoryBytes = 4194304, Processes = 5, OutputBytes = 7 }, sandboxed.Spec!.Limits);
    }

    [Fact]
    public async Task Programs_run_as_the_other_user_with_that_users_home()
    {
        const string Policy = """{"runAs":"nobody"}""";
        if (Native.GetUid() != 0)
        {
            PolicyBench.RefusesAnotherUser(Policy);
            return;
        }
        using var bench = new PolicyBench(Policy);
        var (end, rejection) = await bench.Run(bench.Offer("command", new { command = "x" }),
            ["/bin/sh", "-c", "id -un; id -G; echo $USER; grep NoNewPrivs /proc/self/status"], "/");
        Assert.Null(rejection);
        Assert.Equal(0, end.ExitCode);
        var lines = bench.Text.Split('\n');
        Assert.Equal(("nobody", "65534", "nobody", "NoNewPrivs:\t1"), (lines[0], lines[1], lines[2], lines[3]));
    }

    private static string[] Lines(PolicyBench bench, string with) =>
        [.. bench.Text.Split('\n').Where(line => line.Contains(with, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
