using Npgsql;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>Reads the record of one task. Every activation begins with this, so many of them share a statement, too.</summary>
internal sealed class FindTask(Guid id) : PostgresOperation<TaskRecord?>
{
    public override BulkStatement Statement => FindTasks.Instance;

    public Guid Id => id;

    private sealed class FindTasks : BulkStatement
    {
        public static readonly FindTasks Instance = new();

        private static readonly string Sql =
            $"SELECT {TaskColumns.SelectedWhole}, s.payload FROM tasks t JOIN task_specs s ON s.seq = t.seq WHERE t.id = ANY ($1)";

        public override int Rank => 1;

        public override bool IsSortedByKey => false;

        public override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
        {
            var ids = operations.ConvertAll(operation => ((FindTask)operation).Id).ToArray();
            var command = new NpgsqlBatchCommand(Sql);
            command.Parameters.AddNext(ids);
            return command;
        }

        public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
        {
            var found = new Dictionary<Guid, TaskRecord>(operations.Count);
            while (rows.Read())
            {
                var payload = rows.GetFieldValue<byte[]>(TaskColumns.Payload);
                var record = TaskColumns.Read(new PostgresRowReader(rows), payload);
                found[record.Id] = record;
            }
            foreach (var operation in operations)
            {
                var find = (FindTask)operation;
                find.Result = found.GetValueOrDefault(find.Id);
            }
        }
    }
}
