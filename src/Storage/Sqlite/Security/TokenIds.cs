using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Storage.Sqlite.Security;

/// <summary>Ids of tokens in the embedded store: each one's state is a stored value.</summary>
internal sealed class TokenIds(SqliteStore store) : ITokenIds
{
    private const string Known = "SELECT 1 FROM stored_values WHERE name = 'token' AND key = ?1 LIMIT 1";

    public async ValueTask<bool> IsStored(string tokenId, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var row = reader.Database.GetStatement(Known);
        return row.Add(GrainKeys.ForToken(tokenId)).Step();
    }
}
