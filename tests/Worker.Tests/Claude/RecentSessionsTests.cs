using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Claude;

public sealed class RecentSessionsTests : IDisposable
{
    private static readonly DateTime Noon = DateTime.UnixEpoch.AddHours(12);
    private readonly ScratchFolder home = new();
    private readonly TestAttempt attempt;
    private readonly RecentSessions recent;

    public RecentSessionsTests()
    {
        attempt = new TestAttempt(Kinds.Claude, "{}", home.Path);
        recent = new RecentSessions(new ClaudeSessions(), new(), attempt.User);
    }

    public void Dispose()
    {
        attempt.Dispose();
        home.Dispose();
    }

    [Fact]
    public void The_newest_come_first_up_to_the_limit()
    {
        for (var i = 0; i < 25; i++) Session(i, "topic " + i, Noon.AddMinutes(i));
        var found = Scan(20);
        Assert.Equal(Enumerable.Range(5, 20).Reverse().Select(i => "topic " + i), found.Select(session => session.Topic));
        Assert.Equal(Id(24), found[0].SessionId);
        Assert.Equal("1970-01-01T12:24:00.000Z", found[0].LastModified);
        Assert.Equal(("/work", 1), (found[0].Project, found[0].SizeKB));
    }

    /// <summary>A task can write such a file, and the heartbeat that carries it must not be refused.</summary>
    [Fact]
    public void A_folder_as_long_as_a_book_is_cut()
    {
        Session(1, "topic", Noon, cwd: $"/{new string('x', 200_000)}/end");
        var project = Assert.Single(Scan(20)).Project;
        Assert.Equal(300, project.Length);
        Assert.StartsWith("...x", project, StringComparison.Ordinal);
        Assert.EndsWith("/end", project, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_persons_own_folder_is_looked_in_before_and_after_their_environment_is_known()
    {
        Session(1, "mine", Noon);
        Assert.Equal("mine", Assert.Single(recent.GetNewest(20)).Topic);
        Assert.Null(attempt.User.Known);
        await attempt.User.GetVariables();
        Assert.Equal("mine", Assert.Single(recent.GetNewest(20)).Topic);
    }

    [Fact]
    public void The_owner_can_have_them_elsewhere()
    {
        home.File($"other/projects/-work/{Id(2)}.jsonl", Line("there"));
        var settings = new AgentSettings { Env = new Dictionary<string, string> { ["CLAUDE_CONFIG_DIR"] = home.At("other") } };
        Assert.Equal("there", Assert.Single(new RecentSessions(new ClaudeSessions(), settings, attempt.User).GetNewest(20)).Topic);
    }

    [Fact]
    public void The_beginning_of_a_file_is_read_once_while_it_grows()
    {
        var file = Session(1, "first", Noon);
        Assert.Equal("first", Scan(20)[0].Topic);
        // Another beginning in a file that did not shrink: seen only if it were read again.
        File.WriteAllText(file, Line("other") + new string(' ', 5000));
        Assert.Equal(("first", 5), (Scan(20)[0].Topic, Scan(20)[0].SizeKB));
        File.WriteAllText(file, Line("new"));
        File.SetLastWriteTimeUtc(file, Noon.AddDays(1));
        Assert.Equal("new", Scan(20)[0].Topic);
    }

    [Fact]
    public void A_session_without_a_prompt_yet_is_asked_again_when_it_changed()
    {
        var file = Session(1, "", Noon);
        File.WriteAllText(file, "");
        Assert.Equal("", Scan(20)[0].Topic);
        File.WriteAllText(file, Line("now"));
        File.SetLastWriteTimeUtc(file, Noon.AddDays(1));
        Assert.Equal("now", Scan(20)[0].Topic);
    }

    [Fact]
    public void No_sessions_are_no_fault() => Assert.Empty(Scan(20));

    private IReadOnlyList<Protocol.Workers.RecentSession> Scan(int limit) => recent.ScanFolder(home.At(".claude"), limit);

    private string Session(int number, string topic, DateTime at, string cwd = "/work")
    {
        var file = home.File($".claude/projects/-work/{Id(number)}.jsonl", Line(topic, cwd));
        File.SetLastWriteTimeUtc(file, at);
        return file;
    }

    private static string Id(int number) => $"00000000-0000-4000-8000-{number:000000000000}";

    private static string Line(string topic, string cwd = "/work") =>
        "{\"type\":\"user\",\"cwd\":\"" + cwd + "\",\"message\":{\"content\":\"" + topic + "\"}}\n";
}
