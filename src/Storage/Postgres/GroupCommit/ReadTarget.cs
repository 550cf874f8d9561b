using Npgsql;
using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Postgres.GroupCommit;

/// <summary>The same for reads. They may be repeated, so that a server that was restarted meanwhile is nobody's concern.</summary>
internal sealed class ReadTarget(PostgresDatabase database) : IBatchTarget<PostgresOperation>
{
    private readonly PostgresTarget target = new(database, writes: false);

    public bool Writes => false;

    public void Commit(IReadOnlyList<PostgresOperation> batch)
    {
        try
        {
            target.Commit(batch);
        }
        catch (NpgsqlException error) when (PostgresDatabase.IsConnectionLost(error))
        {
            target.UseConnection(AnsweringConnection.Open(database.Source, CancellationToken.None).AsTask().GetAwaiter().GetResult());
            target.Commit(batch);
        }
    }

    public bool IsOutcomeUnknown(Exception error) => target.IsOutcomeUnknown(error);

    public void CloseConnection() => target.CloseConnection();

    public void Dispose() => target.Dispose();
}
