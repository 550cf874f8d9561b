using OpenClaw.Gateway.Attempts;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Attempts;

public sealed class StandingTests
{
    private static readonly Holder Studio = new() { Worker = "studio", Tenant = "default", Epoch = 3, Offers = "" };

    private static readonly AttemptOutcome Reported = new() { Kind = OutcomeKind.Succeeded, Attempt = 2 };

    public static TheoryData<int, string, string, int, int> Rows => new()
    {
        // state of the task, its worker, its tenant, attempt asked about (the task is at attempt 2), standing
        { (int)TaskState.Running, "studio", "default", 2, (int)Standing.Running },
        { (int)TaskState.Running, "studio", "default", 1, (int)Standing.NotCurrent },
        { (int)TaskState.Running, "laptop", "default", 1, (int)Standing.NotCurrent },
        { (int)TaskState.Running, "studio", "default", 3, (int)Standing.NotCurrent },
        { (int)TaskState.Running, "studio", "default", 4, (int)Standing.Stranger },
        { (int)TaskState.Running, "laptop", "default", 2, (int)Standing.Stranger },
        { (int)TaskState.Running, "studio", "other", 2, (int)Standing.Stranger },
        { (int)TaskState.Queued, "studio", "default", 2, (int)Standing.Running },
        { (int)TaskState.Offered, "studio", "default", 2, (int)Standing.Running },
        { (int)TaskState.Succeeded, "studio", "default", 2, (int)Standing.Ended },
        { (int)TaskState.Lost, "studio", "default", 2, (int)Standing.Ended },
        { (int)TaskState.Lost, "laptop", "default", 2, (int)Standing.Stranger },
        { (int)TaskState.Cancelled, "studio", "other", 2, (int)Standing.Stranger },
    };

    [Theory, MemberData(nameof(Rows))]
    public void A_worker_stands_to_an_attempt(int state, string worker, string tenant, int attempt, int standing)
    {
        var task = new TaskSnapshot
        {
            Id = Guid.Empty,
            Spec = new TaskSpec { Kind = "command", Payload = [], Requires = "", Tenant = tenant },
            State = (TaskState)state,
            Version = 1,
            Attempt = 2,
            Worker = worker,
            Outcome = Reported,
            Epoch = 2,
        };

        Assert.Equal((Standing)standing, Standings.Of(task, Studio, attempt));
    }

    [Theory]
    [InlineData(TaskState.Lost, false, false, (int)Standing.Late)]
    [InlineData(TaskState.TimedOut, false, false, (int)Standing.Late)]
    [InlineData(TaskState.Cancelled, false, false, (int)Standing.Late)]
    [InlineData(TaskState.Lost, true, false, (int)Standing.Ended)]
    [InlineData(TaskState.Lost, false, true, (int)Standing.Ended)]
    [InlineData(TaskState.Running, false, false, (int)Standing.Running)]
    public void Of_an_end_without_a_report_its_worker_may_still_tell(TaskState state, bool reported, bool late, int standing)
    {
        var task = new TaskSnapshot
        {
            Id = Guid.Empty,
            Spec = new TaskSpec { Kind = "command", Payload = [], Requires = "" },
            State = state,
            Version = 1,
            Attempt = 2,
            Worker = "studio",
            Epoch = 2,
            Outcome = reported ? Reported : null,
            LateResult = late ? Reported : null,
        };

        Assert.Equal((Standing)standing, Standings.Of(task, Studio, 2));
        Assert.Equal(Standing.Stranger, Standings.Of(task, Studio with { Worker = "laptop" }, 2));
    }

    [Fact]
    public void No_task_no_standing() => Assert.Equal(Standing.Stranger, Standings.Of(null, Studio, 1));
}
