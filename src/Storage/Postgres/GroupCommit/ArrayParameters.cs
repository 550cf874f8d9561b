using Npgsql;
using NpgsqlTypes;

namespace OpenClaw.Storage.Postgres.GroupCommit;

/// <summary>Adds to a statement one array a column, as <c>unnest</c> takes them apart again.</summary>
internal sealed class ArrayParameters<TOperation>(List<PostgresOperation> rows, NpgsqlParameterCollection parameters)
    where TOperation : PostgresOperation
{
    public ArrayParameters<TOperation> AddId(Func<TOperation, Guid> cell) => AddColumn(cell, NpgsqlDbType.Uuid);

    public ArrayParameters<TOperation> AddIdOrNull(Func<TOperation, Guid?> cell) => AddColumn(cell, NpgsqlDbType.Uuid);

    public ArrayParameters<TOperation> AddLong(Func<TOperation, long> cell) => AddColumn(cell, NpgsqlDbType.Bigint);

    public ArrayParameters<TOperation> AddLongOrNull(Func<TOperation, long?> cell) => AddColumn(cell, NpgsqlDbType.Bigint);

    public ArrayParameters<TOperation> AddInt(Func<TOperation, int> cell) => AddColumn(cell, NpgsqlDbType.Integer);

    public ArrayParameters<TOperation> AddShort(Func<TOperation, int> cell) => AddColumn(row => (short)cell(row), NpgsqlDbType.Smallint);

    public ArrayParameters<TOperation> AddFlag(Func<TOperation, bool> cell) => AddColumn(cell, NpgsqlDbType.Boolean);

    public ArrayParameters<TOperation> AddText(Func<TOperation, string?> cell) => AddColumn(cell, NpgsqlDbType.Text);

    public ArrayParameters<TOperation> AddBytes(Func<TOperation, byte[]?> cell) => AddColumn(cell, NpgsqlDbType.Bytea);

    public ArrayParameters<TOperation> AddTime(Func<TOperation, DateTimeOffset> cell) =>
        AddColumn(row => cell(row).UtcTicks, NpgsqlDbType.Bigint);

    public ArrayParameters<TOperation> AddTimeOrNull(Func<TOperation, DateTimeOffset?> cell) =>
        AddColumn(row => cell(row)?.UtcTicks, NpgsqlDbType.Bigint);

    private ArrayParameters<TOperation> AddColumn<T>(Func<TOperation, T> cell, NpgsqlDbType type)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++) column[i] = cell((TOperation)rows[i]);
        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = column, NpgsqlDbType = NpgsqlDbType.Array | type });
        return this;
    }
}
