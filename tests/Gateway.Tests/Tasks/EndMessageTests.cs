using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Tasks;

/// <summary>
/// What a person reads as <c>error</c> never contradicts <c>state</c> and <c>reason</c>: every end, every reason, every report.
/// </summary>
public sealed class EndMessageTests
{
    private const string Said = "the worker's own words";

    private static readonly string?[] Reasons =
    [
        null, "", "approval-denied", "approval-timeout", "cancel", "cancelled", "cancelled-unreachable", "could-not-start", "exit-code",
            "lease-ran-out",
        "no-exit-code", "no-first-output", "not-started-in-time", "silence", "signal", "superseded", "supervisor-lost", "timeout",
            "undelivered",
        "worker-policy", "worker-restarted", "worker-stopped", "worker-unreachable", "whatever comes later",
    ];

    /// <summary>Words that only a sentence about this end may have.</summary>
    private static readonly (TaskState Only, string Word, string? Unless)[] Words =
    [
        (TaskState.Cancelled, "cancel", "cancelled-unreachable"), (TaskState.TimedOut, "timeout", null),
            (TaskState.TimedOut, "printed nothing", null),
        (TaskState.Lost, "not known", null), (TaskState.Lost, "vanished", null), (TaskState.Expired, "no worker started it", null),
        (TaskState.Rejected, "refused", null), (TaskState.Rejected, "approved", null), (TaskState.Failed, "exit code", null),
        (TaskState.Failed, "ended by", null), (TaskState.Failed, "could not be started", null),
    ];

    public static TheoryData<TaskState> Ends => [.. Enum.GetValues<TaskState>().Where(state => state.IsEnd())];

    [Theory, MemberData(nameof(Ends))]
    public void The_sentence_is_about_this_end(TaskState end)
    {
        foreach (var task in AllOf(end))
        {
            var sentence = EndMessage.DescribeEnd(task);
            var what = $"{end}, {task.Reason}, {task.Outcome?.Kind} {task.Outcome?.ExitCode} {task.Outcome?.Error}: {sentence}";
            Assert.True((sentence is null) == (end == TaskState.Succeeded), what);
            Assert.True(sentence is null or { Length: > 0 }, what);
            foreach (var (only, word, unless) in Words)
                if (only != end && task.Reason != unless)
                    Assert.False(sentence is not null && sentence.Contains(word, StringComparison.Ordinal), what);
        }
    }

    [Theory, MemberData(nameof(Ends))]
    public void The_workers_words_are_shown_where_they_are_about_this_end_and_only_there(TaskState end)
    {
        foreach (var task in AllOf(end))
        {
            var isAboutIt = end != TaskState.Succeeded && $"{task.Outcome?.Kind}" == $"{end}" && task.Outcome?.Error == Said;
            Assert.Equal(isAboutIt, EndMessage.DescribeEnd(task) == Said);
        }
    }

    [Theory]
    [InlineData(TaskState.TimedOut, "timeout", OutcomeKind.Cancelled, "cancelled", "ran longer than its timeout of 30000 ms")]
    [InlineData(TaskState.Cancelled, "cancelled", OutcomeKind.Failed, "no such file", "cancelled before its next attempt")]
    [InlineData(TaskState.Rejected, "approval-denied", OutcomeKind.Failed, "no such file", "it was not approved")]
    [InlineData(TaskState.Rejected, "approval-timeout", OutcomeKind.TimedOut, "ran longer than its timeout", "nobody approved it in time")]
    public void Words_about_another_end_give_way(TaskState end, string reason, OutcomeKind kind, string said, string sentence)
    {
        var report = new AttemptOutcome { Kind = kind, Attempt = 1, Error = said };
        Assert.Equal(sentence, EndMessage.DescribeEnd(Task(end, reason, report) with { FailedAttempts = 1 }));
    }

    [Fact]
    public void A_late_result_has_a_sentence_of_its_own()
    {
        foreach (var kind in Enum.GetValues<OutcomeKind>().Where(kind => kind != OutcomeKind.None))
        {
            var late = new AttemptOutcome { Kind = kind, Attempt = 1, ExitCode = kind == OutcomeKind.Failed ? 3 : null };
            var sentence = EndMessage.DescribeEnd(Task(TaskState.Lost, "worker-unreachable", null), late);
            Assert.Equal(kind == OutcomeKind.Succeeded, sentence is null);
            Assert.Equal(Said, kind == OutcomeKind.Succeeded
                ? Said : EndMessage.DescribeEnd(Task(TaskState.Lost, null, null), late with { Error = Said }));
        }
    }

    private static IEnumerable<TaskSnapshot> AllOf(TaskState end)
    {
        foreach (var reason in Reasons)
        {
            yield return Task(end, reason, null);
            foreach (var kind in Enum.GetValues<OutcomeKind>().Where(kind => kind != OutcomeKind.None))
                foreach (var error in new[] { null, "", Said })
                    foreach (var code in new int?[] { null, 0, 3 })
                        yield return Task(end, reason, new() { Kind = kind, Attempt = 1, Error = error, ExitCode = code });
        }
    }

    private static TaskSnapshot Task(TaskState state, string? reason, AttemptOutcome? outcome) => new()
    {
        Id = Guid.Empty,
        Spec = new() { Kind = "command", Payload = [], Requires = "" },
        State = state,
        Version = 1,
        Attempt = 1,
        Reason = reason,
        Outcome = outcome,
    };
}
