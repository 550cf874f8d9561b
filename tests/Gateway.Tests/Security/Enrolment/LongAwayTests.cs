using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Security.Enrolment;

/// <summary>
/// A PC that was off for so long that its name was forgotten comes back under it, with its key, and nobody else got it meanwhile.
/// </summary>
public sealed class LongAwayTests : IAsyncLifetime
{
    private readonly ShiftedClock clock = new();
    private LiveGateway gateway = null!;

    public async Task InitializeAsync() => gateway = await LiveGateway.Start(
        configure: services => services.AddSingleton<TimeProvider>(clock));

    public Task DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [InlineData(90)]
    [InlineData(200)]
    public async Task A_PC_that_was_off_for_days_comes_back_with_its_key(int days)
    {
        using var pc = await EnrolledPc.Join(gateway);
        await pc.Open();
        clock.Shift += TimeSpan.FromDays(days);
        await Eventually.Holds(async () => !await IsListed(pc.Name));

        var stranger = await new WorkersClient(gateway.Worker).OpenSession(pc.Describe() with { Instance = "another-home" });
        Assert.Equal(403, stranger.Problem?.Status);
        using var thief = new EnrolledPc(gateway, pc.Name) { Instance = "another-home" };
        Assert.Equal(ProblemTypes.NameTaken, (await thief.TryJoin(await EnrolledPc.Invite(gateway))).Problem?.Type);

        var task = await gateway.Client.Submit($$"""{"command":"true","worker":"{{pc.Name}}"}""");
        var (session, http) = await pc.Open();
        var poll = new Poll { Session = session.Session, FreeSlots = 1, Wait = 20_000 };
        Assert.Equal(task, Assert.Single((await new WorkersClient(http).Poll(poll)).Value!.Offers).TaskId);
        Assert.True(await IsListed(pc.Name));
    }

    /// <summary>Of a list of all of them, which is also when names are forgotten.</summary>
    private async Task<bool> IsListed(string name) => (await gateway.Services.GetRequiredService<IGrainFactory>()
        .GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory("default")).List()).Any(worker => worker.Name == name);

    /// <summary>The time of the machine, and so much more. Timers run as ever.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
