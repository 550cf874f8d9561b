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
            new ArrayParameters<InsertNote>(operations, command.Parameters)
                .AddTime(one => one.Note.At).AddText(one => one.Note.What).AddText(one => one.Note.TokenId).AddText(one => one.Note.Address)
                .AddIdOrNull(one => one.Note.Task).AddText(one => one.Note.Detail);
            return command;
        }

        public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
        {
            foreach (var operation in operations) ((InsertNote)operation).Result = true;
        }
    }
}
