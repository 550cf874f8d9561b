using Npgsql;

namespace OpenClaw.Storage.Postgres;

/// <summary>Values as they stand in columns and parameters: times are UTC ticks.</summary>
internal static class Columns
{
    public static DateTimeOffset Time(this NpgsqlDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? BytesOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    /// <summary>Adds the next of <c>$1</c>, <c>$2</c>, ...</summary>
    public static NpgsqlParameterCollection Next<T>(this NpgsqlParameterCollection parameters, T value)
    {
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return parameters;
    }

    public static NpgsqlParameterCollection Next(this NpgsqlParameterCollection parameters, DateTimeOffset time) =>
        parameters.Next(time.UtcTicks);
}
