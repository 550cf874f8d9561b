using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;

namespace OpenClaw.Worker.Tests.Claude;

public sealed class ClaudeArgumentsTests
{
    private const string Start = "claude -p --output-format stream-json --verbose --include-partial-messages ";
    private static readonly SessionPlan Fresh = new("id");
    private static readonly AgentPayload Turn = new() { Prompt = "PROMPT", SessionId = "id" };

    [Fact]
    public void A_new_session_gets_its_id_and_the_strictest_mode() =>
        Assert.Equal(Start + "--session-id id --permission-mode default", Line(Fresh, new()));

    [Fact]
    public void An_old_session_is_resumed() =>
        Assert.Equal(Start + "--resume id --permission-mode default", Line(Fresh with { Resume = "id" }, new()));

    [Fact]
    public void A_fork_resumes_its_parent_under_its_own_id() => Assert.Equal(
        Start + "--resume parent --fork-session --session-id id --permission-mode default", Line(Fresh with { Fork = "parent" }, new()));

    [Fact]
    public void The_task_chooses_the_models_before_the_owner()
    {
        var settings = new AgentSettings { Model = "opus", FallbackModel = "haiku" };
        Assert.Contains("--model opus --fallback-model haiku", Line(Fresh, settings), StringComparison.Ordinal);
        Assert.Contains("--model sonnet --fallback-model haiku", Line(Fresh, settings, Turn with { Model = "sonnet" }),
            StringComparison.Ordinal);
        Assert.DoesNotContain("fallback", Line(Fresh, settings, Turn with { Model = "haiku" }), StringComparison.Ordinal);
        Assert.Contains("--fallback-model sonnet ", Line(Fresh, settings, Turn with { FallbackModel = "sonnet" }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "")]
    [InlineData(3, null, "--max-turns 3 ")]
    [InlineData(null, 5, "--max-turns 5 ")]
    [InlineData(3, 5, "--max-turns 3 ")]
    [InlineData(9, 5, "--max-turns 5 ")]
    public void The_smaller_limit_counts(int? task, int? owner, string argument) => Assert.Equal(
        Start + "--session-id id " + argument + "--permission-mode default",
        Line(Fresh, new() { MaxTurns = owner }, Turn with { MaxTurns = task }));

    [Fact]
    public void A_small_budget_is_written_out() =>
        Assert.Contains("--max-budget-usd 0.00001 ", Line(Fresh, new(), Turn with { MaxBudgetUsd = 0.00001 }), StringComparison.Ordinal);

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
    public void Fault_8_the_prompt_is_no_argument() => Assert.DoesNotContain("PROMPT", Line(Fresh, new()), StringComparison.Ordinal);

    private static string Line(SessionPlan session, AgentSettings settings, AgentPayload? turn = null)
    {
        var cli = new ClaudeCli();
        var (permissions, _) = AgentPermissions.DecideForTask(cli.Modes, settings, null, turn ?? Turn);
        return string.Join(' ', cli.BuildArguments("claude", new TurnPlan(turn ?? Turn, settings, permissions!, session)));
    }
}
