namespace OpenClaw.Storage.Rows;

/// <summary>
/// Gives the values of a row one after the other, in the order of the columns that were selected. Implemented by structs, for the same
/// reason as <see cref="IRowWriter"/>; handed on by reference, as each call moves it to the next column.
/// </summary>
internal interface IRowReader
{
    Guid ReadId();

    Guid? ReadIdOrNull();

    long ReadLong();

    int ReadInt();

    int? ReadIntOrNull();

    int ReadShort();

    bool ReadFlag();

    string ReadText();

    string? ReadTextOrNull();

    byte[]? ReadBytesOrNull();

    DateTimeOffset ReadTime();

    DateTimeOffset? ReadTimeOrNull();

    TimeSpan ReadDuration();

    TimeSpan? ReadDurationOrNull();

    /// <summary>UTF-8 text, empty for null; good until the next row.</summary>
    ReadOnlySpan<byte> ReadJson();
}
