using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Control.Callers;

namespace OpenClaw.Worker.Tests.Control;

public sealed class ControlTests : IDisposable
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("openclaw-control-");
    private readonly ControlCommands commands = new();
    private readonly StringWriter log = new();
    private readonly List<string> refusedLines = [];
    private readonly OwnerGuard owner;
    private string? task;

    public ControlTests() =>
        owner = new OwnerGuard(_ => task, id => id == "here", (command, who) => refusedLines.Add($"{command} by {who}"));

    public void Dispose() => home.Delete(recursive: true);

    [Fact]
    public async Task A_command_gets_its_arguments_and_its_lines_come_back()
    {
        commands.Add("count", async (arguments, answer, gone) =>
        {
            for (var left = arguments.GetProperty("from").GetInt32(); left > 0; left--)
                await answer.WriteLine(new DrainProgress(left, 0), ControlJson.Default.DrainProgress, gone);
            return null;
        });
        await using var server = Open();
        var lines = new List<string>();
        using var arguments = JsonDocument.Parse("""{"from":3}""");
        var outcome = await ControlClient.SendCommand(home.FullName, "count", arguments.RootElement, line => lines.Add(line.GetRawText()));
        Assert.True(outcome.Done);
        Assert.Equal(["""{"running":3,"unreported":0}""", """{"running":2,"unreported":0}""", """{"running":1,"unreported":0}"""], lines);
    }

    [Fact]
    public async Task A_refusal_is_a_sentence()
    {
        commands.Add("no", (_, _, _) => Task.FromResult<string?>("not today"));
        await using var server = Open();
        Assert.Equal("not today", (await Ask("no")).Error);
        Assert.Contains("no such command", (await Ask("other")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_is_followed_only_when_nothing_says_that_a_task_gives_it()
    {
        var done = 0;
        Task<string?> Count(JsonElement arguments, ControlAnswer answer, CancellationToken gone)
        {
            done++;
            return Task.FromResult<string?>(null);
        }
        commands.Add("look", Count);
        commands.Add("order", Count, _ => true);
        await using var server = Open();
        task = "a process of the task t";
        Assert.True((await Ask("look")).Done);
        Assert.Contains("a process of the task t asks; nothing was changed", (await Ask("order")).Error, StringComparison.Ordinal);
        Assert.Equal((1, "order by a process of the task t"), (done, Assert.Single(refusedLines)));
        task = null;
        Assert.True((await Ask("order")).Done);
        Assert.Equal(2, done);
    }

    [Fact]
    public async Task Where_the_system_does_not_tell_who_asks_a_task_of_this_daemon_says_it_itself()
    {
        commands.Add("order", (_, _, _) => Task.FromResult<string?>(null), _ => true);
        await using var server = Open();
        Assert.Contains("a process of the task here asks", await Raw("{\"command\":\"order\",\"task\":\"here\"}\n"u8.ToArray()),
            StringComparison.Ordinal);
        Assert.Equal("order by a process of the task here", Assert.Single(refusedLines));
        // The daemon may itself run in a task of another one.
        Assert.Contains("\"ok\":true", await Raw("{\"command\":\"order\",\"task\":\"elsewhere\"}\n"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_in_a_command_is_logged_and_the_next_one_is_answered()
    {
        commands.Add("bug", (_, _, _) => throw new InvalidOperationException("a bug"));
        commands.Add("good", (_, _, _) => Task.FromResult<string?>(null));
        await using var server = Open();
        Assert.False((await Ask("bug")).Done);
        Assert.True((await Ask("good")).Done);
        Assert.Contains("a bug", log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no json\n"), InlineData("\n"), InlineData("null\n"), InlineData("{}\n")]
    [InlineData("{\"command\":7}\n"), InlineData("[\n")]
    [InlineData("\u0000\u0001\n")]
    public async Task What_is_no_request_is_answered_and_does_nothing(string line)
    {
        await using var server = Open();
        Assert.Contains("\"ok\":false", await Raw(Encoding.UTF8.GetBytes(line)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused_at_its_limit()
    {
        await using var server = Open();
        Assert.Contains("\"ok\":false", await Raw(Enumerable.Repeat((byte)'x', ControlServer.LongestLine).ToArray()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_hangs_up_ends_what_waits_for_him()
    {
        var ended = new TaskCompletionSource();
        commands.Add("wait", async (_, answer, gone) =>
        {
            await answer.WriteLine(new DrainProgress(1, 0), ControlJson.Default.DrainProgress, gone);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
            return null;
        });
        await using var server = Open();
        using var given = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ControlClient.SendCommand(home.FullName, "wait", null, _ => given.Cancel(), given.Token));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_stale_socket_is_replaced_and_only_the_owner_may_open_it()
    {
        var path = Path.Combine(home.FullName, ControlServer.FileName);
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            stale.Bind(new UnixDomainSocketEndPoint(path));
        await File.WriteAllTextAsync(path + ".other", "");
        Assert.True((await Ask("x")).NoDaemon);
        await using (Open())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.False((await Ask("x")).NoDaemon);
        }
        Assert.False(File.Exists(path));
        Assert.True((await Ask("x")).NoDaemon);
    }

    [Fact]
    public async Task A_home_whose_path_is_too_long_for_a_socket_is_told_and_nothing_else_happens()
    {
        var deep = Directory.CreateDirectory(Path.Combine(home.FullName, new string('d', 120))).FullName;
        Assert.Null(ControlServer.Open(deep, commands, owner, TimeProvider.System, new WorkerLog(log, TimeProvider.System)));
        Assert.Contains("no local control", log.ToString(), StringComparison.Ordinal);
        Assert.True((await ControlClient.SendCommand(deep, "x", null, _ => { })).NoDaemon);
    }

    [Fact]
    public async Task The_system_names_the_user_at_the_other_end()
    {
        var path = Path.Combine(home.FullName, "pair");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        using var accepted = await listener.AcceptAsync();
        var owner = await File.ReadAllLinesAsync("/proc/self/status");
        var effective = owner.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2];
        Assert.Equal(effective, PeerUser.GetUser(accepted)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(PeerUser.IsAllowed(accepted));
    }

    [Theory]
    [InlineData(1000, 1000, true), InlineData(1000, 0, true), InlineData(1000, 1001, false), InlineData(0, 1000, false)]
    public void Only_the_owner_and_root_may_talk(uint own, uint peer, bool may) => Assert.Equal(may, PeerUser.IsAllowed(own, peer));

    [Fact]
    public void Whom_the_system_does_not_name_may_not_talk() => Assert.False(PeerUser.IsAllowed(0, null));

    private ControlServer Open() =>
        ControlServer.Open(home.FullName, commands, owner, TimeProvider.System,
            new WorkerLog(TextWriter.Synchronized(log), TimeProvider.System))!;

    private Task<ControlOutcome> Ask(string command) => ControlClient.SendCommand(home.FullName, command, null, _ => { });

    private async Task<string> Raw(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(home.FullName, ControlServer.FileName)));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(bytes);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
