using OpenClaw.Hosting.Health;
using OpenClaw.Storage.Postgres.Servers;

namespace OpenClaw.Silo.Health;

/// <summary>The database that answers is the one that this process began with.</summary>
internal sealed class DatabaseIsOurs(IServerWatch watch) : IReadinessCheck
{
    public ValueTask<string?> FindError(CancellationToken cancellation) => new(watch.Refusal);
}
