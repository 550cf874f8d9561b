using System.Globalization;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Tests.Tasks;

public sealed class StoredStateTests
{
    [Fact]
    public void The_numbers_in_statements_are_those_of_the_states()
    {
        Assert.Equal(StoredState.Queued, ToText(TaskState.Queued));
        Assert.Equal(StoredState.Running, ToText(TaskState.Running));
    }

    [Fact]
    public void Every_end_and_nothing_else_has_the_number_of_the_first_end_or_a_larger_one()
    {
        var firstEnd = int.Parse(StoredState.FirstEnd, CultureInfo.InvariantCulture);
        Assert.All(StoredState.All, state => Assert.Equal(state.IsEnd(), (int)state >= firstEnd));
    }

    [Fact]
    public void Every_state_is_stored_as_one_that_a_row_can_be_in() => Assert.All(
        Enum.GetValues<TaskState>().Where(state => state != TaskState.None),
        state => Assert.Contains(StoredState.FromState(state), StoredState.All));

    private static string ToText(TaskState state) => ((int)state).ToString(CultureInfo.InvariantCulture);
}
