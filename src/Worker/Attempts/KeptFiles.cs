namespace OpenClaw.Worker.Attempts;

/// <summary>
/// Files that were set aside for the owner to look at: the newest of a folder stay, for a time, and so many bytes of them. Best effort:
/// what can't be deleted is met again.
/// </summary>
internal static class KeptFiles
{
    public const long MostBytes = 256L << 20;
    public static readonly TimeSpan Age = TimeSpan.FromDays(30);

    /// <summary>The files, oldest first; none where the folder can't be read.</summary>
    public static FileInfo[] ListByAge(string folder, string pattern)
    {
        try
        {
            return [.. new DirectoryInfo(folder).GetFiles(pattern).OrderBy(file => file.LastWriteTimeUtc)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Removes what is too old, or too much.</summary>
    /// <param name="files">Oldest first.</param>
    /// <param name="most">How many stay.</param>
    /// <param name="now">The PC's time; null: none is too old.</param>
    /// <param name="kept">Path of one that stays, whatever the clocks say.</param>
    public static void RemoveOldest(FileInfo[] files, int most, DateTimeOffset? now, string? kept = null)
    {
        var (count, bytes) = (0, 0L);
        foreach (var file in files.Reverse())
        {
            bytes += file.Length;
            if ((++count > most || bytes > MostBytes || file.LastWriteTimeUtc < now - Age) && file.FullName != kept)
                DeleteIfPossible(file);
        }
    }

    private static void DeleteIfPossible(FileInfo file)
    {
        try
        {
            file.Delete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // One that stays is no reason to keep the others.
        }
    }
}
