using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Approvals.Binding;

/// <summary>A yes is to the files that were there when the owner was asked.</summary>
public sealed class WorkBindingTests
{
    private const string AskAlways = """{"approval":[{"name":"all"}]}""";

    [Theory]
    [InlineData("nothing", true)]
    [InlineData("script", false)]
    [InlineData("replaced", false)]
    [InlineData("removed", false)]
    [InlineData("link", false)]
    [InlineData("program", false)]
    public async Task What_was_changed_after_the_yes_does_not_run(string changed, bool runs)
    {
        await using var worker = await Start(AskAlways);
        var program = WriteFile(worker, "prog", "#!/bin/sh\n. \"$1\"\n");
        var script = WriteFile(worker, "x.sh", $"echo x >> {Ran(worker)}\n");
        File.Copy("/bin/sh", worker.PathOf("sh"));
        worker.Gateway.Fault = call =>
        {
            if (call.Name == "start") Change(worker, changed, program, script);
            return CallFault.None;
        };
        var id = Submit(worker, changed == "program" ? [program, script] : [worker.PathOf("sh"), script]);
        await Approve(worker);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(runs ? ("succeeded", null) : ("rejected", WorkBinding.DriftRule), (result.Outcome, result.Reason));
        Assert.Equal(runs, File.Exists(Ran(worker)));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task What_a_daemon_before_this_one_asked_about_is_what_was_there_then(bool changed)
    {
        await using var worker = await Start(AskAlways);
        var script = WriteFile(worker, "x.sh", $"echo x >> {Ran(worker)}\n");
        worker.Gateway.Fault = call => call.Name == "start" ? CallFault.Unavailable : CallFault.None;
        var id = Submit(worker, ["sh", script]);
        await worker.Gateway.Until(g => g.Asked.Count > 0, "the yes is asked for");
        await worker.Stop();
        if (changed) await File.AppendAllTextAsync(script, "echo more\n");
        worker.Gateway.Fault = _ => CallFault.None;
        worker.Go();
        await Approve(worker);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(changed ? WorkBinding.DriftRule : null, result.Reason);
        Assert.Equal(!changed, File.Exists(Ran(worker)));
    }

    [Fact]
    public async Task The_owner_is_shown_the_files_and_what_can_not_be_known()
    {
        await using var worker = await Start(AskAlways);
        var script = WriteFile(worker, "x.sh", "exit 0\n");
        var (bound, open) = (Submit(worker, ["sh", script]), worker.Gateway.Command("echo x"));
        await worker.Gateway.Until(g => g.Attempt(bound).Asked && g.Attempt(open).Asked, "both are asked for");
        var terminal = new TypedTerminal();
        await terminal.Type("approve", "--home", worker.Home);
        Assert.Contains($"  bound   script {script}, sha256 ", terminal.Out, StringComparison.Ordinal);
        Assert.Matches("  bound   program /.*/sh, sha256 [0-9a-f]{64}", terminal.Out);
        Assert.Contains("  OPEN    a shell reads this text", terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task The_server_is_told_the_same_for_whoever_decides_elsewhere_unless_it_is_of_before(bool ofBefore)
    {
        await using var worker = await Start(AskAlways, gateway => gateway.IsOfBefore = ofBefore);
        var script = WriteFile(worker, "x.sh", "exit 0\n");
        var (bound, open) = (Submit(worker, ["sh", script]), worker.Gateway.Command("echo x"));
        await worker.Gateway.Until(g => g.Attempt(bound).Asked && g.Attempt(open).Asked, "both are asked for");
        if (ofBefore)
        {
            Assert.All(worker.Gateway.Asked, ask => Assert.True(ask is { Bound: null, Open: null }));
            return;
        }
        var file = worker.Gateway.Asked.First(ask => ask.Bound is { Length: > 0 });
        Assert.Contains(file.Bound!, line => line.StartsWith($"script {script}, sha256 ", StringComparison.Ordinal));
        Assert.Null(file.Open);
        Assert.Contains("a shell reads this text", worker.Gateway.Asked.First(ask => ask.Bound is { Length: 0 }).Open,
            StringComparison.Ordinal);
    }

    /// <summary>A gateway of before beside the new one that opened the session.</summary>
    [Fact]
    public async Task A_server_that_refuses_what_is_for_people_alone_is_asked_without_it()
    {
        await using var worker = await Start(AskAlways, gateway => gateway.Fault = call =>
            call.Name == "approval" && call.Body.Contains("\"bound\"", StringComparison.Ordinal) ? CallFault.BadRequest : CallFault.None);
        var id = worker.Gateway.Command("echo x");
        await Approve(worker);
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
        Assert.All(worker.Gateway.Asked, ask => Assert.True(ask is { Bound: null, Open: null }));
    }

    [Fact]
    public async Task A_rule_may_reject_what_no_yes_can_be_bound_to_and_the_policy_a_yes_for_a_while()
    {
        await using var worker = await Start(
            """{"approval":[{"name":"all","unbound":"reject"}],"approvalTerms":{"temporary":false}}""");
        var script = WriteFile(worker, "x.sh", $"echo x >> {Ran(worker)}\n");
        var rejected = Assert.Single((await worker.Gateway.Ended(worker.Gateway.Command("echo x"))).Results);
        Assert.Equal(("rejected", "approval.all"), (rejected.Outcome, rejected.Reason));
        var id = Submit(worker, ["sh", script]);
        await worker.Gateway.Until(g => g.Asked.Count > 0, "the yes is asked for");
        var terminal = new TypedTerminal();
        Assert.NotEqual(0, await terminal.Type("approve", "--yes", "--for", "1h", "--home", worker.Home));
        Assert.Contains("approvalTerms.temporary", terminal.Error, StringComparison.Ordinal);
        await Approve(worker);
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
    }

    [Theory]
    [InlineData("/dev/zero"), InlineData("/proc/self/status"), InlineData("/"), InlineData("/usr"), InlineData("/nothing/here")]
    public void What_is_no_file_of_a_disk_is_not_read(string path) =>
        Assert.Null(WorkBinding.ReadFile(WorkBinding.Script, path, _ => true));

    [Fact]
    public async Task A_script_that_was_not_there_when_the_owner_was_asked_does_not_run_where_all_has_to_be_known()
    {
        await using var worker = await Start("""{"approval":[{"name":"all","unbound":"reject"}]}""");
        var script = worker.PathOf("late.sh");
        var id = Submit(worker, ["sh", script]);
        await worker.Gateway.Until(g => g.Asked.Count > 0, "the yes is asked for");
        WriteFile(worker, "late.sh", $"echo x >> {Ran(worker)}\n");
        await Approve(worker);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("rejected", "approval.all"), (result.Outcome, result.Reason));
        Assert.False(File.Exists(Ran(worker)));
    }

    private static void Change(WorkerHarness worker, string what, string program, string script)
    {
        switch (what)
        {
            case "script":
                File.AppendAllText(script, "echo more\n");
                break;
            case "replaced":
                // The same content in another file: somebody has put it there.
                File.Copy(script, script + ".new");
                File.Move(script + ".new", script, overwrite: true);
                break;
            case "removed":
                File.Delete(script);
                break;
            case "link":
                File.Copy(script, script + ".other");
                File.Delete(script);
                File.CreateSymbolicLink(script, script + ".other");
                break;
            case "program":
                File.AppendAllText(program, "# more\n");
                break;
        }
    }

    private static async Task<WorkerHarness> Start(string policy, Action<FakeGateway>? prepare = null)
    {
        var worker = await WorkerHarness.Prepare();
        prepare?.Invoke(worker.Gateway);
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), policy);
        worker.Go();
        return worker;
    }

    private static string Ran(WorkerHarness worker) => worker.PathOf("ran");

    private static string Submit(WorkerHarness worker, string[] argv) =>
        worker.Gateway.Submit("command", JsonSerializer.Serialize(new { argv }));

    private static Task Approve(WorkerHarness worker) => Eventually.Is(
        async () => await new TypedTerminal().Type("approve", "--yes", "--home", worker.Home) == 0, "the owner says yes");

    private static string WriteFile(WorkerHarness worker, string name, string text)
    {
        var path = worker.PathOf(name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserExecute | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
