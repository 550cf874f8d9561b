using Npgsql;
using NpgsqlTypes;

namespace OpenClaw.Storage.Postgres;

/// <summary>Values as they stand in columns and parameters: times are UTC ticks.</summary>
internal static class Columns
{
    public static DateTimeOffset GetTime(this NpgsqlDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static DateTimeOffset? GetTimeOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetTime(column);

    public static string? GetTextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? GetBytesOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    public static int? GetIntOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static Guid? GetIdOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    public static TimeSpan? GetDurationOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : TimeSpan.FromTicks(row.GetInt64(column));

    /// <summary>Adds the next of <c>$1</c>, <c>$2</c>, ...</summary>
    public static NpgsqlParameterCollection AddNext<T>(this NpgsqlParameterCollection parameters, T value)
    {
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return parameters;
    }

    public static NpgsqlParameterCollection AddNext(this NpgsqlParameterCollection parameters, DateTimeOffset time) =>
        parameters.AddNext(time.UtcTicks);

    public static NpgsqlParameterCollection AddNext(this NpgsqlParameterCollection parameters, long? number)
    {
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = number is { } some ? some : DBNull.Value });
        return parameters;
    }
}
