using System.Text.Json;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class TaskViewsTests
{
    private static readonly TaskSnapshot Task = new()
    {
        Id = Guid.Parse("0198c0de-0000-7000-8000-000000000002"),
        Spec = new() { Kind = "command", Payload = [], Requires = "gpu,kind:command,os:linux,protocol:2,worker:studio" },
        State = TaskState.Queued,
        Version = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>State, attempt, reason, report: exit code and sentence.</summary>
    public static TheoryData<TaskState, int, string?, AttemptOutcome?, int, string?> Ends => new()
    {
        { TaskState.Succeeded, 1, null, Report(OutcomeKind.Succeeded, 0), 0, null },
        { TaskState.Succeeded, 1, null, Report(OutcomeKind.Succeeded, null), 0, null },
        { TaskState.Failed, 1, "exit-code", Report(OutcomeKind.Failed, 3), 3, "exit code 3" },
        { TaskState.Failed, 1, null, Report(OutcomeKind.Failed, null) with { Signal = "SIGSEGV" }, -1, "ended by SIGSEGV" },
        { TaskState.Failed, 1, "could-not-start", Report(OutcomeKind.Failed, null), -1, "it could not be started" },
        { TaskState.Failed, 1, null, Report(OutcomeKind.Failed, 2) with { Error = "no such file" }, 2, "no such file" },
        { TaskState.Cancelled, 0, null, null, -1, "cancelled before it started" },
        { TaskState.Cancelled, 1, null, Report(OutcomeKind.Cancelled, 0), -1, "cancelled while it ran" },
        { TaskState.Cancelled, 1, null, Report(OutcomeKind.Cancelled, 143), 143, "cancelled while it ran" },
        { TaskState.TimedOut, 1, "timeout", null, -1, "ran longer than its timeout of 30000 ms" },
        { TaskState.TimedOut, 1, "silence", null, -1, "printed nothing for too long" },
        { TaskState.Expired, 0, null, null, -1, "no worker started it within 900000 ms" },
        { TaskState.Rejected, 1, null, null, -1, "the worker's own rules refused it" },
        { TaskState.Lost, 1, null, null, -1, "the worker vanished while it ran; what happened is not known" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void Every_end_has_an_exit_code_and_a_sentence(
        TaskState state, int attempt, string? reason, AttemptOutcome? outcome, int exitCode, string? error)
    {
        var ended = Task with { State = state, Attempt = attempt, Reason = reason, Outcome = outcome, EndedAt = DateTimeOffset.UnixEpoch };
        var view = TaskViews.ToView(ended);

        Assert.Equal((exitCode, error), (view.ExitCode, view.Error));
        Assert.Equal((state.ToWireName(), 0L), (view.Status, view.CompletedAt));
        Assert.Null(view.Message);
    }

    [Fact]
    public void Only_a_success_has_exit_code_0() =>
        Assert.All(Enum.GetValues<TaskState>().Where(state => state.IsEnd() && state != TaskState.Succeeded), state =>
            Assert.NotEqual(0, TaskViews.ToView(Task with { State = state, Outcome = Report(OutcomeKind.Failed, 0) }).ExitCode));

    [Theory]
    [InlineData(TaskState.Queued, "pending")]
    [InlineData(TaskState.Offered, "pending")]
    [InlineData(TaskState.Running, "running")]
    public void What_is_not_done_reads_as_the_original_says_it(TaskState state, string status)
    {
        var view = TaskViews.ToView(Task with { State = state });

        Assert.Equal((status, "Result not ready yet"), (view.Status, view.Message));
        Assert.Equal((null, null, null), (view.ExitCode, view.CompletedAt, view.Stdout));
    }

    [Fact]
    public void Implicit_labels_are_left_out() => Assert.Equal(["gpu", "os:linux"], TaskViews.ToView(Task).Labels!);

    [Fact]
    public void The_error_of_a_success_is_written_as_null()
    {
        var view = TaskViews.ToView(Task with { State = TaskState.Succeeded }) with { Stdout = "", Stderr = "" };

        Assert.Contains("\"error\":null", JsonSerializer.Serialize(view, ProtocolJson.Default.TaskView), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sessionId":"s","cost":0.1}""", true)]
    [InlineData("""{"sessionId":""", false)]
    [InlineData("[1]", false)]
    [InlineData("", false)]
    public void Metadata_is_passed_on_when_it_is_an_object(string json, bool kept)
    {
        var outcome = Report(OutcomeKind.Succeeded, 0) with { Metadata = System.Text.Encoding.UTF8.GetBytes(json) };
        var view = TaskViews.ToView(Task with { State = TaskState.Succeeded, Outcome = outcome });

        Assert.Equal(kept ? json : null, view.Metadata?.GetRawText());
    }

    private static AttemptOutcome Report(OutcomeKind kind, int? exitCode) => new() { Kind = kind, Attempt = 1, ExitCode = exitCode };
}
