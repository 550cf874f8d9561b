using Npgsql;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Storage.Postgres.GroupCommit;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>Writes down an event that changed no task.</summary>
internal sealed class InsertNote(AuditNote note) : PostgresOperation<bool>
{
    public override BulkStatement Statement => InsertNotes.Instance;

    public AuditNote Note => note;

    private sealed class InsertNotes : BulkStatement
    {
        public static readonly InsertNotes Instance = new();

        private const string Sql =
            """
            INSERT INTO audit_notes (at, what, token_id, address, task, detail)
            SELECT n.* FROM unnest($1, $2, $3, $4, $5, $6) AS n(at, what, token_id, address, task, detail)
            RETURNING 1
            """;

        public override int Rank => 3;

        public override bool IsSortedByKey => false;

        public override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
        {
            var command = new NpgsqlBatchCommand(Sql);
            var row = new ArrayRowWriter(operations.Count, command.Parameters);
            foreach (var operation in operations)
            {
                var note = ((InsertNote)operation).Note;
                row.NextRow();
                row.AddTime(note.At);
                row.AddText(note.What);
                row.AddText(note.TokenId);
                row.AddText(note.Address);
                row.AddId(note.Task);
                row.AddText(note.Detail);
            }
            return command;
        }

        public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
        {
            foreach (var operation in operations) ((InsertNote)operation).Result = true;
        }
    }
}
