using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Checking;

// What daemons ran and printed, what owners said, faults of one worker.
public sealed partial class CheckerTests
{
    private const int Size = 1000;
    private static readonly string Printed = Witness.Output(Key, Size);

    private static readonly Evidence Large = Sound with
    {
        Accepted = [new(Key, Task, 1) { OutputSize = Size }],
        Seen = [new(Task, 3, "succeeded", 0, Witness.Folded(Printed), null)],
        Witness = [Sound.Witness[0], Sound.Witness[1] with { Digest = Witness.Digest(Printed) }],
        Outputs = [new(Task, Size, Witness.Digest(Printed))],
    };

    private static readonly Evidence Asked = Sound with
    {
        Accepted = [new(Key, Task, 1) { NeedsYes = true }],
        Decisions = [new(Task, Yes: true, 1001, Confirmed: true)],
    };

    [Fact]
    public void An_output_that_is_not_whole_is_found()
    {
        Clean(Large);
        Finds("I10", Large with { Outputs = [new(Task, Size - 1, Witness.Digest(Printed[1..]))] });
        Finds("I10", Large with { Outputs = [new(Task, Size, Witness.Digest(Printed[1..] + Printed[0]))] });
        Finds("I10", Large with { Seen = [new(Task, 3, "succeeded", 0, Witness.Folded(Printed[1..]), null)] });
    }

    [Fact]
    public void An_end_on_a_daemon_that_is_told_to_nobody_is_found()
    {
        var end = new WitnessLine(false, Key, 1, 77, 1500, 0, Witness.Digest(Witness.Output(Key)));
        var told = LostOn(Worker, after: 200_000) with
        {
            DeadWorkers = new HashSet<string> { Worker },
            Rows = [new(Task, "lost", 3, 1) { Worker = Worker }],
            Witness = [new(true, Key, 1, 77, 1100, -1), end],
            Seen = [new(Task, 3, "lost", -1, "", 0)],
            Daemons = new HashSet<string> { Worker },
        };
        Clean(told);
        Finds("I9", told with { Seen = [new(Task, 3, "lost", -1, "", null)] });
        Clean(told with { Seen = [new(Task, 3, "lost", -1, "", null)], Witness = [told.Witness[0]] });
        Clean(told with { Seen = [new(Task, 3, "lost", -1, "", null)], Daemons = new HashSet<string>() });
    }

    [Fact]
    public void A_run_without_a_yes_is_found()
    {
        Clean(Asked);
        Finds("I8", Asked with { Decisions = [] });
        Finds("I8", Asked with { Decisions = [new(Task, Yes: true, 1006, Confirmed: true)] });
        Finds("I8", Asked with { Decisions = [new(Task, Yes: false, 1001, Confirmed: true)] });
        Finds("I8", Asked with { Decisions = [new(Task, Yes: false, 1001, Confirmed: true)], Witness = [] });
    }

    [Fact]
    public void A_fault_of_one_worker_excuses_no_other()
    {
        var cut = new Fault("cut", 1000, 190_000, 1) { Worker = Worker };
        Clean(LostOn(Worker, after: 200_000) with { Faults = [cut] });
        Finds("I11", LostOn(Worker, after: 200_000) with { Faults = [cut with { Worker = "another" }] });
    }

    [Fact]
    public void What_an_agent_answers_is_its_own_and_that_its_tool_ran_is_not()
    {
        var turn = Sound with
        {
            Accepted = [new(Key, Task, 1) { Witness = WitnessKind.Agent }],
            Seen = [new(Task, 3, "succeeded", 0, "turn 1", null)],
        };
        Clean(turn);
        Finds("I10", turn with { Witness = [] });
    }
}
