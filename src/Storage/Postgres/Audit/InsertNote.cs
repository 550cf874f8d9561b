using Npgsql;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>Writes down an event that changed no task.</summary>
internal sealed class InsertNote(AuditNote note) : PostgresOperation<bool>
{
    public override BulkStatement Statement => InsertNotes.Instance;

    public AuditNote Note => note;

    private sealed class InsertNotes : BulkStatement
    {
        public static readonly InsertNotes Instance = new();

        private static readonly string Sql =
            $"""
            INSERT INTO audit_notes ({NoteColumns.Inserted})
            SELECT n.* FROM unnest({ColumnList.Parameters("$", NoteColumns.Inserted)}) AS n({NoteColumns.Inserted})
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
                row.NextRow();
                NoteColumns.Write(ref row, ((InsertNote)operation).Note);
            }
            return command;
        }

        public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
        {
            foreach (var operation in operations) ((InsertNote)operation).Result = true;
        }
    }
}
