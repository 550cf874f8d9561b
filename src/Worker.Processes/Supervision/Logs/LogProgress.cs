namespace OpenClaw.Worker.Processes.Supervision.Logs;

/// <summary>
/// A run's log, and how far its follower has read. That may be far behind: it waits for the line to the server, which the log does not.
/// Safe for two threads.
/// </summary>
internal sealed class LogProgress(string path)
{
    private long read;

    /// <summary>Bytes of the log; 0 while there is none.</summary>
    public long Length => new FileInfo(path) is { Exists: true } log ? log.Length : 0;

    /// <summary>The follower has read so far, a whole number of records.</summary>
    public void MarkRead(long position) => Volatile.Write(ref read, position);

    /// <summary>Whether the run has ended, by what the follower has not read yet.</summary>
    public bool HasUnreadEnd()
    {
        var from = Volatile.Read(ref read);
        if (from >= Length) return false;
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var (reader, length) = (new RunLogReader(file, from), RandomAccess.GetLength(file));
            while (reader.ReadNext(length) is { } record)
            {
                if (record.Type == RunLog.End) return true;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Its follower meets the same, and says so.
        }
        return false;
    }
}
