using Npgsql;
using NpgsqlTypes;

namespace OpenClaw.Storage.Postgres.GroupCommit;

/// <summary>Adds to a statement one array a column, as <c>unnest</c> takes them apart again.</summary>
internal sealed class ArrayParameters<TOperation>(List<PostgresOperation> rows, NpgsqlParameterCollection parameters)
    where TOperation : PostgresOperation
{
    public ArrayParameters<TOperation> Id(Func<TOperation, Guid> cell) => Add(cell, NpgsqlDbType.Uuid);

    public ArrayParameters<TOperation> IdOrNull(Func<TOperation, Guid?> cell) => Add(cell, NpgsqlDbType.Uuid);

    public ArrayParameters<TOperation> Long(Func<TOperation, long> cell) => Add(cell, NpgsqlDbType.Bigint);

    public ArrayParameters<TOperation> LongOrNull(Func<TOperation, long?> cell) => Add(cell, NpgsqlDbType.Bigint);

    public ArrayParameters<TOperation> Int(Func<TOperation, int> cell) => Add(cell, NpgsqlDbType.Integer);

    public ArrayParameters<TOperation> Small(Func<TOperation, int> cell) => Add(row => (short)cell(row), NpgsqlDbType.Smallint);

    public ArrayParameters<TOperation> Flag(Func<TOperation, bool> cell) => Add(cell, NpgsqlDbType.Boolean);

    public ArrayParameters<TOperation> Text(Func<TOperation, string?> cell) => Add(cell, NpgsqlDbType.Text);

    public ArrayParameters<TOperation> Bytes(Func<TOperation, byte[]?> cell) => Add(cell, NpgsqlDbType.Bytea);

    public ArrayParameters<TOperation> Time(Func<TOperation, DateTimeOffset> cell) => Add(row => cell(row).UtcTicks, NpgsqlDbType.Bigint);

    public ArrayParameters<TOperation> TimeOrNull(Func<TOperation, DateTimeOffset?> cell) =>
        Add(row => cell(row)?.UtcTicks, NpgsqlDbType.Bigint);

    private ArrayParameters<TOperation> Add<T>(Func<TOperation, T> cell, NpgsqlDbType type)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++) column[i] = cell((TOperation)rows[i]);
        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = column, NpgsqlDbType = NpgsqlDbType.Array | type });
        return this;
    }
}
