using Npgsql;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.GroupCommit;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>
/// Deletes the oldest audit notes, up to a number; how many. Through the notes' own writer, behind those that wait to be written.
/// </summary>
internal sealed class DeleteNotes(DateTimeOffset before, int limit) : PostgresOperation<int>
{
    public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

    public override BulkStatement Statement => Oldest.Instance;

    public DateTimeOffset Before => before;

    public int Limit => limit;

    private sealed class Oldest : BulkStatement
    {
        public static readonly Oldest Instance = new();

        private const string Sql =
            """
            WITH gone AS (
                DELETE FROM audit_notes WHERE seq = ANY (ARRAY(
                    SELECT seq FROM audit_notes WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))
                RETURNING seq
            )
            SELECT count(*)::integer FROM gone
            """;

        public override int Rank => 4;

        public override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
        {
            // One at a time: they share a key.
            var notes = (DeleteNotes)operations[0];
            var command = new NpgsqlBatchCommand(Sql);
            command.Parameters.AddNext(notes.Before).AddNext(notes.Limit);
            return command;
        }

        public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
        {
            rows.Read();
            ((DeleteNotes)operations[0]).Result = rows.GetInt32(0);
        }
    }
}
