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

    public Statement Add(long value) => CheckCode(raw.sqlite3_bind_int64(handle, ++bound, value));

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

    public Statement AddBlob(ReadOnlySpan<byte> value) => CheckCode(raw.sqlite3_bind_blob(handle, ++bound, value));

    /// <summary>As many zeros, which <see cref="SqliteDatabase.WriteBlob"/> writes over.</summary>
    public Statement AddZeros(int length) => CheckCode(raw.sqlite3_bind_zeroblob(handle, ++bound, length));

    public Statement Add(string? value)
    {
        if (value is null) return AddNull();
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = size > TextOnStack ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> bytes = rented ?? stackalloc byte[TextOnStack];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        var code = raw.sqlite3_bind_text(handle, ++bound, bytes[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return CheckCode(code);
    }

    public Statement AddNull() => CheckCode(raw.sqlite3_bind_null(handle, ++bound));

    /// <summary>Moves to the next row; false after the last.</summary>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw database.CreateError(code),
    };

    /// <summary>Runs a statement without rows to its end; how many rows it changed.</summary>
    public int RunToEnd()
    {
        Step();
        return database.Changes;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long GetLong(int column) => raw.sqlite3_column_int64(handle, column);

    public int GetInt(int column) => raw.sqlite3_column_int(handle, column);

    public int? GetIntOrNull(int column) => IsNull(column) ? null : GetInt(column);

    public string GetText(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? GetTextOrNull(int column) => IsNull(column) ? null : GetText(column);

    public ReadOnlySpan<byte> GetBlob(int column) => raw.sqlite3_column_blob(handle, column);

    public byte[]? GetBytesOrNull(int column) => IsNull(column) ? null : GetBlob(column).ToArray();

    public Guid GetId(int column) => new(GetBlob(column), bigEndian: true);

    public Guid? GetIdOrNull(int column) => IsNull(column) ? null : GetId(column);

    public DateTimeOffset GetTime(int column) => new(GetLong(column), TimeSpan.Zero);

    public DateTimeOffset? GetTimeOrNull(int column) => IsNull(column) ? null : GetTime(column);

    public TimeSpan GetDuration(int column) => new(GetLong(column));

    public TimeSpan? GetDurationOrNull(int column) => IsNull(column) ? null : GetDuration(column);

    /// <summary>Ready for the next use.</summary>
    public void Dispose()
    {
        raw.sqlite3_reset(handle);
        bound = 0;
    }

    /// <summary>Gives the statement up.</summary>
    public void Close() => handle.Dispose();

    private Statement CheckCode(int code) => code == raw.SQLITE_OK ? this : throw database.CreateError(code);
}
