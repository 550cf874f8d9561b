using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>
/// The last turn in the file of a thread, which knows what the printed lines leave out: the turn's own tokens (the lines have the
/// thread's), the answer when a tool that was refused came after the last words (a refused tool has no line), and how often tools were
/// asked for.
/// </summary>
internal sealed class CodexRollout
{
    /// <summary>The fact that has the tokens of the whole thread.</summary>
    public const string SessionUsage = "sessionUsage";

    private const int FirstLook = 1024 * 1024, LongestLook = 64 * 1024 * 1024;
    private static readonly string[] WantedMarks = ["task_started", "task_complete", "token_count", "turn_context", "_call\""];
    private CodexTokens before;

    /// <summary>All tokens of the thread, the turn's included; null: it has counted none.</summary>
    public CodexTokens? ThreadTokens { get; private set; }

    /// <summary>The turn's own; null: it has counted none.</summary>
    public CodexTokens? OwnTokens => ThreadTokens - before;

    /// <summary>The turn came to its end.</summary>
    public bool Ended { get; private set; }

    /// <summary>The model's words at its end; null: it said nothing after its last tool.</summary>
    public string? LastMessage { get; private set; }

    public string? Model { get; private set; }

    public int Tools { get; private set; }

    /// <summary>The last turn of a thread's file; null when it can't be read.</summary>
    public static CodexRollout? ReadFile(string path)
    {
        for (var size = FirstLook; size <= LongestLook; size *= 4)
        {
            var (bytes, whole) = SessionFile.ReadEnd(path, size);
            if (Parse(bytes) is { } turn) return turn;
            if (whole) return null;
        }
        return null;
    }

    /// <summary>The last turn that begins in these lines; null: none does.</summary>
    public static CodexRollout? Parse(ReadOnlySpan<byte> lines)
    {
        CodexRollout? turn = null;
        foreach (var range in lines.Split((byte)'\n'))
        {
            if (JsonLine.ParseObject(CopyWantedLine(lines[range])) is not { } line) continue;
            if (JsonLine.ReadObject(line, "payload") is not { } payload) continue;
            var type = JsonLine.ReadString(payload, "type");
            if (type == "task_started") turn = new CodexRollout();
            turn?.ReadEvent(JsonLine.ReadString(line, "type"), type, payload);
        }
        return turn;
    }

    /// <summary>
    /// The answer where the file can't be read: what a new thread has used is the turn's, what an older one has used nobody knows.
    /// </summary>
    public static TurnAnswer CompleteWithoutFile(TurnAnswer answer, bool isNew)
    {
        if (!isNew || answer.Facts[SessionUsage] is not { } all) return answer;
        var facts = (JsonObject)answer.Facts.DeepClone();
        facts["usage"] = all.DeepClone();
        return answer with { Facts = facts };
    }

    /// <summary>
    /// The answer with what is known here; null when this is not its turn, as when the thread was gone on with since. A turn that was
    /// ended in the middle is known by that, one that came to its end by the thread's tokens then.
    /// </summary>
    public TurnAnswer? CompleteAnswer(TurnAnswer answer)
    {
        var thread = answer.Facts[SessionUsage]?.ToJsonString();
        if (Ended ? thread is null || thread != ThreadTokens?.ToJson().ToJsonString() : answer is { Ended: true, Error: null }) return null;
        var facts = (JsonObject)answer.Facts.DeepClone();
        if (OwnTokens is { } own) facts["usage"] = own.ToJson();
        if (Model is not null) facts["model"] = Model;
        if (!Ended) facts["incomplete"] = true;
        facts["tools"] = Tools;
        return answer with { Facts = facts, Text = answer is { Ended: true, Error: null } ? LastMessage ?? "" : answer.Text };
    }

    private static ReadOnlyMemory<byte> CopyWantedLine(ReadOnlySpan<byte> line)
    {
        // Most of a file are long lines of other kinds: only their beginnings are looked at.
        var start = System.Text.Encoding.UTF8.GetString(line[..Math.Min(line.Length, 200)]);
        return WantedMarks.Any(word => start.Contains(word, StringComparison.Ordinal)) ? line.ToArray() : default;
    }

    private void ReadEvent(string? kind, string? type, JsonElement payload)
    {
        if (kind == "turn_context") Model = JsonLine.ReadString(payload, "model");
        else if (kind == "response_item" && type?.EndsWith("_call", StringComparison.Ordinal) is true) Tools++;
        else if (type == "task_complete") (Ended, LastMessage) = (true, JsonLine.ReadString(payload, "last_agent_message"));
        else if (type == "token_count" && JsonLine.ReadObject(payload, "info") is { } info) ReadTokenCount(info);
    }

    private void ReadTokenCount(JsonElement info)
    {
        if (JsonLine.ReadObject(info, "total_token_usage") is not { } total) return;
        if (ThreadTokens is null && JsonLine.ReadObject(info, "last_token_usage") is { } last)
            before = CodexTokens.FromUsage(total) - CodexTokens.FromUsage(last);
        ThreadTokens = CodexTokens.FromUsage(total);
    }
}
