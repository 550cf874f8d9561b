namespace OpenClaw.Storage.Rows;

/// <summary>
/// Takes the values of a row one after the other, in the order of the columns. Implemented by structs, so that a store's own way to
/// bind is compiled into the description of a table: no call through an interface, nothing boxed.
/// </summary>
internal interface IRowWriter
{
    void AddId(Guid value);

    void AddId(Guid? value);

    void AddLong(long value);

    void AddInt(int value);

    void AddInt(int? value);

    /// <summary>An integer that has 16 bits where the database knows such.</summary>
    void AddShort(int value);

    void AddFlag(bool value);

    void AddText(string? value);

    void AddBytes(byte[]? value);

    void AddTime(DateTimeOffset value);

    void AddTime(DateTimeOffset? value);

    void AddDuration(TimeSpan value);

    void AddDuration(TimeSpan? value);
}
