using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Identity;

/// <summary>A home folder on two PCs, moved, copied, restored.</summary>
public sealed class HomeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Home => folder.File("home");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_home_is_its_own_PCs_and_no_others()
    {
        Assert.Null(Take("pc-1").Error);
        Assert.Null(Take("pc-1").Error);
        var (identity, error) = Take("pc-2");
        Assert.Null(identity);
        Assert.Contains("was made on another PC", error, StringComparison.Ordinal);
        Assert.Contains($"openclaw-worker claim --home {Home}", error, StringComparison.Ordinal);
        Assert.Null(Take("pc-1").Error);
    }

    [Fact]
    public void Where_the_machine_has_no_id_a_home_is_as_good_as_before()
    {
        Assert.Null(Take(null).Error);
        Assert.Null(Take("pc-1").Error);
        Assert.Null(Take(null).Error);
        Assert.NotNull(Take("pc-2").Error);
    }

    [Fact]
    public void A_home_that_goes_where_its_servers_data_goes_is_taken_as_it_is()
    {
        Take("pc-1");
        using var home = HomeFolder.Open(Home).Home!;
        Assert.NotNull(HomeIdentity.CreateForProcess(home, Options() with { HomeMayMove = true }, "pc-2", Log()).Identity);
    }

    [Fact]
    public async Task A_copy_is_none_while_the_first_is_there_and_a_moved_or_restored_one_goes_on()
    {
        Take("pc-1");
        var copy = folder.File("copy");
        await CopyFolder(Home, copy);
        Assert.Contains($"is a copy of {Home}", Take("pc-1", copy).Error, StringComparison.Ordinal);
        Assert.Null(Take("pc-1").Error);

        Directory.Delete(Home, recursive: true);
        Assert.Null(Take("pc-1", copy).Error);
        Directory.Move(copy, Home);
        Assert.Null(Take("pc-1").Error);
        Directory.CreateSymbolicLink(copy, Home);
        Assert.Null(Take("pc-1", copy).Error);
    }

    [Fact]
    public async Task Its_predecessors_are_named_only_by_the_same_folder_in_the_same_run_of_the_machine()
    {
        var first = Take("pc-1").Identity!.Run;
        Assert.Equal([first], Take("pc-1").Identity!.Replaces);
        var copy = folder.File("copy");
        await CopyFolder(Home, copy);
        Directory.Delete(Home, recursive: true);
        Assert.Empty(Take("pc-1", copy).Identity!.Replaces);
        var record = HomeRecord.LoadFrom(copy)!;
        (record with { Boot = "another" }).SaveTo(copy);
        Assert.Empty(Take("pc-1", copy).Identity!.Replaces);
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_as_none()
    {
        Take("pc-1");
        File.WriteAllText(Path.Combine(Home, "identity.json"), "{ torn");
        Assert.Empty(Take("pc-2").Identity!.FormerNames);
    }

    [Fact]
    public async Task A_daemon_in_a_copied_home_touches_nothing_says_so_and_ends_as_for_wrong_settings()
    {
        await using var worker = await WorkerHarness.Start();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "the first polls");
        var (first, copy) = (worker.Options, worker.PathOf("copy"));
        await CopyFolder(worker.Home, copy);
        await File.WriteAllTextAsync(Path.Combine(copy, "spool", "00000000-0000-0000-0000-0000000000ff.1.json"),
            """{"session":"","outcome":"succeeded"}""");
        var log = new StringWriter();
        var sessions = worker.Gateway.Count("session");

        Assert.Equal(ExitCodes.Configuration, await WorkerDaemon.RunUntilStopped(first with { Home = copy }, log, CancellationToken.None));

        Assert.Single(log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => line.Contains("is a copy of", StringComparison.Ordinal));
        Assert.Equal(sessions, worker.Gateway.Count("session"));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);

        var terminal = new TypedTerminal();
        Assert.Equal(0, await terminal.Type("claim", "--home", copy));
        Assert.Contains("is this PC's own from now on", terminal.Out, StringComparison.Ordinal);
        var aside = Assert.Single(Directory.GetDirectories(copy, "before-claim-*"));
        Assert.True(File.Exists(Path.Combine(aside, "spool", "00000000-0000-0000-0000-0000000000ff.1.json")));
        Assert.Equal(worker.Gateway.Opened!.Instance, HomeFolder.ReadInstance(aside));

        using var home = HomeFolder.Open(copy).Home!;
        Assert.NotEqual(worker.Gateway.Opened!.Instance, home.Instance);
        Assert.NotNull(HomeIdentity.CreateForProcess(home, first, null, Log()).Identity);
    }

    [Fact]
    public async Task Claim_leaves_a_home_alone_that_is_in_use_or_its_own()
    {
        var terminal = new TypedTerminal();
        Assert.Equal(1, await terminal.Type("claim", "--home", Home));
        Take(MachineId.ReadDigest());
        Assert.Equal(1, await terminal.Type("claim", "--home", Home));
        Assert.Contains("nothing was done", terminal.Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Home, "policy.json"), "{}");
        using (HomeFolder.Open(Home).Home)
            Assert.Equal(1, await terminal.Type("claim", "--anyway", "--home", Home));
        var before = HomeFolder.ReadInstance(Home);
        foreach (var key in (string[])["key-0123456789.pem", "key-joining.pem"]) File.WriteAllText(Path.Combine(Home, key), key);
        Assert.Equal(0, await terminal.Type("claim", "--anyway", "--home", Home));
        Assert.Empty(Directory.GetFiles(Home, "key-*"));
        Assert.Equal(2, Directory.GetFiles(Assert.Single(Directory.GetDirectories(Home, "before-claim-*")), "key-*").Length);
        Assert.NotEqual(before, HomeFolder.ReadInstance(Home));
        Assert.True(File.Exists(Path.Combine(Home, "policy.json")));
    }

    private (HomeIdentity? Identity, string? Error) Take(string? machine, string? at = null)
    {
        using var home = HomeFolder.Open(at ?? Home).Home!;
        return HomeIdentity.CreateForProcess(home, Options(), machine, Log());
    }

    private WorkerOptions Options() => new() { Url = new Uri("http://127.0.0.1"), Token = "t", Name = "pc", Home = Home };

    private static WorkerLog Log() => new(TextWriter.Null, TimeProvider.System);

    /// <summary>As a person would: .NET copies no file that is locked, and no socket.</summary>
    private static async Task CopyFolder(string from, string to) =>
        Assert.Equal(0, (await Command.Run("/bin/cp", ["-R", from, to])).ExitCode);
}
