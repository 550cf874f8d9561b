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

        public override bool ByKey => false;

        public override NpgsqlBatchCommand Command(List<PostgresOperation> operations)
        {
            var command = new NpgsqlBatchCommand(Sql);
            new ArrayParameters<InsertNote>(operations, command.Parameters)
                .Time(one => one.Note.At).Text(one => one.Note.What).Text(one => one.Note.TokenId).Text(one => one.Note.Address)
                .IdOrNull(one => one.Note.Task).Text(one => one.Note.Detail);
            return command;
        }

        public override void Answer(NpgsqlDataReader rows, List<PostgresOperation> operations)
        {
            foreach (var operation in operations) ((InsertNote)operation).Result = true;
        }
    }
}
