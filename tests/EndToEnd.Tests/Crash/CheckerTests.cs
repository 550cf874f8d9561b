using OpenClaw.TestKit.Checking;

namespace OpenClaw.EndToEnd.Tests.Crash;

/// <summary>A checker that finds nothing proves nothing: each violation is planted into a sound history.</summary>
public sealed class CheckerTests
{
    private const string Key = "k";
    private const string Task = "t";

    private static readonly Evidence Sound = new()
    {
        Accepted = [new(Key, Task, 1), new(Key, Task, 1)],
        Seen = [new(Task, 1, "queued", null, null, null), new(Task, 3, "succeeded", 0, "done k\n", null), new(Task, 3, "succeeded", 0, "done k\n", null)],
        Acknowledged = [new(Task, 0)],
        Witness = [new(true, Key, 1, 77, 1005, -1), new(false, Key, 1, 77, 1009, 0)],
        Rows = [new(Task, "succeeded", 3, 1)],
        Audit = [new(Task, 1, "submit", "queued", 0, 1000), new(Task, 2, "start", "running", 1, 1003), new(Task, 3, "finish", "succeeded", 1, 1010)],
        Kills = [1006],
    };

    [Fact]
    public void A_sound_history_has_no_violation() => Assert.Empty(Checker.Violations(Sound));

    [Fact]
    public void A_lost_task_is_found() => Finds("I1", Sound with { Rows = [] });

    [Fact]
    public void Two_tasks_of_one_key_are_found() => Finds("I1", Sound with { Accepted = [new(Key, Task, 1), new(Key, "other", 1)] });

    [Fact]
    public void A_task_that_never_ends_is_found() => Finds("I2", Sound with { Rows = [new(Task, "running", 3, 1)] });

    [Fact]
    public void An_end_without_an_audit_row_is_found() => Finds("I2", Sound with { Audit = [.. Sound.Audit.Take(2)] });

    [Fact]
    public void Two_ends_are_found() =>
        Finds("I2", Sound with { Audit = [.. Sound.Audit, new(Task, 4, "tick", "queued", 1, 1011), new(Task, 5, "finish", "failed", 1, 1012)] });

    [Fact]
    public void An_end_that_changes_is_found() => Finds("I3", Sound with { Audit = [.. Sound.Audit, new(Task, 4, "tick", "lost", 1, 1011)] });

    [Fact]
    public void Two_reads_that_differ_are_found() => Finds("I3", Sound with { Seen = [.. Sound.Seen, new(Task, 3, "failed", 1, "done k\n", null)] });

    [Fact]
    public void Output_that_changes_is_found() => Finds("I3", Sound with { Seen = [.. Sound.Seen, new(Task, 3, "succeeded", 0, "", null)] });

    [Fact]
    public void A_version_that_falls_is_found() => Finds("I4", Sound with { Seen = [.. Sound.Seen, new(Task, 2, "succeeded", 0, "done k\n", null)] });

    [Fact]
    public void A_row_behind_its_audit_is_found() => Finds("I4", Sound with { Rows = [new(Task, "succeeded", 2, 1)] });

    [Fact]
    public void A_double_start_is_found() => Finds("I5", Sound with { Witness = [.. Sound.Witness, new(true, Key, 1, 78, 1010, -1)] });

    [Fact]
    public void A_spawn_without_a_start_is_found() => Finds("I6", Sound with { Audit = [Sound.Audit[0], Sound.Audit[2] with { Version = 3 }] });

    [Fact]
    public void A_spawn_before_its_start_is_found() => Finds("I6", Sound with { Witness = [new(true, Key, 1, 77, 1002, -1), Sound.Witness[1]] });

    [Fact]
    public void Overlapping_attempts_are_found() => Finds("I7", Sound with
    {
        Accepted = [new(Key, Task, 2)],
        Witness = [new(true, Key, 1, 77, 1005, -1), new(true, Key, 2, 78, 1007, -1), new(false, Key, 1, 77, 1009, 0), new(false, Key, 2, 78, 1010, 0)],
        Audit = [Sound.Audit[0], Sound.Audit[1], new(Task, 3, "start", "running", 2, 1006), new(Task, 4, "finish", "succeeded", 2, 1011)],
        Rows = [new(Task, "succeeded", 4, 2)],
    });

    [Theory, InlineData("expired"), InlineData("rejected"), InlineData("cancelled")]
    public void A_spawn_of_a_task_that_never_started_is_found(string state) => Finds("I8", Sound with
    {
        Rows = [new(Task, state, 2, 0)],
        Audit = [Sound.Audit[0], new(Task, 2, "tick", state, 0, 1004)],
    });

    [Fact]
    public void A_result_acknowledged_and_lost_is_found() => Finds("I9", Sound with { Seen = [new(Task, 3, "lost", -1, "", null)] });

    [Fact]
    public void A_late_result_keeps_what_was_acknowledged() =>
        Assert.DoesNotContain(Checker.Violations(Sound with { Seen = [new(Task, 3, "lost", -1, "", 0)] }), v => v.StartsWith("I9", StringComparison.Ordinal));

    [Fact]
    public void A_success_without_an_end_in_the_witness_is_found() => Finds("I10", Sound with { Witness = [Sound.Witness[0]] });

    [Fact]
    public void A_success_with_another_output_is_found() => Finds("I10", Sound with { Seen = [new(Task, 3, "succeeded", 0, "done", null)] });

    [Fact]
    public void A_failure_with_another_exit_code_is_found() => Finds("I10", Sound with { Seen = [new(Task, 3, "failed", 7, "", null)] });

    [Fact]
    public void A_kill_counts_for_the_states_at_its_time()
    {
        Assert.Equal(1, Checker.KillsThatHit(Sound, "running"));
        Assert.Equal(0, Checker.KillsThatHit(Sound, "queued"));
        Assert.Equal(0, Checker.KillsThatHit(Sound with { Kills = [999] }, "running"));
    }

    private static void Finds(string invariant, Evidence evidence) =>
        Assert.Contains(Checker.Violations(evidence), v => v.StartsWith(invariant + " ", StringComparison.Ordinal));
}
