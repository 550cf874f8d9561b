using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Checking;

/// <summary>A checker that finds nothing proves nothing: each violation is planted into a sound history.</summary>
public sealed partial class CheckerTests
{
    private const string Key = "k";
    private const string Task = "t";

    private static readonly Evidence Sound = new()
    {
        Accepted = [new(Key, Task, 1), new(Key, Task, 1)],
        Seen =
        [
            new(Task, 1, "queued", null, null, null), new(Task, 3, "succeeded", 0, "done k\n", null),
            new(Task, 3, "succeeded", 0, "done k\n", null),
        ],
        Acknowledged = [new(Task, 0)],
        Witness = [new(true, Key, 1, 77, 1005, -1), new(false, Key, 1, 77, 1009, 0, Witness.Digest(Witness.Output(Key)))],
        Rows = [new(Task, "succeeded", 3, 1)],
        Audit =
        [
            new(Task, 1, "submit", "queued", 0, 1000), new(Task, 2, "start", "running", 1, 1003),
            new(Task, 3, "finish", "succeeded", 1, 1010),
        ],
        Faults = [new("kill", 1006, 1006, 1)],
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
        Finds("I2", Sound with
        {
            Audit = [.. Sound.Audit, new(Task, 4, "tick", "queued", 1, 1011), new(Task, 5, "finish", "failed", 1, 1012)],
        });

    [Fact]
    public void An_end_that_changes_is_found() =>
        Finds("I3", Sound with { Audit = [.. Sound.Audit, new(Task, 4, "tick", "lost", 1, 1011)] });

    [Fact]
    public void Two_reads_that_differ_are_found() =>
        Finds("I3", Sound with { Seen = [.. Sound.Seen, new(Task, 3, "failed", 1, "done k\n", null)] });

    [Fact]
    public void Output_that_changes_is_found() =>
        Finds("I3", Sound with { Seen = [.. Sound.Seen, new(Task, 3, "succeeded", 0, "", null)] });

    [Fact]
    public void A_version_that_falls_is_found() =>
        Finds("I4", Sound with { Seen = [.. Sound.Seen, new(Task, 2, "succeeded", 0, "done k\n", null)] });

    [Fact]
    public void A_row_behind_its_audit_is_found() => Finds("I4", Sound with { Rows = [new(Task, "succeeded", 2, 1)] });

    [Fact]
    public void A_double_start_is_found() => Finds("I5", Sound with { Witness = [.. Sound.Witness, new(true, Key, 1, 78, 1010, -1)] });

    [Fact]
    public void A_spawn_without_a_start_is_found() =>
        Finds("I6", Sound with { Audit = [Sound.Audit[0], Sound.Audit[2] with { Version = 3 }] });

    [Fact]
    public void A_spawn_before_its_start_is_found() =>
        Finds("I6", Sound with { Witness = [new(true, Key, 1, 77, 952, -1), Sound.Witness[1]] });

    [Fact]
    public void Between_two_clocks_some_milliseconds_are_nothing() =>
        Clean(Sound with { Witness = [new(true, Key, 1, 77, 953, -1), Sound.Witness[1]] });

    [Fact]
    public void Overlapping_attempts_are_found() => Finds("I7", Sound with
    {
        Accepted = [new(Key, Task, 2)],
        Witness =
        [
            new(true, Key, 1, 77, 1005, -1), new(true, Key, 2, 78, 1007, -1),
            new(false, Key, 1, 77, 1009, 0), new(false, Key, 2, 78, 1010, 0),
        ],
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
        Assert.DoesNotContain(Checker.Violations(Sound with { Seen = [new(Task, 3, "lost", -1, "", 0)] }),
            v => v.StartsWith("I9", StringComparison.Ordinal));

    [Fact]
    public void A_late_result_without_its_output_is_found()
    {
        Seen late = new(Task, 3, "lost", -1, "", 0) { LateStdout = "done k\n" };
        Clean(Lost(after: 105_000) with { Acknowledged = [new(Task, 0)], Seen = [late] });
        Finds("I10", Lost(after: 105_000) with { Acknowledged = [new(Task, 0)], Seen = [late with { LateStdout = "" }] });
        Finds("I10", Lost(after: 105_000) with { Acknowledged = [new(Task, 0)], Seen = [late with { LateStdout = null }] });
    }

    [Fact]
    public void A_success_without_an_end_in_the_witness_is_found() => Finds("I10", Sound with { Witness = [Sound.Witness[0]] });

    [Fact]
    public void A_success_with_another_output_is_found() =>
        Finds("I10", Sound with { Seen = [new(Task, 3, "succeeded", 0, "done", null)] });

    [Fact]
    public void A_failure_with_another_exit_code_is_found() => Finds("I10", Sound with { Seen = [new(Task, 3, "failed", 7, "", null)] });

    [Fact]
    public void Output_with_another_digest_is_found() =>
        Finds("I10", Sound with { Witness = [Sound.Witness[0], Sound.Witness[1] with { Digest = "00" }] });

    [Fact]
    public void A_version_that_is_missing_in_the_audit_is_found() =>
        Finds("I4", Sound with
        {
            Audit = [Sound.Audit[0], Sound.Audit[1], Sound.Audit[2] with { Version = 4 }],
            Rows = [new(Task, "succeeded", 4, 1)],
        });

    [Fact]
    public void A_command_nobody_was_told_of_is_found() =>
        Finds("I1", Sound with { Witness = [.. Sound.Witness, new(true, "other", 1, 79, 1010, -1)] });

    [Fact]
    public void A_submit_without_an_answer_may_have_made_a_task() =>
        Clean(Sound with { Witness = [.. Sound.Witness, new(true, "other", 1, 79, 1010, -1)], Unknown = new HashSet<string> { "other" } });

    [Fact]
    public void An_attempt_spawned_twice_is_found() => Finds("I5", Sound with
    {
        Accepted = [new(Key, Task, 3)],
        Witness = [.. Sound.Witness, new(true, Key, 1, 78, 1010, -1)],
    });

    [Fact]
    public void A_spawn_under_the_number_of_an_attempt_that_never_started_is_found() =>
        Finds("I6", Sound with { Witness = [Sound.Witness[0] with { Attempt = 2 }, Sound.Witness[1]] });

    [Fact]
    public void A_late_read_that_knows_less_is_found() => Finds("I4", Sound with { Seen = [At(1000, 1001, 3), At(1002, 1003, 1)] });

    [Fact]
    public void Reads_at_the_same_time_have_no_order() =>
        Clean(Sound with { Seen = [At(1000, 1010, 3), At(1005, 1012, 1), At(1020, 1021, 3)] });

    [Fact]
    public void A_read_may_be_behind_where_that_is_allowed_and_no_longer()
    {
        Clean(Sound with { StaleFor = 10, Seen = [At(1000, 1001, 3), At(1002, 1003, 1), At(1020, 1021, 3)] });
        Finds("I4", Sound with { StaleFor = 10, Seen = [At(1000, 1001, 3), At(1012, 1013, 1), At(1020, 1021, 3)] });
    }

    [Fact]
    public void A_read_after_the_acknowledgement_that_does_not_know_is_found() => Finds("I9", Sound with
    {
        Acknowledged = [new(Task, 0, 1010)],
        Seen = [At(1005, 1006, 1), At(1011, 1012, 1), At(1020, 1021, 3)],
    });

    [Fact]
    public void A_failure_is_not_shown_when_the_attempt_after_it_ended_otherwise()
    {
        var cancelled = Ended("cancelled", "cancel", 9) with
        {
            Acknowledged = [new(Task, 3, 1004)],
            Seen = [new(Task, 3, "cancelled", -1, "", null)],
        };
        Finds("I9", cancelled);
        Clean(cancelled with { Accepted = [new(Key, Task, 3)] });
    }

    [Fact]
    public void A_loss_too_early_is_found() => Finds("I11", Lost(after: 104_999));

    [Fact]
    public void A_loss_in_time_is_none() => Clean(Lost(after: 105_000));

    [Fact]
    public void A_loss_of_an_old_worker_too_early_is_found()
    {
        var lost = Lost(after: 159_999);
        Finds("I11", lost with { Audit = [lost.Audit[0], lost.Audit[1] with { What = "offer-and-start" }, lost.Audit[2]] });
    }

    [Fact]
    public void A_time_out_too_early_is_found() => Finds("I11", Ended("timed_out", "finish", 29_000));

    [Fact]
    public void An_expiry_too_early_is_found() => Finds("I11", Ended("expired", "tick", 899_000) with
    {
        Audit = [new(Task, 1, "submit", "queued", 0, 1000), new(Task, 2, "tick", "expired", 0, 900_999)],
        Rows = [new(Task, "expired", 2, 0)],
    });

    [Fact]
    public void A_task_that_outlives_its_dead_worker_is_found() => Finds("I12", Lost(after: 300_000));

    [Fact]
    public void A_fault_in_the_way_gives_it_more_time() =>
        Clean(Lost(after: 300_000) with { Faults = [new("stop", 50_000, 90_000, 1)] });

    [Fact]
    public void A_stale_report_that_was_taken_is_found() => Finds("I13", Sound with { Stale = [new(Task, 1, 50_000, 200)] });

    [Fact]
    public void A_stale_report_that_is_not_on_record_is_found()
    {
        var refused = Sound with { Stale = [new(Task, 1, 50_000, 409)] };
        Finds("I13", refused);
        Clean(refused with { Notes = [new(Task, "finish", 50_001)] });
    }

    [Fact]
    public void What_is_left_over_is_found() => Finds("I15", Sound with { Leftovers = ["I15 the spool of a worker has 1 result"] });

    [Theory, InlineData(25_001, true), InlineData(25_000, false)]
    public void A_cancel_that_takes_too_long_is_found(long after, bool found)
    {
        var slow = Ended("cancelled", "finish", 5_000 + 100 + after) with
        {
            Cancels = [new(Task, 1000 + 5_000 + 100)],
            Accepted = [new(Key, Task, 1) { Timeout = 600_000, KillGrace = 5_000 }],
        };
        if (found) Finds("I17", slow);
        else Clean(slow);
        Clean(slow with { Rows = [slow.Rows[0] with { Worker = "gone" }], DeadWorkers = new HashSet<string> { "gone" } });
    }

    [Fact]
    public void A_run_without_a_fault_is_found() => Finds("F0", Sound with { Faults = [] });

    [Fact]
    public void A_fault_that_hit_nothing_is_found()
    {
        Finds("F0", Sound with { Faults = [new("errors of the store", 1006, 1010, 0)] });
        // Its own measure counts, not that a task ran somewhere meanwhile, and not what another one hit.
        Finds("F0", Sound with { Faults = [new("kill", 1006, 1006, 3), new("kill", 1006, 1006, 0)] });
    }

    [Fact]
    public void A_fault_counts_for_the_states_at_its_time()
    {
        Assert.Equal(1, Checker.FaultsThatHit(Sound, "running"));
        Assert.Equal(0, Checker.FaultsThatHit(Sound, "queued"));
        Assert.Equal(0, Checker.FaultsThatHit(Sound with { Faults = [new("kill", 999, 999, 1)] }, "running"));
    }

    private static Seen At(long begin, long end, long version) => version == 3
        ? new(Task, 3, "succeeded", 0, "done k\n", null) { Begin = begin, End = end }
        : new(Task, version, "queued", null, null, null) { Begin = begin, End = end };

    /// <summary>Started at 1000, ended so many ms later; nothing else is known of it.</summary>
    private static Evidence Ended(string state, string what, long after) => Sound with
    {
        Witness = [],
        Seen = [],
        Acknowledged = [],
        Rows = [new(Task, state, 3, 1)],
        Audit =
        [
            new(Task, 1, "submit", "queued", 0, 1000), new(Task, 2, "start", "running", 1, 1000),
            new(Task, 3, what, state, 1, 1000 + after),
        ],
        Faults = [new("elsewhere", 900_000_000, 900_000_000, 1)],
    };

    private static Evidence Lost(long after) => Ended("lost", "tick", after);

    private static void Clean(Evidence evidence) => Assert.Equal([], Checker.Violations(evidence));

    private static void Finds(string invariant, Evidence evidence) =>
        Assert.Contains(Checker.Violations(evidence), v => v.StartsWith(invariant + " ", StringComparison.Ordinal));
}
