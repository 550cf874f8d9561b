using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using Orleans.Configuration;

namespace OpenClaw.Storage.Postgres.Security;

/// <summary>Ids of tokens in PostgreSQL: each one's state is a row of Orleans' provider.</summary>
internal sealed class TokenIds(PostgresDatabase database, IOptions<ClusterOptions> cluster) : ITokenIds
{
    private const string Known =
        "SELECT true FROM orleans_values WHERE service_id = $1 AND state_name = 'token' AND key = $2 AND n0 = 0 AND n1 = 0";

    public async ValueTask<bool> IsStored(string tokenId, CancellationToken cancellation) => (await database.QueryRows(
        Known, parameters => parameters.AddNext(cluster.Value.ServiceId).AddNext(GrainKeys.ForToken(tokenId)), row => row.GetBoolean(0),
        cancellation).ConfigureAwait(false)).Count > 0;
}
