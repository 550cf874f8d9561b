using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker.Tests.Attempts.Journal;

public sealed class RecoveryTests
{
    private static readonly RunFinding[] Runs = [new(false, false), new(false, true), new(true, false), new(true, true)];

    /// <summary>Every combination for up to two programs.</summary>
    [Fact]
    public void Every_case_has_one_right_step()
    {
        foreach (var (spooled, offer, committed) in from s in Both from o in Both from c in Both select (s, o, c))
            foreach (var spawns in Spawns())
                foreach (var runs in Found())
                    Check(spooled, offer, committed, spawns, runs);
    }

    [Fact]
    public void What_was_not_spawned_is_not_named_to_the_server()
    {
        foreach (var last in (JournalStep[])[JournalStep.Asked, JournalStep.Committed])
        {
            var entry = JournalEntry.FromRecords([new(JournalStep.Asked, "t.1") { TaskId = "t", Attempt = 1 }, new(last, "t.1")])[0];
            Assert.Equal(RecoveryStep.GiveUp, Recovery.DecideStep(entry, new RecoveryFindings(false, true, [new(false, false)])));
        }
    }

    [Fact]
    public void A_program_whose_end_survived_a_power_cut_that_its_spawn_record_did_not_is_reported()
    {
        var entry = new JournalEntry("t.1", "t", 1, true, []);
        Assert.Equal(RecoveryStep.Reattach, Recovery.DecideStep(entry, new RecoveryFindings(false, true, [new(false, true)])));
    }

    private static bool[] Both => [false, true];

    private static void Check(bool spooled, bool offer, bool committed, SpawnNote[] spawns, RunFinding[] runs)
    {
        var entry = new JournalEntry("t.1", "t", 1, committed, spawns);
        var step = Recovery.DecideStep(entry, new RecoveryFindings(spooled, offer, runs));
        var known = runs.Where((run, i) => i < Math.Max(spawns.Length, runs.Count(r => r.SupervisorLives || r.EndKept))).ToArray();
        if (spooled) Assert.Equal(RecoveryStep.Report, step);
        // Followed only when each of its programs can be, and there is one.
        else if (offer && spawns.All(spawn => spawn.Supervised) && known.Length > 0 && known.Length >= spawns.Length
            && known.All(run => run.SupervisorLives || run.EndKept))
            Assert.Equal(RecoveryStep.Reattach, step);
        else
            Assert.Equal(RecoveryStep.GiveUp, step);
    }

    private static IEnumerable<SpawnNote[]> Spawns()
    {
        yield return [];
        foreach (var one in Both)
        {
            yield return [Note(0, one)];
            foreach (var other in Both)
                yield return [Note(0, one), Note(1, other)];
        }
    }

    private static SpawnNote Note(int run, bool supervised) => new(run, new ProcessIdentity(1, 1, ""), supervised);

    private static IEnumerable<RunFinding[]> Found()
    {
        yield return [];
        foreach (var one in Runs)
        {
            yield return [one];
            foreach (var other in Runs)
                yield return [one, other];
        }
    }
}
