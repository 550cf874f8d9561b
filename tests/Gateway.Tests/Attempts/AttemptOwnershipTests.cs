using OpenClaw.Gateway.Attempts;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Attempts;

public sealed class AttemptOwnershipTests
{
    private static readonly Holder Studio = new() { Worker = "studio", Tenant = "default", Epoch = 3, Offers = "" };

    private static readonly AttemptOutcome Reported = new() { Kind = OutcomeKind.Succeeded, Attempt = 2 };

    public static TheoryData<int, string, string, int, int> Rows => new()
    {
        // state of the task, its worker, its tenant, attempt asked about (the task is at attempt 2), ownership
        { (int)TaskState.Running, "studio", "default", 2, (int)AttemptOwnership.Running },
        { (int)TaskState.Running, "studio", "default", 1, (int)AttemptOwnership.NotCurrent },
        { (int)TaskState.Running, "laptop", "default", 1, (int)AttemptOwnership.NotCurrent },
        { (int)TaskState.Running, "studio", "default", 3, (int)AttemptOwnership.NotCurrent },
        { (int)TaskState.Running, "laptop", "default", 3, (int)AttemptOwnership.NotCurrent },
        { (int)TaskState.Running, "studio", "default", 4, (int)AttemptOwnership.Foreign },
        { (int)TaskState.Running, "laptop", "default", 2, (int)AttemptOwnership.Foreign },
        { (int)TaskState.Running, "studio", "other", 2, (int)AttemptOwnership.Foreign },
        { (int)TaskState.Queued, "studio", "default", 2, (int)AttemptOwnership.Running },
        { (int)TaskState.Offered, "studio", "default", 2, (int)AttemptOwnership.Running },
        { (int)TaskState.Succeeded, "studio", "default", 2, (int)AttemptOwnership.Ended },
        { (int)TaskState.Lost, "studio", "default", 2, (int)AttemptOwnership.Ended },
        { (int)TaskState.Lost, "laptop", "default", 2, (int)AttemptOwnership.Foreign },
        { (int)TaskState.Cancelled, "studio", "other", 2, (int)AttemptOwnership.Foreign },
    };

    [Theory, MemberData(nameof(Rows))]
    public void A_worker_stands_to_an_attempt(int state, string worker, string tenant, int attempt, int ownership)
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

        Assert.Equal((AttemptOwnership)ownership, AttemptOwnerships.JudgeAttempt(task, Studio, attempt));
    }

    [Theory]
    [InlineData(TaskState.Lost, false, false, (int)AttemptOwnership.Late)]
    [InlineData(TaskState.TimedOut, false, false, (int)AttemptOwnership.Late)]
    [InlineData(TaskState.Cancelled, false, false, (int)AttemptOwnership.Late)]
    [InlineData(TaskState.Lost, true, false, (int)AttemptOwnership.Ended)]
    [InlineData(TaskState.Lost, false, true, (int)AttemptOwnership.Ended)]
    [InlineData(TaskState.Running, false, false, (int)AttemptOwnership.Running)]
    public void Of_an_end_without_a_report_its_worker_may_still_tell(TaskState state, bool reported, bool late, int ownership)
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

        Assert.Equal((AttemptOwnership)ownership, AttemptOwnerships.JudgeAttempt(task, Studio, 2));
        Assert.Equal(AttemptOwnership.Foreign, AttemptOwnerships.JudgeAttempt(task, Studio with { Worker = "laptop" }, 2));
    }

    [Fact]
    public void An_attempt_that_has_not_begun_is_there_for_those_who_may_be_offered_it()
    {
        var task = new TaskSnapshot
        {
            Id = Guid.Empty,
            Spec = new TaskSpec { Kind = "command", Payload = [], Requires = "gpu" },
            State = TaskState.Queued,
            Version = 1,
        };

        Assert.Equal(AttemptOwnership.Foreign, AttemptOwnerships.JudgeAttempt(task, Studio, 1));
        Assert.Equal(AttemptOwnership.NotCurrent, AttemptOwnerships.JudgeAttempt(task, Studio with { Offers = "gpu" }, 1));
    }

    [Fact]
    public void No_task_no_ownership() => Assert.Equal(AttemptOwnership.Foreign, AttemptOwnerships.JudgeAttempt(null, Studio, 1));
}
