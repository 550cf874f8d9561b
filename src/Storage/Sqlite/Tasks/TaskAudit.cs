using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Sqlite.Rows;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The audit row of a version, within the transaction that makes the version.</summary>
internal static class TaskAudit
{
    private static readonly string Row =
        $"INSERT INTO audit ({AuditColumns.Inserted}) VALUES ({ColumnList.Parameters("?", AuditColumns.Inserted)})";

    public static void InsertRow(SqliteDatabase database, long seq, TaskRecord record, RowProof? proof)
    {
        if (record.Last is not { } last || proof is null) return;
        using var insert = database.GetStatement(Row);
        insert.Add(seq);
        var row = new StatementWriter(insert);
        AuditColumns.Write(ref row, record, last, proof);
        insert.RunToEnd();
        database.Audit.AddWritten(seq, record.Version, proof.Digest);
    }
}
