using System.Runtime.Versioning;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>
/// The real bubblewrap: what a task does to the folders above a root gives the next task nothing that the owner did not name.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class SandboxRootsTests : IDisposable
{
    private const string Nested = """{"roots":{"read":["~/w/a/ref"],"write":["~/w"]},"sandbox":{}}""";
    private const string NestedForWriting = """{"roots":{"write":["~/w","~/w/a/ref"]},"sandbox":{}}""";
    private readonly List<PolicyBench> benches = [];

    public void Dispose() => benches.ForEach(bench => bench.Dispose());

    [Theory, InlineData(Nested), InlineData(NestedForWriting)]
    public async Task A_task_can_not_rename_the_folders_above_a_root(string policy)
    {
        var bench = Bench(policy);
        const string text = "mv a b; rmdir a; ln -sfn .. a; mkdir -p c/d; mv c e && ls -d a/ref e/d";
        var (end, rejection) = await bench.Shell(text, bench.At("w"));
        Assert.Null(rejection);
        Assert.Equal((0, "a/ref\ne/d\n"), (end.ExitCode, bench.Text));
        Assert.Contains("busy", bench.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(bench.At("w", "a", "ref", "given")));
        Assert.Null(new FileInfo(bench.At("w", "a")).LinkTarget);
    }

    [Theory]
    [InlineData(Nested, "link"), InlineData(Nested, "folder"), InlineData(NestedForWriting, "link"), InlineData(NestedForWriting, "folder")]
    public async Task A_root_that_was_changed_is_used_for_nothing_until_it_is_back(string policy, string by)
    {
        var bench = Bench(policy);
        Assert.Null((await bench.Shell("true", bench.At("w"))).Rejection);
        Swap(bench, by);
        await IsRefused(bench, bench.Keeper.ReloadFile());
        Directory.Delete(bench.At("w", "a"), recursive: by == "folder");
        Directory.Move(bench.At("w", "b"), bench.At("w", "a"));
        Assert.Null((await bench.Shell("cat a/ref/given", bench.At("w"))).Rejection);
        Assert.Equal("given\n", bench.Text);
    }

    [Theory]
    [InlineData(Nested, "link"), InlineData(Nested, "folder"), InlineData(NestedForWriting, "link"), InlineData(NestedForWriting, "folder")]
    public async Task Nor_does_a_restart_make_it_a_root(string policy, string by)
    {
        var bench = Bench(policy);
        RootIdentityStore.Save(bench.WorkerHome, bench.Keeper.Current);
        Swap(bench, by);
        var place = bench.Place with { Remembered = digest => RootIdentityStore.Load(bench.WorkerHome, digest) };
        var (restarted, errors) = PolicyFile.Load(bench.WorkerHome, place);
        Assert.Empty(errors);
        await IsRefused(bench, restarted!);
        using var shown = new StringWriter();
        PolicyText.Write(restarted!, "", shown);
        Assert.Contains("CHANGED", shown.ToString(), StringComparison.Ordinal);
        // Another content is another policy: then the owner means what is there now, but for links.
        bench.Write(policy + "\n");
        Assert.Equal(by == "folder", PolicyFile.Load(bench.WorkerHome, place).Policy!.Roots.Errors.Count == 0);
    }

    [Fact]
    public async Task While_somebody_swaps_the_folder_above_no_program_ever_sees_another_root()
    {
        var bench = Bench(Nested);
        Assert.True(await new SandboxProbe(TimeProvider.System).SupportsOpenFolders(
            "/usr/bin/bwrap", File.GetLastWriteTimeUtc("/usr/bin/bwrap"), CancellationToken.None), "this bubblewrap takes no folders");
        using var done = new CancellationTokenSource();
        var began = TimeProvider.System.GetTimestamp();
        var swapper = Task.Run(() =>
        {
            for (var random = new Random(1); !done.IsCancellationRequested;)
            {
                // Either state lasts long enough at times for a sandbox to be made, so that swaps come at every moment of that: on a busy
                // machine in the end longer than on a quick one.
                var longest = 100 + (int)TimeProvider.System.GetElapsedTime(began).TotalMilliseconds / 20;
                Spin(random.Next(longest));
                Swap(bench, "link");
                Spin(random.Next(longest));
                File.Delete(bench.At("w", "a"));
                Directory.Move(bench.At("w", "b"), bench.At("w", "a"));
            }
        });
        int ran = 0, not = 0;
        while (ran < 5 || not < 5)
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromMinutes(2)) break;
            var (end, rejection) = await bench.Shell("cat a/ref/given; true", bench.At("w"));
            if (rejection is null && end.ExitCode == 0) ran++;
            else not++;
        }
        await done.CancelAsync();
        await swapper;
        Assert.DoesNotContain("secret", bench.Text, StringComparison.Ordinal);
        Assert.True(ran > 0 && not > 0, $"{ran} ran, {not} did not: the swap was not met");

        static void Spin(int milliseconds)
        {
            var from = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(from).TotalMilliseconds < milliseconds) Thread.Yield();
        }
    }

    [Fact]
    public async Task A_folder_a_program_inherits_is_the_one_that_was_meant_or_nothing_starts()
    {
        var bench = Bench(Nested);
        var folder = RootIdentities.StatWithoutLinks(bench.At("w", "a")).Identity;
        var other = RootIdentities.StatWithoutLinks(bench.At("ref")).Identity;
        Directory.CreateSymbolicLink(bench.At("link"), bench.At("ref"));
        var inherited = new[] { new InheritedFolder(bench.At("w", "a"), folder), new InheritedFolder(bench.At("ref"), null) };
        var (end, text) = await Run(inherited);
        Assert.Equal((0, $"{bench.At("w", "a")}\n{bench.At("ref")}\n"), (end.ExitCode, text));
        InheritedFolder[] bad = [new(bench.At("w", "a"), other), new(bench.At("link"), null), new("/none", null)];
        foreach (var unusable in bad)
        {
            (end, text) = await Run([.. inherited, unusable]);
            Assert.Contains("not what it was", end.StartError, StringComparison.Ordinal);
            Assert.Equal("", text);
        }

        async Task<(ProcessEnd End, string Text)> Run(InheritedFolder[] folders)
        {
            var output = new RecordingSink();
            var spec = new ProcessSpec
            {
                Argv = ["/bin/sh", "-c", "readlink /proc/self/fd/3 /proc/self/fd/4"],
                Environment = new Dictionary<string, string>(), WorkingDirectory = "/", Folders = folders,
            };
            var ended = await new ProcessRunner(TimeProvider.System).RunProgram(spec, output, bench.Stop, TimeSpan.FromSeconds(1));
            return (ended, output.Text);
        }
    }

    [Fact]
    public async Task The_folders_above_the_workers_own_can_not_be_renamed_either()
    {
        var bench = Bench("""{"roots":{"write":["~/.."]},"sandbox":{}}""");
        bench.File("worker/token", "top secret");
        var (end, _) = await bench.Shell("cd ../..; mv */home x; mv */home/worker x; ls -A */home/worker", bench.Home);
        Assert.Equal((0, ""), (end.ExitCode, bench.Text));
        Assert.Equal(2, bench.Errors.Split("busy").Length - 1);
        Assert.True(File.Exists(bench.At("worker", "token")));
    }

    [Fact]
    public async Task Nothing_runs_where_the_workers_own_folder_would_be_seen_because_it_was_moved()
    {
        var bench = Bench("""{"roots":{"write":["~"]},"sandbox":{}}""");
        bench.File("worker/token", "top secret");
        Directory.Move(bench.WorkerHome, bench.At("x"));
        Directory.CreateDirectory(bench.WorkerHome);
        bench.Write("{}");
        var (_, rejection) = await bench.Shell("cat ~/x/token", bench.Home);
        Assert.Equal(FileRoots.OwnRule, rejection!.Rule);
        Assert.Equal("", bench.Text);
        // What was put in its place is no policy of the owner's.
        Assert.NotNull(bench.Keeper.ReloadFile().Sandbox);
        Assert.Contains("not the folder it was", bench.Log, StringComparison.Ordinal);
    }

    [Theory]
    // root for reading, root for writing, closed: what is bound onto itself
    [InlineData("/w/a/b/ref", "/w", "/c", "/w/a,/w/a/b")]
    [InlineData("/w", "/w/a/b/out", "/c", "")]
    [InlineData("/w/r", "/w|/w/r/x/out", "/c", "")]
    [InlineData("/r", "/w|/w/a/out", "/w/a/own", "/w/a")]
    [InlineData("/r", "/home", "/home/ann/.openclaw/worker", "/home/ann,/home/ann/.openclaw")]
    [InlineData("/r", "/home/ann", "/home/ann/.openclaw/worker", "/home/ann/.openclaw")]
    [InlineData("/r", "/", "/home/ann/.openclaw/worker", "/home")]
    [InlineData("/tmp/r", "/", "/c", "")]
    [InlineData("/", "/w", "/home/ann/worker", "")]
    public void What_is_between_a_folder_tasks_write_in_and_a_mount_in_it_is_a_mount(
        string read, string write, string closed, string pinned)
    {
        var place = new SandboxPaths("/home/ann", [closed], [read], write.Split('|'), null);
        var expected = pinned.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, BubbleWrap.GetPinnedFolders(new SandboxProfile(), place).Order());
    }

    private static async Task IsRefused(PolicyBench bench, OwnerPolicy policy)
    {
        using var daemon = new StringWriter();
        var file = Path.Combine(bench.WorkerHome, PolicyFile.Name);
        var keeper = new PolicyKeeper(policy, file, bench.Place, new WorkerLog(daemon, bench.Clock));
        var gate = new PolicyGate(keeper, bench.User(), bench.WorkerHome, bench.Clock);
        foreach (var folder in new[] { bench.At("w"), bench.At("w", "a", "ref") })
        {
            var (_, rejection) = await bench.Shell("cat a/ref/* ref/* given; echo x > a/ref/new; echo x > new", folder, gate);
            Assert.Contains(rejection?.Rule, new[] { RootIdentities.Rule, FolderRules.Rule });
        }
        Assert.Equal("", bench.Text);
        foreach (var access in Enum.GetValues<RootAccess>())
        {
            foreach (var path in new[] { bench.At("w", "a", "ref", "given"), bench.At("ref", "given") })
            {
                var (opened, error) = policy.Files.OpenPath(path, access);
                Assert.Null(opened);
                Assert.True(error!.IsRejection);
            }
        }
        Assert.Equal(["given"], Directory.GetFiles(bench.At("ref")).Select(Path.GetFileName));
        Assert.NotEmpty(policy.Roots.Errors);
    }

    private static void Swap(PolicyBench bench, string by)
    {
        Directory.Move(bench.At("w", "a"), bench.At("w", "b"));
        if (by == "link")
            Directory.CreateSymbolicLink(bench.At("w", "a"), "..");
        else
            bench.File("w/a/ref/given", "theirs\n");
    }

    private PolicyBench Bench(string policy)
    {
        var bench = new PolicyBench(prepare: made =>
        {
            made.File("w/a/ref/given", "given\n");
            made.File("ref/given", "top secret\n");
            made.Write(policy);
        });
        benches.Add(bench);
        return bench;
    }
}
