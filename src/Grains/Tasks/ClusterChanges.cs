namespace OpenClaw.Grains.Tasks;

/// <summary>
/// Other silos that come and go. While the directory of grains changes hands a task can have two activations for a while, in a healthy
/// cluster too: one still answers on the silo that stops, another has been made elsewhere and remembers the record from before.
/// </summary>
internal sealed class ClusterChanges : ISiloStatusListener
{
    private readonly SiloAddress self;
    private readonly TimeProvider clock;
    private long last = long.MinValue;

    public ClusterChanges(ISiloStatusOracle silos, TimeProvider clock)
    {
        (self, this.clock) = (silos.SiloAddress, clock);
        silos.SubscribeToSiloStatusEvents(this);
    }

    /// <summary>Time since another silo came, began to go, or went; null: none has, as far as this one knows.</summary>
    public TimeSpan? SinceLast => Interlocked.Read(ref last) is var at and not long.MinValue ? clock.GetElapsedTime(at) : null;

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (!updatedSilo.Equals(self)) Interlocked.Exchange(ref last, clock.GetTimestamp());
    }
}
