using System.Diagnostics;
using System.Text;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>The agents' own files, and what else may stand among them.</summary>
public sealed class SessionReadingTests : IDisposable
{
    private const string A = "aaaa1111-0000-4000-8000-000000000001", B = "bbbb2222-0000-4000-8000-000000000002";
    private const string Line = """{"type":"user","cwd":"/work","message":{"role":"user","content":"words"}}""" + "\n";
    private readonly ScratchFolder home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_pipe_among_the_sessions_makes_nobody_wait()
    {
        home.File($".claude/projects/-work/{A}.jsonl", Line);
        Pipe($".claude/projects/-work/{B}.jsonl");
        Directory.CreateDirectory(home.At(".gemini", "tmp", "x", "chats"));
        Pipe(".gemini/tmp/x/.project_root");
        home.File(".gemini/tmp/x/chats/session-2026-11-29T18-05-aaaa1111.jsonl", $$"""{"sessionId":"{{A}}"}""" + "\n");
        Pipe($".gemini/tmp/x/chats/session-2026-11-29T18-05-bbbb2222.jsonl");
        Pipe($".codex/sessions/2026/11/29/rollout-2026-11-29T18-05-00-{B}.jsonl");
        using var attempt = new TestAttempt(Kinds.Claude, "{}", home.Path);
        var read = Task.Run(() =>
        {
            var claude = new RecentSessions(new ClaudeSessions(), new(), attempt.User).ScanFolder(home.At(".claude"), 20);
            Assert.Equal(["", "words"], claude.Select(session => session.Topic).Order());
            Assert.Equal(A,
                Assert.Single(new RecentSessions(new GeminiSessions(), new(), attempt.User).ScanFolder(home.At(".gemini"), 20)).SessionId);
            Assert.Null(CodexRollout.ReadFile(Assert.Single(Codex.ListFiles(home.At(".codex"))).FullName));
            // A turn of such a session has no folder, so it runs nowhere.
            Assert.Null(new ClaudeSessions().ResolveSession(home.At(".claude"), Turn(B)).Folder);
            Assert.Null(Codex.ResolveSession(home.At(".codex"), Turn(B)).Folder);
        });
        await read.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_session_that_was_moved_and_linked_is_read_where_it_is()
    {
        home.File("elsewhere/it", Line);
        Directory.CreateDirectory(home.At("projects", "-work"));
        File.CreateSymbolicLink(home.At("projects", "-work", A + ".jsonl"), home.At("elsewhere", "it"));
        Assert.Equal("/work", new ClaudeSessions().ResolveSession(home.Path, Turn(A)).Folder);
    }

    [Fact]
    public void The_folder_of_a_session_is_known_however_long_its_first_prompt_is()
    {
        // As the CLI writes it: the prompt in its queue, then in the message, before the folder.
        var prompt = new string('a', 262_144).Replace("a", "\\u0000", StringComparison.Ordinal);
        home.File($"projects/-work/{A}.jsonl", $$"""{"type":"queue-operation","content":"{{prompt}}"}""" + "\n"
            + $$"""{"type":"user","message":{"role":"user","content":"{{prompt}}"},"cwd":"/work"}""" + "\n");
        Assert.Equal("/work", new ClaudeSessions().ResolveSession(home.Path, Turn(A)).Folder);
    }

    [Fact]
    public void A_session_in_several_files_is_listed_once_and_takes_one_place()
    {
        const string head = "{\"sessionId\":\"" + A + "\"}\n", stub = head + "{\"$set\":{\"messages\":[]}}\n";
        for (var i = 0; i < 3; i++) Gemini($"session-2026-11-29T18-0{i}-aaaa1111.jsonl", i == 1
            ? head + "{\"type\":\"user\",\"content\":\"words\"}\n" : stub, i);
        Gemini("session-2026-11-29T17-00-bbbb2222.jsonl", head.Replace(A, B, StringComparison.Ordinal), -1);
        using var attempt = new TestAttempt(Kinds.Gemini, "{}", home.Path);
        var found = new RecentSessions(new GeminiSessions(), new(), attempt.User).ScanFolder(home.At(".gemini"), 2);
        Assert.Equal([(A, "words", "1970-01-01T00:02:00.000Z"), (B, "", "1969-12-31T23:59:00.000Z")],
            found.Select(session => (session.SessionId, session.Topic, session.LastModified)));
    }

    [Fact]
    public void The_last_turn_of_a_thread_is_found_behind_whatever_is_in_it()
    {
        var lines = new StringBuilder(Event("task_started") + Tokens(900, 900) + Complete("before") + Event("task_started"));
        lines.Append("{\"type\":\"response_item\",\"payload\":{\"type\":\"message\",\"text\":\"" + new string('x', 3_000_000) + "\"}}\n");
        lines.Append(
            "{\"type\":\"turn_context\",\"payload\":{\"model\":\"gpt-x\"}}\n"
            + "{\"type\":\"response_item\",\"payload\":{\"type\":\"function_call\"}}\n");
        lines.Append("{\"type\":\"response_item\",\"payload\":{\"type\":\"function_call_output\"}}\n" + Tokens(1000, 100)
            + Tokens(1300, 300) + Complete("after"));
        var path = home.File("rollout.jsonl", lines.ToString());
        var turn = CodexRollout.ReadFile(path)!;
        Assert.Equal((400, 1300, "after", "gpt-x", 1, true),
            (turn.OwnTokens!.Value.Output, turn.ThreadTokens!.Value.Output, turn.LastMessage, turn.Model, turn.Tools, turn.Ended));
        Assert.Null(CodexRollout.ReadFile(home.File("empty.jsonl", "")));
        Assert.Null(CodexRollout.ReadFile(home.At("none.jsonl")));
        Assert.Null(CodexRollout.Parse(Encoding.UTF8.GetBytes(Tokens(1, 1) + "not json\n[1]\n")));
    }

    private CodexSessions Codex => new(new SessionIdMap(home.At("names")));

    private static AgentPayload Turn(string session) => new() { Prompt = "x", SessionId = session };

    private static string Event(string type) => "{\"type\":\"event_msg\",\"payload\":{\"type\":\"" + type + "\"}}\n";

    private static string Complete(string words) =>
        "{\"type\":\"event_msg\",\"payload\":{\"type\":\"task_complete\",\"last_agent_message\":\"" + words + "\"}}\n";

    private static string Tokens(int total, int last) =>
        "{\"type\":\"event_msg\",\"payload\":{\"type\":\"token_count\",\"info\":{\"total_token_usage\":"
        + $"{{\"output_tokens\":{total}}},\"last_token_usage\":{{\"output_tokens\":{last}}}}}}}}}\n";

    private void Gemini(string name, string content, int minutes) =>
        File.SetLastWriteTimeUtc(home.File($".gemini/tmp/x/chats/{name}", content), DateTime.UnixEpoch.AddMinutes(minutes));

    private void Pipe(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(home.At(name))!);
        using var made = Process.Start("mkfifo", home.At(name));
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
