using System.Text;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Claude;

public sealed class SessionFilesTests : IDisposable
{
    private const string A = "aaaa1111-0000-4000-8000-000000000001", B = "aaaa2222-0000-4000-8000-000000000002";
    private const string Line = """{"type":"user","cwd":"/work","message":{"role":"user","content":"first  words\nhere"}}""" + "\n";
    private readonly ScratchFolder home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_whole_id_is_resumed_when_its_file_exists_and_begun_when_not()
    {
        home.File($"projects/-work/{A}.jsonl", Line);
        var existing = new SessionPlan(A) { Resume = A, Folder = "/work" };
        Assert.Equal(existing, Find(A));
        Assert.Equal(existing, Find(A.ToUpperInvariant()));
        Assert.Equal(new SessionPlan(B), Find(B.ToUpperInvariant()));
    }

    [Fact]
    public void The_beginning_of_an_id_must_name_exactly_one()
    {
        home.File($"projects/-work/{A}.jsonl", Line);
        home.File($"projects/-other/{B}.jsonl", Line);
        Assert.Equal(A, Find("aaaa1").Id);
        Assert.Equal("ambiguous-session", Find("aaaa").Error!.Value.Reason);
        Assert.Contains(B, Find("aaaa").Error!.Value.Error, StringComparison.Ordinal);
        Assert.Equal("unknown-session", Find("bbbb").Error!.Value.Reason);
    }

    [Fact]
    public void A_fork_copies_a_session_that_exists_once()
    {
        home.File($"projects/-work/{A}.jsonl", Line);
        Assert.Equal(new SessionPlan(B) { Fork = A, Folder = "/work" }, Find(B, forkOf: A));
        home.File($"projects/-work/{B}.jsonl", Line);
        Assert.Equal(new SessionPlan(B) { Resume = B, Folder = "/work" }, Find(B, forkOf: A));
        Assert.Equal("unknown-session", Find(Guid.NewGuid().ToString(), forkOf: Guid.NewGuid().ToString()).Error!.Value.Reason);
    }

    [Fact]
    public void Files_that_are_no_sessions_are_not_found()
    {
        home.File($"projects/-work/agent-{A}.jsonl", Line);
        home.File($"projects/-work/{A}.json", Line);
        home.File($"projects/-work/{A}/subagents/{B}.jsonl", Line);
        Assert.Empty(new ClaudeSessions().ListFiles(home.Path));
        Assert.Equal("unknown-session", Find("aaaa").Error!.Value.Reason);
    }

    [Fact]
    public void A_session_in_two_projects_is_the_newer_one()
    {
        File.SetLastWriteTimeUtc(home.File($"projects/-old/{A}.jsonl", Line), DateTime.UnixEpoch);
        home.File($"projects/-new/{A}.jsonl", Line.Replace("/work", "/new", StringComparison.Ordinal));
        Assert.Equal((A, "/new"), (Find("aaaa").Resume, Find("aaaa").Folder));
    }

    [Fact]
    public void A_home_without_claude_has_no_sessions() => Assert.Equal("unknown-session", Find("abcd").Error!.Value.Reason);

    [Theory]
    [InlineData("""{"type":"user","isMeta":true,"message":{"content":"meta"}}""")]
    [InlineData("""{"type":"user","message":{"content":"<command-name>/clear</command-name>"}}""")]
    [InlineData("""{"type":"assistant","message":{"content":"hi"}}""")]
    [InlineData("""{"type":"user","message":"odd"}""")]
    [InlineData("""{"type":"user","message":{"content":[{"type":"image"}]}}""")]
    [InlineData("""{"type":"user","message":{"content":"\ud800"}}""")]
    [InlineData("[1]")]
    [InlineData("not json")]
    [InlineData("")]
    public void The_topic_is_the_first_prompt_of_a_person(string before) =>
        Assert.Equal(new SessionHead("/work", "first words here"),
            SessionHead.Parse(Encoding.UTF8.GetBytes(before + "\n" + Line), ClaudeHead.ReadLine));

    [Fact]
    public void A_long_prompt_is_cut_between_characters()
    {
        const string open = "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"";
        var prompt = open + new string('a', 79) + "😀tail\"}]}}\n";
        Assert.Equal(new string('a', 79) + "...", SessionHead.Parse(Encoding.UTF8.GetBytes(prompt), ClaudeHead.ReadLine).Topic);
    }

    [Fact]
    public void A_cut_last_line_is_left_out() =>
        Assert.Equal(new SessionHead(null, null), SessionHead.Parse(Encoding.UTF8.GetBytes(Line.TrimEnd()), ClaudeHead.ReadLine));

    [Fact]
    public void A_prompt_beyond_the_small_look_is_found_and_a_huge_one_not_read()
    {
        var far = home.File("far.jsonl", new string('x', 100_000) + "\n" + Line);
        Assert.Equal("first words here", new ClaudeSessions().ReadHead(far).Topic);
        var huge = home.File("huge.jsonl", new string('x', 600_000) + "\n" + Line);
        Assert.Equal(new SessionHead(null, null), new ClaudeSessions().ReadHead(huge));
    }

    private SessionPlan Find(string id, string? forkOf = null) =>
        new ClaudeSessions().ResolveSession(home.Path, new AgentPayload { Prompt = "x", SessionId = id, ForkOf = forkOf });
}
