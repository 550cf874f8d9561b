using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Attempts.Results;

/// <summary>A result the server would not take, why, and when.</summary>
internal sealed record RefusedResult(string AttemptId, DateTimeOffset At, string Why, AttemptResult Result);

/// <summary>How many are kept in <paramref name="Folder"/>, and of the newest which attempt it is, when and why it was refused.</summary>
internal sealed record RefusedCount(int Results, string Folder, string Attempt, DateTimeOffset At, string? Why);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RefusedResult))]
internal sealed partial class RefusedJson : JsonSerializerContext;

/// <summary>
/// Results the server has refused for good, kept for the owner to look at: what a program did and printed is never deleted because of what
/// a server says. The newest 500 of the last 30 days, 256 MiB at most.
/// </summary>
internal sealed class RefusedResults(string folder, TimeProvider clock, WorkerLog log, int most = 500)
{
    private const string Suffix = ".json";

    /// <summary>Keeps one. False: the disk does not take it; it stays where it is.</summary>
    public bool TryKeep(string attemptId, AttemptResult result, string why)
    {
        try
        {
            PrivateFolder.Ensure(folder);
            var refused = new RefusedResult(attemptId, clock.GetUtcNow(), why, result);
            var path = Path.Combine(folder, attemptId + Suffix);
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(refused, RefusedJson.Default.RefusedResult));
            KeptFiles.RemoveOldest(ListFiles(), most, clock.GetUtcNow(), path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.NotKept(attemptId, error);
            return false;
        }
    }

    /// <summary>How many there are, and the newest; null: none.</summary>
    public RefusedCount? GetSummary()
    {
        var files = ListFiles();
        if (files.Length == 0) return null;
        var (id, newest) = (Path.GetFileNameWithoutExtension(files[^1].Name), ReadFile(files[^1].FullName));
        return new RefusedCount(files.Length, folder, id, newest?.At ?? files[^1].LastWriteTimeUtc, newest?.Why);
    }

    /// <summary>Null: it can't be read, or was written by an older worker, which kept only the result.</summary>
    private static RefusedResult? ReadFile(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RefusedJson.Default.RefusedResult);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Removes old files also when no new ones are added.</summary>
    public void RemoveOldest() => KeptFiles.RemoveOldest(ListFiles(), most, clock.GetUtcNow());

    private FileInfo[] ListFiles() => KeptFiles.ListByAge(folder, "*" + Suffix);
}
