using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>The real bubblewrap around real programs.</summary>
[SupportedOSPlatform("linux")]
public sealed class SandboxTests
{
    private const string Rooms = """{"roots":{"read":["~/in"],"write":["~/out"]},"sandbox":{}}""";

    [Fact]
    public async Task Nothing_outside_of_the_roots_can_be_read()
    {
        using var bench = Bench(Rooms);
        bench.File("secret", "top secret");
        bench.File("worker/token", "top secret");
        var text =
            $"cat {bench.At("in/given")}; cat {bench.At("secret")} {bench.At("worker/token")} /etc/shadow /root/.profile; "
                + "ls -A ~ /root /var /srv /boot; echo end";
        var (end, rejection) = await bench.Shell(text, bench.At("in"));
        Assert.Null(rejection);
        Assert.Equal(0, end.ExitCode);
        Assert.StartsWith("given\n", bench.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", bench.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("worker", bench.Text, StringComparison.Ordinal);
        Assert.Equal(4, bench.Errors.Split('\n').Count(line => line.StartsWith("cat:", StringComparison.Ordinal)));
        Assert.EndsWith("end\n", bench.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_outside_of_the_roots_can_be_written()
    {
        using var bench = Bench(Rooms);
        var text = $"for f in {bench.At("in/new")} {bench.At("new")} /usr/new /etc/new /new /proc/sys/kernel/hostname; do "
            + $"echo x > $f && echo wrote $f; done; echo x > {bench.At("out/new")} && echo x > /tmp/new && echo both";
        await bench.Shell(text, bench.At("out"));
        Assert.EndsWith("both\n", bench.Text, StringComparison.Ordinal);
        Assert.Equal("x\n", File.ReadAllText(bench.At("out", "new")));
        Assert.False(File.Exists("/tmp/new") || File.Exists("/usr/new") || File.Exists("/etc/new"));
        Assert.False(File.Exists(bench.At("in", "new")) || File.Exists(bench.At("new")));
    }

    [Fact]
    public async Task Other_processes_can_not_be_seen()
    {
        using var bench = Bench(Rooms);
        await bench.Shell("ls -d /proc/[0-9]* | wc -l; kill -0 " + Environment.ProcessId + " || echo unseen", bench.At("in"));
        var lines = bench.Text.Split('\n');
        Assert.InRange(int.Parse(lines[0].Trim(), System.Globalization.CultureInfo.InvariantCulture), 1, 5);
        Assert.Equal("unseen", lines[1]);
    }

    [Fact]
    public async Task There_is_no_network_unless_the_policy_says_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var call = $"(exec 3<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port}) 2>/dev/null && echo through || echo alone";
        using (var shut = Bench(Rooms))
        {
            await shut.Run(shut.Offer("command", new { command = call, cwd = "~/in" }), ["/bin/bash", "-c", call], shut.At("in"));
            Assert.Equal("alone\n", shut.Text);
        }
        using var open = Bench("""{"roots":{"read":["~/in"]},"sandbox":{"network":true}}""");
        await open.Run(open.Offer("command", new { command = call, cwd = "~/in" }), ["/bin/bash", "-c", call], open.At("in"));
        Assert.Equal("through\n", open.Text);
    }

    [Fact]
    public async Task A_link_out_of_a_root_leads_nowhere()
    {
        using var bench = Bench(Rooms);
        bench.File("secret", "top secret");
        File.CreateSymbolicLink(bench.At("in", "link"), bench.At("secret"));
        await bench.Shell("cat link || echo nowhere", bench.At("in"));
        Assert.Equal("nowhere\n", bench.Text);
    }

    [Fact]
    public async Task The_workers_own_folder_is_hidden_even_in_a_root_that_holds_it()
    {
        using var bench = Bench("""{"roots":{"write":["~"]},"sandbox":{}}""");
        bench.File("worker/token", "top secret");
        await bench.Shell("ls -A ~/worker; echo x > ~/worker/policy.json || echo kept", bench.Home);
        Assert.Equal("kept\n", bench.Text);
    }

    [Fact]
    public async Task A_cancel_leaves_nothing_behind_in_the_sandbox()
    {
        using var bench = Bench(Rooms);
        var running = bench.Shell(
            "trap '' TERM; (setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' &); echo up > up; while :; do sleep 1; done",
                bench.At("out"));
        await Until.True(() => File.Exists(bench.At("out", "up")), "it is up");
        await Until.True(() => bench.Alive() >= 4, "all of it runs");
        bench.Stop.Request(StopReason.Cancel);
        var (end, _) = await running;
        Assert.Equal(0, end.Tree!.Value.Survivors);
        Assert.True(end.Tree.Value.Killed >= 4);
        Assert.Equal(0, bench.Alive());
    }

    [Theory]
    [InlineData("""{"roots":{"read":["~/in"]},"sandbox":{"program":"/nowhere/bwrap"}}""", "not installed")]
    [InlineData("""{"roots":{"read":["~/in"]},"sandbox":{"program":"/bin/false"}}""", "can't be made")]
    [InlineData("""{"roots":{"read":["~/in"]},"sandbox":{"program":"/etc/passwd"}}""", "can't be made")]
    public async Task Without_a_sandbox_nothing_runs(string policy, string why)
    {
        using var bench = Bench(policy);
        var (_, rejection) = await bench.Shell("echo ran > ran; echo ran", bench.At("in"));
        Assert.Equal("sandbox-unavailable", rejection!.Rule);
        Assert.Contains(why, rejection.Sentence, StringComparison.Ordinal);
        Assert.Equal("", bench.Text);
        Assert.False(File.Exists(bench.At("in", "ran")));
    }

    [Fact]
    public async Task A_program_that_can_not_be_seen_there_is_refused_by_name()
    {
        using var bench = Bench(Rooms);
        var tool = bench.File("bin/tool", "#!/bin/sh\necho ran\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserExecute | UnixFileMode.UserRead);
        var (_, rejection) = await bench.Run(bench.Offer("command", new { argv = (string[])[tool], cwd = "~/in" }), [tool], bench.At("in"));
        Assert.Equal("sandbox", rejection!.Rule);
        Assert.Contains("sandbox.read", rejection.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_code_input_and_environment_go_through_the_sandbox()
    {
        using var bench = Bench(Rooms);
        bench.Person["LANG"] = "C.UTF-8";
        bench.Person["MY_TOKEN"] = "secret";
        var (end, _) = await bench.Shell("echo $LANG $MY_TOKEN $OPENCLAW_TASK_ID; exit 7", bench.At("in"));
        Assert.Equal(7, end.ExitCode);
        Assert.Equal($"C.UTF-8 {bench.TaskId}\n", bench.Text);
    }

    [Fact]
    public async Task Another_user_and_a_sandbox_go_together()
    {
        const string Policy = """{"runAs":"nobody","roots":{"read":["/usr/share"]},"sandbox":{}}""";
        if (Native.GetUid() != 0)
        {
            PolicyBench.RefusesAnotherUser(Policy);
            return;
        }
        using var bench = Bench(Policy);
        var (end, rejection) = await bench.Shell("id -u; cat /etc/shadow", "/usr/share");
        Assert.Null(rejection);
        Assert.Equal("65534\n", bench.Text);
        Assert.Equal(1, end.ExitCode);
    }

    private static PolicyBench Bench(string policy)
    {
        var bench = new PolicyBench(policy);
        bench.File("in/given", "given\n");
        bench.Folder("out");
        return bench;
    }
}
