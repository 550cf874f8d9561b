using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tests.Silo;

public sealed class StopTests
{
    [Fact]
    public async Task A_stop_lets_parked_polls_and_waits_go_instead_of_waiting_for_them()
    {
        var silo = new TestSilo();
        await silo.InitializeAsync();
        try
        {
            var task = await silo.Submit(TestSilo.Spec("other") with { Requires = "kind:command,worker:nobody" });
            var polls = Enumerable.Range(0, 20)
                .Select(i => silo.Queue("stop").Poll(TestSilo.Poll(TestSilo.Session($"w{i}"), wait: 5), default)).ToList();
            var wait = task.Wait(null, TimeSpan.FromSeconds(9), default);
            await TestSilo.Until(
                async () => (await silo.Queue("stop").Why(Guid.Empty, "kind:command", null)).WaitingWorkers == 20, "parked");
            // The grains' clock stands still: no slice ends by itself, only the stop can let them go.
            await silo.Stop();
            foreach (var poll in polls) Assert.Empty((await poll).Tasks);
            Assert.Equal(TaskState.Queued, (await wait)!.State);
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }
}
