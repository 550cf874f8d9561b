using System.Runtime.Versioning;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Commands;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Tests.Policy;

namespace OpenClaw.Worker.Tests.Approvals.Binding;

/// <summary>What a yes is bound to is what the program finds under the owner's policy, not what the worker would.</summary>
[SupportedOSPlatform("linux")]
public sealed class WorkBinderTests
{
    [Fact]
    public async Task The_PATH_that_the_policy_sets_is_the_one_that_counts()
    {
        const string Policy = """{"environment":{"set":{"PATH":"OWNER:/usr/bin:/bin"}}}""";
        using var bench = new PolicyBench(
            null, bench => bench.Write(Policy.Replace("OWNER", bench.At("owner"), StringComparison.Ordinal)));
        var (owner, other) = (WriteTool(bench, "owner"), WriteTool(bench, "person"));
        bench.Person["PATH"] = bench.At("person") + ":/usr/bin:/bin";
        Assert.Equal(owner, await FindFirst(bench, "tool"));
        Assert.Contains(owner, await FindPaths(bench, "nohup", "tool"));
        Assert.DoesNotContain(other, await FindPaths(bench, "nohup", "tool"));
        await RunsWhatIsBound(bench, "tool");
    }

    [Fact]
    public async Task A_PATH_that_the_policy_does_not_pass_counts_for_nothing()
    {
        using var bench = new PolicyBench("""{"environment":{"pass":["LANG"]}}""");
        WriteTool(bench, "person", "true");
        bench.Person["PATH"] = bench.At("person") + ":/usr/bin:/bin";
        Assert.Equal("/usr/bin/true", await FindFirst(bench, "true"));
        await RunsWhatIsBound(bench, "true");
    }

    [Fact]
    public async Task With_an_allow_list_the_PATH_of_the_task_counts_for_nothing()
    {
        using var bench = new PolicyBench("""{"commands":{"allow":[{"argv":["tool"]}]},"environment":{"task":["PATH"]}}""");
        var (person, _) = (WriteTool(bench, "person"), WriteTool(bench, "task"));
        bench.Person["PATH"] = bench.At("person") + ":/usr/bin:/bin";
        var task = new Dictionary<string, string> { ["PATH"] = bench.At("task") + ":/usr/bin:/bin" };
        var binding = await Bind(bench, ["tool"], task);
        Assert.Equal(person, binding.Files[0].Path);
        Assert.Equal([person], binding.PinProgram([person]));
    }

    [Fact]
    public async Task In_a_sandbox_a_program_is_looked_up_among_what_it_shows()
    {
        using var bench = new PolicyBench("""{"roots":{"read":["~/in"]},"sandbox":{}}""", bench => bench.Folder("in"));
        var (hidden, shown) = (WriteTool(bench, "person", "tool"), WriteTool(bench, "in", "tool"));
        bench.Person["PATH"] = $"{bench.At("person")}:{bench.At("in")}:/usr/bin:/bin";
        var paths = await FindPaths(bench, "nohup", "tool");
        Assert.Contains(shown, paths);
        Assert.DoesNotContain(hidden, paths);
        await RunsWhatIsBound(bench, "nohup", "tool");
    }

    [Fact]
    public async Task As_another_user_it_begins_in_that_users_home_and_what_only_some_may_start_is_open()
    {
        const string Policy = """{"runAs":"nobody"}""";
        if (Native.GetUid() != 0)
        {
            PolicyBench.RefusesAnotherUser(Policy);
            return;
        }
        using var bench = new PolicyBench(Policy);
        bench.File("x.sh", "echo x");
        var binding = await Bind(bench, ["sh", "x.sh"]);
        Assert.Contains("x.sh can't be read", binding.Unbound, StringComparison.Ordinal);
        // Of the root's alone: nobody finds the next one in PATH.
        WriteTool(bench, "person");
        bench.Person["PATH"] = bench.At("person") + ":/usr/bin:/bin";
        Assert.Contains("nobody may start", (await Bind(bench, ["nohup", "tool"])).Unbound, StringComparison.Ordinal);
        Assert.Null((await Bind(bench, ["nohup", "true"])).Unbound);
    }

    private static string WriteTool(PolicyBench bench, string folder, string name = "tool")
    {
        var path = bench.File($"{folder}/{name}", "#!/bin/sh\necho $0\n");
        File.SetUnixFileMode(path, UnixFileMode.UserExecute | UnixFileMode.UserRead);
        return path;
    }

    private static Task<WorkBinding> Bind(PolicyBench bench, string[] argv, Dictionary<string, string>? env = null) =>
        new WorkBinder(bench.Gate(), new ExecutorCatalog([new CommandExecutor()]))
            .BindOffer(bench.Offer("command", new { argv, env }), CancellationToken.None);

    private static async Task<string> FindFirst(PolicyBench bench, params string[] argv) => (await Bind(bench, argv)).Files[0].Path;

    private static async Task<string[]> FindPaths(PolicyBench bench, params string[] argv) =>
        [.. (await Bind(bench, argv)).Files.Select(file => file.Path)];

    /// <summary>The last program that is bound says its own path, or nothing when it is not one of these.</summary>
    private static async Task RunsWhatIsBound(PolicyBench bench, params string[] argv)
    {
        var bound = (await Bind(bench, argv)).Files.Last(file => file.Role is WorkBinding.Program or WorkBinding.Inner).Path;
        var offer = bench.Offer("command", new { argv, cwd = Directory.Exists(bench.At("in")) ? bench.At("in") : "~" });
        var (end, rejection) = await bench.Run(offer, argv, Directory.Exists(bench.At("in")) ? bench.At("in") : null);
        Assert.Null(rejection);
        Assert.Equal(0, end.ExitCode);
        if (bench.Text.Length > 0) Assert.Equal(bound + "\n", bench.Text);
        else Assert.Equal("/usr/bin/true", bound);
    }
}
