using Npgsql;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Postgres.Audit;

/// <summary>Writes down an event that changed no task.</summary>
internal sealed class InsertNote(AuditNote note) : PostgresOperation<bool>
{
    public override BulkStatement Statement => InsertNotes.Instance;

    public AuditNote Note => note;

    public byte[] Digest { get; } = NoteColumns.ComputeDigest(note);

    private sealed class InsertNotes : BulkStatement
    {
        public static readonly InsertNotes Instance = new();

        private const string Columns = NoteColumns.Inserted + ", digest";

        // A number below zero and a time, where a row of a task has its number and its version.
        private static readonly string Sql =
            $"""
            WITH new AS MATERIALIZED (
                SELECT nextval('audit_notes_seq_seq') AS seq, n.* FROM unnest({ColumnList.Parameters("$", Columns)}) AS n({Columns})
            ), notes AS (
                INSERT INTO audit_notes (seq, {NoteColumns.Inserted}) OVERRIDING SYSTEM VALUE
                SELECT seq, {NoteColumns.Inserted} FROM new
            ), {ChainLinks.Append(
                "SELECT string_agg(int8send(-seq) || int8send(at) || digest, ''::bytea ORDER BY seq), max(at) FROM new",
                AuditLinkKind.Written, $"${ColumnList.Count(Columns) + 1}")}
            SELECT 1
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
                row.AddBytes(((InsertNote)operation).Digest);
            }
            command.Parameters.AddNext(operations[0].Chain);
            return command;
        }

        public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
        {
            foreach (var operation in operations) ((InsertNote)operation).Result = true;
        }
    }
}
