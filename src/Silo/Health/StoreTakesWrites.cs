using OpenClaw.Hosting.Health;
using OpenClaw.Storage;

namespace OpenClaw.Silo.Health;

/// <summary>The last write was not refused, as on a full disk.</summary>
internal sealed class StoreTakesWrites(IStoreState store) : IReadinessCheck
{
    public ValueTask<string?> FindError(CancellationToken cancellation) => store.FindRefusal(cancellation);
}
