using OpenClaw.Worker.Control.Callers;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Tests.Control;

/// <summary>Who asks, over a table of processes: 1 init, 10 the daemon, 20 a supervisor of a daemon before, 30 the owner's shell.</summary>
public sealed class CallerOriginTests
{
    private static readonly ProcessMarker Marker = new("t", "1");
    private readonly Dictionary<int, CallerProcess> table = new()
    {
        [1] = new(0, null, false), [10] = new(1, null, false), [20] = new(1, null, false), [30] = new(1, null, false),
    };

    [Fact]
    public void The_owner_in_his_terminal_is_the_owner()
    {
        Assert.Null(From(31, parent: 30));
        Assert.Null(From(31, parent: 1));
        Assert.Null(From(31, parent: 0));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    public void Whatever_the_daemon_or_a_supervisor_has_started_is_not(int above)
    {
        table[40] = new(above, null, false);
        Assert.NotNull(From(41, parent: 40));
        Assert.NotNull(From(41, parent: above));
    }

    [Fact]
    public void A_marker_anywhere_above_says_whose_it_is()
    {
        table[40] = new(1, Marker, false);
        table[41] = new(40, null, false);
        Assert.Equal("a process of the task t", From(42, parent: 41));
        table[50] = new(1, Marker, false);
        Assert.Equal("a process of the task t", Find(50));
    }

    [Fact]
    public void So_does_a_control_group_when_parents_and_environment_are_gone()
    {
        table[60] = new(1, null, InTaskGroup: true);
        Assert.NotNull(Find(60));
    }

    [Fact]
    public void A_daemon_that_is_itself_in_a_task_obeys_its_neighbours_there()
    {
        table[30] = new(1, Marker, false);
        Assert.Null(From(31, parent: 30, own: Marker));
        Assert.NotNull(From(31, parent: 30, own: new ProcessMarker("other", "1")));
    }

    [Fact]
    public void Who_can_not_be_looked_at_is_not_trusted_and_parents_in_a_circle_end()
    {
        Assert.NotNull(Find(99));
        Assert.NotNull(From(31, parent: 98));
        table[70] = new(71, null, false);
        table[71] = new(70, null, false);
        Assert.NotNull(Find(70));
    }

    [Fact]
    public void The_daemons_own_process_is_no_task() => Assert.Null(Find(10));

    private string? From(int pid, int parent, ProcessMarker? own = null)
    {
        table[pid] = new(parent, null, false);
        return Find(pid, own);
    }

    private string? Find(int pid, ProcessMarker? own = null) =>
        CallerOrigin.FindTaskAncestor(pid, at => table.TryGetValue(at, out var process) ? process : null, daemon: 10,
            new HashSet<int> { 20 }, own);
}
