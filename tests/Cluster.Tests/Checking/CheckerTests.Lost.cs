using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Checking;

// `lost` of a worker that lives: planted into the history of one that is gone, which is sound.
public sealed partial class CheckerTests
{
    private const string Worker = "w";

    [Fact]
    public void A_loss_of_a_worker_that_lives_is_found()
    {
        Finds("I11", LostOn(Worker, after: 200_000));
        Clean(LostOn(Worker, after: 200_000) with { DeadWorkers = new HashSet<string> { Worker } });
        Finds("I11", LostOn(Worker, after: 200_000) with { DeadWorkers = new HashSet<string> { "another" } });
        Clean(LostOn(Worker, after: 200_000) with { Restarts = [new(Worker, 100_000, 101_000)] });
        Finds("I11", LostOn(Worker, after: 200_000) with { Restarts = [new(Worker, -15_000, -14_001), new(Worker, 201_001, 202_000)] });
    }

    [Fact]
    public void A_next_attempt_because_its_worker_was_out_of_reach_is_found_when_it_lived()
    {
        var again = AgainOn(Worker, after: 60_000);
        Finds("I11", again);
        Clean(again with { DeadWorkers = new HashSet<string> { Worker } });
        var overran = again.Audit.Select(t => t.What == "tick" ? t with { Reason = "timeout" } : t);
        Clean(again with { Audit = [.. overran] });
    }

    [Theory, InlineData(15_000, false), InlineData(14_999, true)]
    public void Faults_that_keep_a_heartbeat_away_for_a_lease_excuse_it(long length, bool found)
    {
        // What it takes to get over a fault, 30 s, is added to its length.
        var lost = LostOn(Worker, after: 200_000) with { Faults = [new("stop", 150_000, 150_000 + length, 1)] };
        if (found) Finds("I11", lost);
        else Clean(lost);
    }

    [Theory, InlineData(105_000, false), InlineData(104_999, true)]
    public void A_loss_too_soon_after_a_heartbeat_is_found_whoever_died(long after, bool found)
    {
        var gone = LostOn(Worker, after: 50_000 + after) with
        {
            DeadWorkers = new HashSet<string> { Worker },
            Renewals = [new(Task, 1, 20_000, 20_003), new(Task, 1, 51_000, 51_003)],
        };
        if (found) Finds("I11", gone);
        else Clean(gone);
    }

    [Fact]
    public void A_heartbeat_answered_after_the_loss_or_of_another_attempt_renewed_nothing()
    {
        var gone = LostOn(Worker, after: 105_000) with { DeadWorkers = new HashSet<string> { Worker } };
        Clean(gone with { Renewals = [new(Task, 1, 90_000, 106_001)] });
        Clean(gone with { Renewals = [new(Task, 2, 90_000, 90_001)] });
        Clean(gone with { Renewals = [new("other", 1, 90_000, 90_001)] });
    }

    [Theory, InlineData(55_000, false), InlineData(54_999, true)]
    public void A_cancelled_one_is_given_up_once_lease_and_grace_are_over(long after, bool found)
    {
        var cancelled = LostOn(Worker, after, "cancelled-unreachable") with { DeadWorkers = new HashSet<string> { Worker } };
        if (found) Finds("I11", cancelled);
        else Clean(cancelled);
    }

    [Fact]
    public void A_loss_by_a_restart_that_never_was_is_found()
    {
        var restarted = LostOn(Worker, after: 20_000, "worker-restarted", "holder-restarted");
        Finds("I11", restarted);
        Clean(restarted with { Restarts = [new(Worker, 19_000, 22_000)] });
        Finds("I11", restarted with { Restarts = [new("another", 19_000, 22_000)] });
        Clean(restarted with { Restarts = [new(Worker, -15_000, -14_000)] });
        Finds("I11", restarted with { Restarts = [new(Worker, -15_000, -14_001)] });
        Finds("I11", restarted with { Restarts = [new(Worker, 22_000, 23_000)] });
    }

    private static Evidence LostOn(string worker, long after, string reason = "worker-unreachable", string what = "tick")
    {
        var lost = Ended("lost", what, after);
        return lost with
        {
            Audit = [lost.Audit[0], lost.Audit[1] with { Worker = worker }, lost.Audit[2] with { Worker = worker, Reason = reason }],
        };
    }

    /// <summary>The first attempt, begun at 1000, is given up so much later; the second ends well.</summary>
    private static Evidence AgainOn(string worker, long after) => Sound with
    {
        Accepted = [new(Key, Task, 3)],
        Witness = [new(true, Key, 1, 77, 1005, -1), new(true, Key, 2, 78, 2_000 + after, -1), new(false, Key, 2, 78, 3_000 + after, 0)],
        Seen = [],
        Acknowledged = [],
        Rows = [new(Task, "succeeded", 5, 2)],
        Audit =
        [
            new(Task, 1, "submit", "queued", 0, 1000),
            new(Task, 2, "start", "running", 1, 1000) { Worker = worker },
            new(Task, 3, "tick", "queued", 1, 1000 + after) { Worker = worker, Reason = "worker-unreachable" },
            new(Task, 4, "start", "running", 2, 1500 + after) { Worker = "another" },
            new(Task, 5, "finish", "succeeded", 2, 3_500 + after) { Worker = "another" },
        ],
        Faults = [new("elsewhere", 900_000_000, 900_000_000, 1)],
    };
}
