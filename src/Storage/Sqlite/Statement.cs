using System.Buffers;
using System.Text;
using SQLitePCL;

namespace OpenClaw.Storage.Sqlite;

/// <summary>
/// A prepared statement. Values are added in the order of its placeholders; dispose it after each use, which resets it.
/// </summary>
internal sealed class Statement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    private const int TextOnStack = 256;
    private int bound;

    public Statement Add(long value) => Check(raw.sqlite3_bind_int64(handle, ++bound, value));

    public Statement Add(long? value) => value is { } some ? Add(some) : AddNull();

    public Statement Add(bool value) => Add(value ? 1L : 0L);

    public Statement Add(DateTimeOffset value) => Add(value.UtcTicks);

    public Statement Add(DateTimeOffset? value) => value is { } some ? Add(some.UtcTicks) : AddNull();

    public Statement Add(TimeSpan value) => Add(value.Ticks);

    public Statement Add(TimeSpan? value) => value is { } some ? Add(some.Ticks) : AddNull();

    public Statement Add(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return AddBlob(bytes);
    }

    public Statement Add(Guid? value) => value is { } some ? Add(some) : AddNull();

    public Statement Add(byte[]? value) => value is null ? AddNull() : AddBlob(value);

    public Statement AddBlob(ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(handle, ++bound, value));

    /// <summary>As many zeros, which <see cref="SqliteDatabase.WriteBlob"/> writes over.</summary>
    public Statement AddZeros(int length) => Check(raw.sqlite3_bind_zeroblob(handle, ++bound, length));

    public Statement Add(string? value)
    {
        if (value is null) return AddNull();
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = size > TextOnStack ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> bytes = rented ?? stackalloc byte[TextOnStack];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        var code = raw.sqlite3_bind_text(handle, ++bound, bytes[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return Check(code);
    }

    public Statement AddNull() => Check(raw.sqlite3_bind_null(handle, ++bound));

    /// <summary>Moves to the next row; false after the last.</summary>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw database.Error(code),
    };

    /// <summary>Runs a statement without rows to its end; how many rows it changed.</summary>
    public int Run()
    {
        Step();
        return database.Changes;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int(int column) => raw.sqlite3_column_int(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : Blob(column).ToArray();

    public Guid Id(int column) => new(Blob(column), bigEndian: true);

    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset Time(int column) => new(Long(column), TimeSpan.Zero);

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public TimeSpan Duration(int column) => new(Long(column));

    public TimeSpan? DurationOrNull(int column) => IsNull(column) ? null : Duration(column);

    /// <summary>Ready for the next use.</summary>
    public void Dispose()
    {
        raw.sqlite3_reset(handle);
        bound = 0;
    }

    /// <summary>Gives the statement up.</summary>
    public void Close() => handle.Dispose();

    private Statement Check(int code) => code == raw.SQLITE_OK ? this : throw database.Error(code);
}
