using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Workers;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>Times and words that server and worker share: the server goes by those of the protocol.</summary>
public sealed class AttemptTimingTests
{
    [Fact]
    public void The_server_s_clocks_are_those_of_the_protocol()
    {
        var options = new TaskOptions();
        Assert.Equal(AttemptTiming.Lease, options.Lease);
        Assert.Equal(AttemptTiming.Lease, SessionRules.Silence);
        Assert.Equal(AttemptTiming.OfferLife, options.OfferLife);
        Assert.Equal(AttemptTiming.StartLasts, options.StartLasts);
    }

    [Fact]
    public void Every_outcome_has_a_word_of_its_own_that_leads_back_to_it()
    {
        var kinds = Enum.GetValues<OutcomeKind>().Where(kind => kind != OutcomeKind.None).ToArray();
        Assert.Equal(kinds, kinds.Select(kind => OutcomeKinds.Parse(kind.WireName())));
        Assert.Equal(OutcomeKind.None, OutcomeKinds.Parse("queued"));
        Assert.Throws<ArgumentOutOfRangeException>(() => OutcomeKind.None.WireName());
    }

    [Fact]
    public void Of_all_states_seven_are_ends()
    {
        TaskState[] open = [TaskState.None, TaskState.Queued, TaskState.Offered, TaskState.Running, TaskState.AwaitingApproval];
        Assert.Equal(open, Enum.GetValues<TaskState>().Where(state => !state.IsEnd()).Order());
        Assert.Equal(7, Enum.GetValues<TaskState>().Count(state => state.IsEnd()));
    }
}
