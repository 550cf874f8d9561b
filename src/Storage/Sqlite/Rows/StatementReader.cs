using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Sqlite.Rows;

/// <summary>Reads the row that a statement stands at, from its first column on.</summary>
internal struct StatementReader(Statement row) : IRowReader
{
    private int next;

    public Guid ReadId() => row.GetId(next++);

    public Guid? ReadIdOrNull() => row.GetIdOrNull(next++);

    public long ReadLong() => row.GetLong(next++);

    public int ReadInt() => row.GetInt(next++);

    public int? ReadIntOrNull() => row.GetIntOrNull(next++);

    public int ReadShort() => ReadInt();

    public bool ReadFlag() => ReadInt() != 0;

    public string ReadText() => row.GetText(next++);

    public string? ReadTextOrNull() => row.GetTextOrNull(next++);

    public byte[]? ReadBytesOrNull() => row.GetBytesOrNull(next++);

    public DateTimeOffset ReadTime() => row.GetTime(next++);

    public DateTimeOffset? ReadTimeOrNull() => row.GetTimeOrNull(next++);

    public TimeSpan ReadDuration() => row.GetDuration(next++);

    public TimeSpan? ReadDurationOrNull() => row.GetDurationOrNull(next++);

    public ReadOnlySpan<byte> ReadJson() => row.GetBlob(next++);
}
