using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Hosting.Clocks;
using OpenClaw.Silo.Tests.Cluster;

namespace OpenClaw.Silo.Tests.Clocks;

/// <summary>A silo of Standalone whose machine's clock is set.</summary>
public sealed class StepTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-clock-").FullName;
    private readonly SteppedClock wall = new();

    /// <summary>Orleans' collector of activations can't be told a time before the last it heard: each new activation failed.</summary>
    [Theory]
    [InlineData(-20)]
    [InlineData(-600)]
    [InlineData(-86_400)]
    public async Task Tasks_are_taken_while_the_clock_is_set_back(int seconds)
    {
        using var silo = await Start();
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var first = await TwoSilos.Submit(grains);
        wall.Ahead = TimeSpan.FromSeconds(seconds);

        var second = await TwoSilos.Submit(grains);

        var (before, after) = (await Read(grains, first), await Read(grains, second));
        Assert.True(after.CreatedAt >= before.CreatedAt, "what came later is later");
        await silo.StopAsync();
    }

    [Fact]
    public async Task Nothing_expires_because_the_clock_is_set_forward()
    {
        using var silo = await Start();
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        var task = await TwoSilos.Submit(grains);
        wall.Ahead = TimeSpan.FromHours(20);

        await grains.GetTaskGrain(task).Tick();

        Assert.Equal(TaskState.Queued, (await Read(grains, task)).State);
        await silo.StopAsync();
    }

    [Fact]
    public async Task Orleans_gets_the_same_clock_for_its_members_and_reminders()
    {
        using var silo = await Start();

        var clock = Assert.IsType<AnchoredClock>(silo.Services.GetRequiredService<TimeProvider>());
        Assert.Same(clock, silo.Services.GetRequiredKeyedService<TimeProvider>("Orleans.Membership"));
        Assert.Same(clock, silo.Services.GetRequiredKeyedService<TimeProvider>("Orleans.Reminders"));
        await silo.StopAsync();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<TaskSnapshot> Read(IGrainFactory grains, Guid task) =>
        (await grains.GetTaskGrain(task).Wait(null, TimeSpan.Zero, CancellationToken.None))!;

    private async Task<IHost> Start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddAnchoredClock(new AnchoredClock(wall, wall.GetUtcNow()), new FakeReference(wall.GetUtcNow), ClockVote.Counts);
        builder.AddStandaloneSilo(Path.Combine(folder, "openclaw.db"));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
