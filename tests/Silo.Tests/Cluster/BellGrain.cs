using Orleans.Placement;

namespace OpenClaw.Silo.Tests.Cluster;

[Alias("IBellGrain")]
public interface IBellGrain : IGrainWithStringKey
{
    [Alias("RingIn")]
    Task RingIn(TimeSpan due);

    [Alias("Rang")]
    Task<int> Rang();
}

[RandomPlacement]
internal sealed class BellGrain : Grain, IBellGrain, IRemindable
{
    private int rang;

    public Task RingIn(TimeSpan due) => this.RegisterOrUpdateReminder("ring", due, TimeSpan.FromMinutes(1));

    public Task<int> Rang() => Task.FromResult(rang);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        rang++;
        return Task.CompletedTask;
    }
}
