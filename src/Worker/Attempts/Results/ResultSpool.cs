using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Attempts.Results;

/// <summary>
/// Results on disk until the server has answered for them. A result is here before it is sent for the first time, so neither a crash
/// nor a server that is away for days loses it.
/// </summary>
internal sealed class ResultSpool(string folder, TimeProvider clock, WorkerLog log)
{
    private const string Suffix = ".json";
    private const string CorruptFolder = "corrupt";
    private const string RefusedFolder = "refused";
    private const int MostCorrupt = 100;

    /// <summary>Results that the server rejected.</summary>
    public RefusedResults Refused { get; } = new(Path.Combine(folder, RefusedFolder), clock, log);

    /// <summary>True when it is durable. On a full disk it is tried again without output; false: it is kept in memory only.</summary>
    public bool TrySave(string attemptId, AttemptResult result)
    {
        try
        {
            WriteFile(attemptId, result);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.SpoolFailed(attemptId, error);
        }
        try
        {
            WriteFile(attemptId, result with { Output = null });
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Its output has other numbers now. Where the disk does not take it, what is there stays.</summary>
    public void ReplaceOutput(string attemptId, AttemptResult result)
    {
        try
        {
            WriteFile(attemptId, result);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.SpoolFailed(attemptId, error);
        }
    }

    public bool HasResult(string attemptId) => File.Exists(GetPath(attemptId));

    /// <summary>The server has answered: the result is not needed any more.</summary>
    public void Remove(string attemptId)
    {
        try
        {
            File.Delete(GetPath(attemptId));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Sent once more after the next start; the server says duplicate.
        }
    }

    /// <summary>All that are waiting. What can't be read is set aside, what was never finished is removed.</summary>
    public IReadOnlyList<(string AttemptId, AttemptResult Result)> LoadAll()
    {
        var found = new List<(string, AttemptResult)>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToArray())
        {
            var id = Path.GetFileNameWithoutExtension(path);
            if (path.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal))
                File.Delete(path);
            else if (path.EndsWith(Suffix, StringComparison.Ordinal) && AttemptName.IsSafe(id) && ReadFile(path) is { } result)
                found.Add((id, result));
            else
            {
                log.SpoolCorrupt(Path.GetFileName(path));
                SetAside(path);
            }
        }
        RemoveOldest();
        return found;
    }

    /// <summary>Removes the oldest of what was set aside or refused.</summary>
    public void RemoveOldest()
    {
        Refused.RemoveOldest();
        KeptFiles.RemoveOldest(KeptFiles.ListByAge(Path.Combine(folder, CorruptFolder), "*"), MostCorrupt, clock.GetUtcNow());
    }

    private static AttemptResult? ReadFile(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ProtocolJson.Lenient.AttemptResult);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void WriteFile(string attemptId, AttemptResult result)
    {
        // Somebody may have removed it.
        PrivateFolder.Ensure(folder);
        DurableFile.Write(GetPath(attemptId), JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Default.AttemptResult));
    }

    private string GetPath(string attemptId) => Path.Combine(folder, attemptId + Suffix);

    private void SetAside(string path)
    {
        try
        {
            var aside = Directory.CreateDirectory(Path.Combine(folder, CorruptFolder)).FullName;
            var moved = Path.Combine(aside, Path.GetFileName(path));
            File.Move(path, moved, overwrite: true);
            // Its time begins now.
            File.SetLastWriteTimeUtc(moved, clock.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It stays where it is and is met again after the next start.
        }
    }
}
