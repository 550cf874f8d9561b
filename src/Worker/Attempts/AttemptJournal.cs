using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Attempts;

/// <summary>An attempt that may have begun. <see cref="Pid"/> and <see cref="PidStart"/> are known once it has a process.</summary>
internal sealed record JournalEntry(string AttemptId, string TaskId, int Attempt, int Pid = 0, ulong PidStart = 0);

[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;

/// <summary>
/// One file for each attempt, written durably before the start is asked for and removed once its result is in the spool. What is left
/// after a crash names the attempts whose processes may still run.
/// </summary>
internal sealed class AttemptJournal(string folder)
{
    /// <summary>Throws IOException when it can't be made durable: then the attempt must not start.</summary>
    public void Begin(Offer offer) => DurableFile.Write(PathOf(offer.AttemptId), Bytes(Entry(offer)));

    /// <summary>Its process; helps to find it again when only the daemon died, so it need not survive a power cut.</summary>
    public void Spawned(Offer offer, int pid)
    {
        try
        {
            var entry = Entry(offer) with { Pid = pid, PidStart = Leftovers.StartOf(pid) };
            File.WriteAllBytes(PathOf(offer.AttemptId), Bytes(entry));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The marker in its environment finds it as well.
        }
    }

    public void End(string attemptId)
    {
        try
        {
            File.Delete(PathOf(attemptId));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is looked at after the next start, finds no process, and goes then.
        }
    }

    /// <summary>What a daemon before this one left. A file that can't be read still names its attempt.</summary>
    public IReadOnlyList<JournalEntry> Left() =>
        [.. Directory.EnumerateFiles(folder).Where(path => !path.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal)).Select(Read)];

    private string PathOf(string attemptId) => Path.Combine(folder, attemptId);

    private static JournalEntry Entry(Offer offer) => new(offer.AttemptId, offer.TaskId, offer.Attempt);

    private static byte[] Bytes(JournalEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Default.JournalEntry);

    private static JournalEntry Read(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), JournalJson.Default.JournalEntry) is { } entry)
                return entry;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            // Torn by the crash.
        }
        var id = Path.GetFileName(path);
        var dot = id.LastIndexOf('.');
        return dot > 0 && int.TryParse(id.AsSpan(dot + 1), out var attempt) ? new(id, id[..dot], attempt) : new(id, id, 0);
    }
}
