using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>The CLI's argument list for one turn. The prompt is never in it.</summary>
internal static class ClaudeArguments
{
    public static IReadOnlyList<string> Of(string program, ClaudePayload payload, FoundSession session, ClaudeSettings settings)
    {
        var model = payload.Model ?? settings.Model;
        List<string> argv = [program, "-p", "--output-format", "json"];
        argv.AddRange([session.File is null ? "--session-id" : "--resume", session.Id!]);
        if (model is not null) argv.AddRange(["--model", model]);
        if (settings.FallbackModel is { } fallback && fallback != model) argv.AddRange(["--fallback-model", fallback]);
        // Said even when it is the CLI's own default: what the owner lets himself do at his terminal is not let to a task.
        if (settings.SkipPermissions) argv.Add("--dangerously-skip-permissions");
        else argv.AddRange(["--permission-mode", settings.PermissionMode ?? "default"]);
        if (settings.AllowedTools.Count > 0) argv.AddRange(["--allowedTools", .. settings.AllowedTools]);
        return argv;
    }
}
