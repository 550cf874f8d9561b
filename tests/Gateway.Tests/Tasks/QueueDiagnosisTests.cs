using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class QueueDiagnosisTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);
    private static readonly Guid Other = Guid.Parse("0198c0de-0000-7000-8000-000000000001");
    private static readonly QueueFacts Nothing = new();
    private static readonly DateTimeOffset At0210 = new(2026, 11, 22, 2, 10, 59, TimeSpan.Zero);

    private static readonly WorkerSnapshot Studio = Worker("studio", "gpu", "os:linux");
    private static readonly WorkerSnapshot Laptop = Worker("laptop", "os:macos");

    /// <summary>Required labels, the workers there are, what the queue says, the sentence.</summary>
    public static TheoryData<string[], WorkerSnapshot[], QueueFacts, string> Sentences => new()
    {
        { [], [], Nothing, "no worker has ever connected" },
        { ["gpu"], [Laptop], Nothing, "no worker has label gpu" },
        { ["gpu"], [Laptop, Off(Studio)], Nothing, "no worker has label gpu; studio is offline since 02:10 UTC" },
        { ["gpu"], [Off(Studio)], Nothing, "no worker has label gpu; studio is offline since 02:10 UTC" },
        { ["gpu", "scanner"], [Laptop], Nothing, "no worker has label gpu and has label scanner" },
        { ["gpu"], [Off(Laptop)], Nothing, "no worker has label gpu; nobody is online" },
        { [], [Off(Studio), Off(Laptop)], Nothing,
            "no worker is online; studio is offline since 02:10 UTC; laptop is offline since 02:10 UTC" },
        { ["gpu", "os:macos"], [Studio, Laptop], Nothing, "no single worker has label gpu and runs kind command and has label os:macos" },
        { ["kind:backup"], [Studio], Nothing, "no worker runs kind backup" },
        { ["protocol:2"], [Worker("compat")], Nothing, "no worker can do more than the compatible protocol" },
        { ["worker:den"], [Studio], Nothing, "there is no worker named den" },
        { ["worker:studio"], [Off(Studio)], Nothing, "studio is offline since 02:10 UTC" },
        { ["worker:laptop", "gpu"], [Laptop], Nothing, "laptop does not offer what it needs: label gpu" },
        { ["worker:laptop", "kind:backup"], [Off(Laptop)], Nothing,
            "laptop does not offer what it needs: kind backup; laptop is offline since 02:10 UTC" },
        { ["gpu"], [Studio with { Draining = true }], Nothing, "studio is draining" },
        { [], [Studio with { Draining = true }, Laptop with { Draining = true }], Nothing, "studio, laptop are draining" },
        { ["gpu"], [Paused(Studio)], Nothing, "studio is paused by the owner" },
        { [], [Paused(Studio), Paused(Laptop)], Nothing, "studio, laptop are paused by the owner" },
        { [], [Paused(Studio), Laptop], Nothing, "laptop is busy" },
        { [], [Paused(Studio), Laptop with { Draining = true }], Nothing, "studio is paused by the owner" },
        { ["gpu"], [Told(Studio, """{"paused":true,"pausedSince":1,"pausedUntil":1795340700000}""")], Nothing,
            "studio is paused by the owner until 09:45 UTC" },
        { ["gpu"], [Told(Studio, """{"quietUntil":1795340700000}""")], Nothing, "studio has quiet hours until 09:45 UTC" },
        { ["gpu"], [Told(Studio, """{"quietUntil":1}""")], Nothing, "studio is busy" },
        { [], [Told(Studio, """{"quietUntil":1795340700000}"""), Laptop], Nothing, "laptop is busy" },
        { [], [Told(Studio, """{"quietUntil":1795340700000}"""), Told(Laptop, """{"quietUntil":1795340760000}""")], Nothing,
            "studio, laptop have quiet hours until 09:45 UTC" },
        { [], [Told(Studio, """{"quietUntil":1795340700000}"""), Paused(Laptop)], Nothing,
            "laptop is paused by the owner; studio has quiet hours until 09:45 UTC" },
        { ["gpu"], [Studio with { FactsJson = "of another time" }], Nothing, "studio is busy" },
        { ["gpu"], [Studio], Nothing, "studio is busy" },
        { [], [Studio, Laptop], new QueueFacts { Ahead = 3 }, "studio, laptop are busy; 3 tasks go before it" },
        { ["gpu"], [Studio], new QueueFacts { Ahead = 1 }, "studio is busy; 1 task goes before it" },
        { ["gpu"], [Studio], new QueueFacts { WaitingWorkers = 1 }, "a worker is about to take it" },
        { ["gpu"], [Studio], new QueueFacts { OfferedTo = "studio" }, "it is offered to studio, which has not asked to start it yet" },
        { ["gpu"], [], new QueueFacts { KeyHeldBy = Other }, "it waits for task 0198c0de-0000-7000-8000-000000000001 with the same key" },
        { ["gpu"], [], new QueueFacts { ReachedLimit = 1 }, "the token's limit of 1 running task is reached" },
        { ["gpu"], [Studio], new QueueFacts { ReachedLimit = 20, Ahead = 3 }, "the token's limit of 20 running tasks is reached" },
        { ["gpu"], [], new QueueFacts { KeyHeldBy = Other, ReachedLimit = 2 },
            "it waits for task 0198c0de-0000-7000-8000-000000000001 with the same key" },
        { [], [.. Enumerable.Range(1, 5).Select(i => Worker($"w{i}"))], Nothing, "w1, w2, w3 and 2 more are busy" },
        { [], [Studio with { Online = false, LastSeen = Now.AddDays(-2) }], Nothing,
            "no worker is online; studio is offline since 2026-11-20 09:30 UTC" },
        { [], [Studio with { Online = false, LastSeen = null }], Nothing, "no worker is online; studio is offline" },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void One_sentence_says_why(string[] required, WorkerSnapshot[] workers, QueueFacts queue, string sentence) =>
        Assert.Equal(sentence, QueueDiagnosis.ExplainWait(Task(required), queue, workers, Now));

    [Fact]
    public void Between_attempts_the_next_one_is_announced()
    {
        var task = Task([]) with { FailedAttempts = 2, NotBefore = Now.AddSeconds(3.2) };

        Assert.Equal("it waits between attempts: 2 of 5 failed, the next may start in 4 s",
            QueueDiagnosis.ExplainWait(task, Nothing, [Studio], Now));
    }

    [Fact]
    public void A_task_does_not_wait_for_itself() =>
        Assert.Equal("studio is busy",
            QueueDiagnosis.ExplainWait(Task([]) with { Id = Other }, new QueueFacts { KeyHeldBy = Other }, [Studio], Now));

    private static WorkerSnapshot Worker(string name, params string[] labels) => new()
    {
        Name = name,
        Online = true,
        LastSeen = Now,
        Offers = LabelSet.FromLabels([.. labels, "kind:command", "worker:" + name]),
    };

    private static WorkerSnapshot Off(WorkerSnapshot worker) => worker with { Online = false, LastSeen = At0210 };

    private static WorkerSnapshot Paused(WorkerSnapshot worker) => Told(worker, """{"paused":true,"pausedSince":1}""");

    private static WorkerSnapshot Told(WorkerSnapshot worker, string facts) => worker with { FactsJson = facts };

    private static TaskSnapshot Task(string[] required) => new()
    {
        Id = Guid.Parse("0198c0de-0000-7000-8000-000000000002"),
        Spec = new()
        {
            Kind = "command",
            Payload = [],
            MaxAttempts = 5,
            Requires = LabelSet.FromLabels(required.Any(label => label.StartsWith("kind:", StringComparison.Ordinal)) ? required
                : [.. required, "kind:command"]),
        },
        State = TaskState.Queued,
        Version = 1,
        CreatedAt = Now,
    };
}
