using Npgsql;
using NpgsqlTypes;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Postgres.GroupCommit;

/// <summary>
/// Writes rows into one array a column, as <c>unnest</c> takes them apart again. The first row makes the arrays and the parameters that
/// hold them; a row begins with <see cref="NextRow"/>, and all have the same columns.
/// </summary>
internal struct ArrayRowWriter(int rows, NpgsqlParameterCollection parameters) : IRowWriter
{
    private readonly List<Array> columns = [];
    private int row = -1;
    private int column;

    public void NextRow()
    {
        row++;
        column = 0;
    }

    public void AddId(Guid value) => Add(value, NpgsqlDbType.Uuid);

    public void AddId(Guid? value) => Add(value, NpgsqlDbType.Uuid);

    public void AddLong(long value) => Add(value, NpgsqlDbType.Bigint);

    public void AddLong(long? value) => Add(value, NpgsqlDbType.Bigint);

    public void AddInt(int value) => Add(value, NpgsqlDbType.Integer);

    public void AddInt(int? value) => Add(value, NpgsqlDbType.Integer);

    public void AddShort(int value) => Add((short)value, NpgsqlDbType.Smallint);

    public void AddFlag(bool value) => Add(value, NpgsqlDbType.Boolean);

    public void AddText(string? value) => Add(value, NpgsqlDbType.Text);

    public void AddBytes(byte[]? value) => Add(value, NpgsqlDbType.Bytea);

    public void AddTime(DateTimeOffset value) => AddLong(value.UtcTicks);

    public void AddTime(DateTimeOffset? value) => Add(value?.UtcTicks, NpgsqlDbType.Bigint);

    public void AddDuration(TimeSpan value) => AddLong(value.Ticks);

    public void AddDuration(TimeSpan? value) => Add(value?.Ticks, NpgsqlDbType.Bigint);

    private void Add<T>(T value, NpgsqlDbType type)
    {
        if (row == 0)
        {
            var values = new T[rows];
            columns.Add(values);
            parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        }
        ((T[])columns[column++])[row] = value;
    }
}
