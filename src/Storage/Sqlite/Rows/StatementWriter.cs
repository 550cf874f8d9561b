using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Sqlite.Rows;

/// <summary>Binds the next placeholders of a statement to the values of a row.</summary>
internal readonly struct StatementWriter(Statement statement) : IRowWriter
{
    public void AddId(Guid value) => statement.Add(value);

    public void AddId(Guid? value) => statement.Add(value);

    public void AddLong(long value) => statement.Add(value);

    public void AddInt(int value) => statement.Add(value);

    public void AddInt(int? value) => statement.Add(value);

    public void AddShort(int value) => statement.Add(value);

    public void AddFlag(bool value) => statement.Add(value);

    public void AddText(string? value) => statement.Add(value);

    public void AddBytes(byte[]? value) => statement.Add(value);

    public void AddTime(DateTimeOffset value) => statement.Add(value);

    public void AddTime(DateTimeOffset? value) => statement.Add(value);

    public void AddDuration(TimeSpan value) => statement.Add(value);

    public void AddDuration(TimeSpan? value) => statement.Add(value);
}
