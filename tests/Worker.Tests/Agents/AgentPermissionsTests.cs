using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Tests.Agents;

/// <summary>What the owner's settings, his policy and a task make together: the strictest of the three.</summary>
public sealed class AgentPermissionsTests
{
    private static readonly AgentModes Modes = new ClaudeCli().Modes;
    private static readonly AgentPayload Task = new() { Prompt = "x", SessionId = "abcd" };

    [Theory]
    [InlineData(null, null, null, "default")]
    [InlineData("acceptEdits", null, null, "acceptEdits")]
    [InlineData("acceptEdits", "plan", null, "plan")]
    [InlineData("plan", "acceptEdits", null, "plan")]
    [InlineData(null, "acceptEdits", null, "acceptEdits")]
    [InlineData("acceptEdits", null, "plan", "plan")]
    [InlineData("acceptEdits", null, "acceptEdits", "acceptEdits")]
    [InlineData("acceptEdits", null, "default", "default")]
    [InlineData("acceptEdits", "default", "acceptEdits", null)]
    [InlineData(null, null, "acceptEdits", null)]
    [InlineData("acceptEdits", null, "bypassPermissions", null)]
    [InlineData("acceptEdits", null, "somethingNew", null)]
    [InlineData("somethingNew", null, null, "somethingNew")]
    [InlineData("somethingNew", null, "plan", null)]
    public void The_strictest_mode_counts_and_a_task_that_asks_for_more_is_refused(
        string? settings, string? policy, string? task, string? mode)
    {
        var rules = policy is null ? null : new AgentRules { PermissionMode = policy };
        var (permissions, rejection) = AgentPermissions.DecideForTask(
            Modes, new AgentSettings { PermissionMode = settings }, rules, Task with { PermissionMode = task });

        Assert.Equal((mode, mode is null), (permissions?.Mode, rejection is not null));
        Assert.False(permissions?.Bypass ?? false);
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Checks_are_skipped_only_where_no_policy_forbids_it(bool policy, bool allowed, bool skipped)
    {
        var rules = policy ? new AgentRules { AllowBypass = allowed } : null;
        foreach (var settings in new[] { new AgentSettings { SkipPermissions = true },
            new AgentSettings { PermissionMode = "bypassPermissions" } })
        {
            var (permissions, _) = AgentPermissions.DecideForTask(Modes, settings, rules, Task);
            Assert.Equal((skipped, skipped ? "bypassPermissions" : "default"), (permissions!.Bypass, permissions.Mode));
        }
    }

    [Fact]
    public void A_task_can_ask_for_checks_where_the_owner_skips_them()
    {
        var settings = new AgentSettings { SkipPermissions = true };
        var (permissions, _) = AgentPermissions.DecideForTask(Modes, settings, null, Task with { PermissionMode = "acceptEdits" });
        Assert.Equal((false, "acceptEdits"), (permissions!.Bypass, permissions.Mode));
    }

    [Theory]
    [InlineData("Read,Bash(git *)", null, null, "Read,Bash(git *)")]
    [InlineData("Read,Bash(git *)", "Bash", null, "Bash(git *)")]
    [InlineData("", "Bash", null, "Bash")]
    [InlineData("Read,Bash", "", null, "")]
    [InlineData("Read,Bash(git *)", null, "Read", "Read")]
    [InlineData("Read,Bash", null, "Bash(git status)", "Bash(git status)")]
    [InlineData("Read", null, "", "")]
    [InlineData("Read", null, "Edit", null)]
    [InlineData("Bash(git *)", null, "Bash", null)]
    [InlineData("Bash(git *)", null, "Bash(git log; rm -rf /)", null)]
    [InlineData("Bash", "Read", "Bash(ls)", null)]
    public void Tools_only_get_fewer(string settings, string? policy, string? task, string? tools)
    {
        var rules = policy is null ? null : new AgentRules { AllowedTools = List(policy) };
        var (permissions, rejection) = AgentPermissions.DecideForTask(
            Modes, new AgentSettings { AllowedTools = List(settings) },
            rules, Task with { AllowedTools = task is null ? null : List(task) });

        Assert.Equal((tools, tools is null),
            (permissions is null ? null : string.Join(',', permissions.AllowedTools), rejection is not null));
    }

    [Fact]
    public void What_the_policy_forbids_is_handed_on()
    {
        var (permissions, _) = AgentPermissions.DecideForTask(Modes, new(), new AgentRules { DisallowedTools = ["WebFetch"] }, Task);
        Assert.Equal(["WebFetch"], permissions!.DisallowedTools);
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
