using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Calls;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Tests.Attempts;

/// <summary>A result that was recorded by a try whose answer was lost is told as recorded, and told to those who listen, once.</summary>
public sealed class AttemptReportsTests
{
    private static readonly Holder Studio = new() { Worker = "studio", Epoch = 1, Offers = "" };
    private static readonly AttemptOutcome Done = new() { Kind = OutcomeKind.Succeeded, Attempt = 1 };
    private static readonly TaskSpec Turn = new() { Kind = "claude-cli", Payload = [], Requires = "", Session = "s" };

    [Theory]
    [InlineData(true, ResultFate.Recorded, 1)]
    [InlineData(false, ResultFate.Duplicate, 0)]
    public async Task A_duplicate_of_our_own_repeat_is_the_recording(bool repeated, ResultFate fate, int told)
    {
        var grains = new FakeGrains().On<ITaskGrain>("Finish", (_, _) =>
        {
            if (repeated) RetryMeter.RecordRetry();
            return Task.FromResult(new FinishReply(Rejection.None, ResultFate.Duplicate, TaskState.Succeeded, Turn));
        });
        var listener = new Listener();
        var reports =
            new AttemptReports(grains, null!, new FaultyGateway.NotedAudit(), new FakeTimeProvider(), new LiveOutput(null!), [listener]);

        var reply = await reports.FinishAttempt(Guid.NewGuid(), Studio, Done);

        Assert.Equal((fate, told), (reply.Fate, listener.Told));
    }

    private sealed class Listener : ITurnListener
    {
        public int Told { get; private set; }

        public void OnTurnEnded(Guid task, TaskSpec turn, Holder by, TaskState state) => Told++;
    }
}
