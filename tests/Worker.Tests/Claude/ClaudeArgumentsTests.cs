using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Claude;

namespace OpenClaw.Worker.Tests.Claude;

public sealed class ClaudeArgumentsTests
{
    private static readonly FoundSession Fresh = FoundSession.New("id");
    private static readonly FoundSession Old = FoundSession.Existing("/p/id.jsonl");

    [Fact]
    public void A_new_session_gets_its_id_and_the_strictest_mode() =>
        Assert.Equal("claude -p --output-format json --session-id id --permission-mode default", Line(Fresh, new()));

    [Fact]
    public void An_old_session_is_resumed() =>
        Assert.Equal("claude -p --output-format json --resume id --permission-mode default", Line(Old, new()));

    [Fact]
    public void The_task_chooses_the_model_before_the_owner()
    {
        var settings = new ClaudeSettings { Model = "opus", FallbackModel = "haiku" };
        Assert.Contains("--model opus --fallback-model haiku", Line(Fresh, settings), StringComparison.Ordinal);
        Assert.Contains("--model sonnet --fallback-model haiku", Line(Fresh, settings, "sonnet"), StringComparison.Ordinal);
        Assert.DoesNotContain("fallback", Line(Fresh, settings, "haiku"), StringComparison.Ordinal);
    }

    [Fact]
    public void Permissions_are_skipped_only_when_the_owner_says_so()
    {
        Assert.DoesNotContain("dangerously", Line(Fresh, new()), StringComparison.Ordinal);
        Assert.EndsWith(" --dangerously-skip-permissions", Line(Fresh, new() { SkipPermissions = true }), StringComparison.Ordinal);
        Assert.EndsWith(" --permission-mode plan", Line(Fresh, new() { PermissionMode = "plan" }), StringComparison.Ordinal);
        var allowed = Line(Fresh, new() { AllowedTools = ["Read", "Bash(git *)"] });
        Assert.EndsWith(" --permission-mode default --allowedTools Read Bash(git *)", allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_8_the_prompt_is_no_argument() => Assert.DoesNotContain("PROMPT", Line(Old, new()), StringComparison.Ordinal);

    private static string Line(FoundSession session, ClaudeSettings settings, string? model = null) => string.Join(
        ' ', ClaudeArguments.Of("claude", new ClaudePayload { Prompt = "PROMPT", SessionId = "id", Model = model }, session, settings));
}
