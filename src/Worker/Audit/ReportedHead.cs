using System.Text.Json;

namespace OpenClaw.Worker.Audit;

/// <summary>Where the log ended when a server heard of it last. Kept beside the log's folder: it outlives that.</summary>
/// <param name="Rows">Rows the log had.</param>
/// <param name="Hash">SHA-256 of the last one's line.</param>
/// <param name="At">When.</param>
internal sealed record ReportedHead(long Rows, string Hash, DateTimeOffset At)
{
    private const string Suffix = "-heard";

    public ChainEnd End => new(Rows, Hash);

    /// <summary>Of the log in a folder; null: no server has heard of it, or the file can't be read.</summary>
    public static ReportedHead? LoadFrom(string folder)
    {
        try
        {
            var file = folder + Suffix;
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), AuditJson.Default.ReportedHead) : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Best effort and not flushed: what is lost with it the server tells again.</summary>
    public void SaveTo(string folder)
    {
        try
        {
            File.WriteAllBytes(folder + Suffix + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.ReportedHead));
            File.Move(folder + Suffix + ".tmp", folder + Suffix, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next one is kept.
        }
    }
}
