using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

public sealed class TaskMachineTableTests
{
    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var trigger in Situations.Triggers.Keys)
            foreach (var state in Situations.States.Keys)
                cells.Add(state, trigger);
        return cells;
    }

    [Theory, MemberData(nameof(Cells))]
    public void Every_trigger_does_in_every_state_what_is_written(string state, string trigger)
    {
        var column = Array.IndexOf(LifecycleCells.States, state);
        Assert.True(column >= 0, $"LifecycleCells has no state '{state}'");
        Assert.True(LifecycleCells.Rows.ContainsKey(trigger), $"LifecycleCells has no row '{trigger}'");
        var row = LifecycleCells.Cells(trigger);
        Assert.Equal(LifecycleCells.States.Length, row.Length);
        Assert.Equal(row[column], LifecycleTable.Cell(state, trigger));
    }

    [Fact]
    public void No_state_is_missing_from_the_table()
    {
        var covered = Situations.States.Values.OfType<TaskRecord>().Select(record => record.State).ToHashSet();
        Assert.Equal(Enum.GetValues<TaskState>().Where(state => state != TaskState.None).ToHashSet(), covered);
        foreach (var (name, record) in Situations.States)
            Assert.StartsWith(record is null ? "none" : record.State.ToWireName(), name, StringComparison.Ordinal);
    }

    [Fact]
    public void No_trigger_is_missing_from_the_table()
    {
        var all = typeof(TaskTrigger).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(TaskTrigger))).ToHashSet();
        var covered = Situations.Triggers.Values.Select(trigger => trigger.Make(null).GetType()).ToHashSet();
        Assert.Equal(all, covered);
    }

    private static TaskRecord ButLateResult(TaskRecord record) => record with { LateResult = null, Version = 0, Last = null };

    [Fact]
    public void No_end_is_left_by_any_trigger()
    {
        foreach (var (name, record) in Situations.States)
        {
            if (record is null || !record.State.IsEnd()) continue;
            foreach (var (trigger, (make, at)) in Situations.Triggers)
            {
                var after = Situations.Step(record, make(record), at).Record!;
                Assert.True(ButLateResult(after) == ButLateResult(record), $"{trigger} changed {name}");
            }
        }
    }
}
