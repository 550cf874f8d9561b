using System.Text.Json;
using OpenClaw.Worker.Execution.Agents;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>A line of a Claude Code session's file.</summary>
internal static class ClaudeHead
{
    public static SessionHead ReadLine(JsonElement line) => new(SessionHead.ReadString(line, "cwd"), ReadPrompt(line));

    private static string? ReadPrompt(JsonElement line)
    {
        var isMeta = line.TryGetProperty("isMeta", out var meta) && meta.ValueKind == JsonValueKind.True;
        if (SessionHead.ReadString(line, "type") != "user" || isMeta) return null;
        return line.TryGetProperty("message", out var message) && message.TryGetProperty("content", out var content)
            ? SessionHead.ReadPrompt(content)
            : null;
    }
}
