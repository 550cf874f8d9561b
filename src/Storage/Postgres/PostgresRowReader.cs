using Npgsql;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Postgres;

/// <summary>Reads the row that a reader stands at, from its first column on.</summary>
internal struct PostgresRowReader(NpgsqlDataReader row) : IRowReader
{
    private int next;

    public Guid ReadId() => row.GetGuid(next++);

    public Guid? ReadIdOrNull() => row.GetIdOrNull(next++);

    public long ReadLong() => row.GetInt64(next++);

    public int ReadInt() => row.GetInt32(next++);

    public int? ReadIntOrNull() => row.GetIntOrNull(next++);

    public int ReadShort() => row.GetInt16(next++);

    public bool ReadFlag() => row.GetBoolean(next++);

    public string ReadText() => row.GetString(next++);

    public string? ReadTextOrNull() => row.GetTextOrNull(next++);

    public byte[]? ReadBytesOrNull() => row.GetBytesOrNull(next++);

    public DateTimeOffset ReadTime() => row.GetTime(next++);

    public DateTimeOffset? ReadTimeOrNull() => row.GetTimeOrNull(next++);

    public TimeSpan ReadDuration() => TimeSpan.FromTicks(row.GetInt64(next++));

    public TimeSpan? ReadDurationOrNull() => row.GetDurationOrNull(next++);

    public ReadOnlySpan<byte> ReadJson() => row.GetBytesOrNull(next++);
}
