using OpenClaw.Worker.Processes.Records;

namespace OpenClaw.Worker.Attempts.Journal;

/// <summary>
/// The journal's folder: <c>journal-N</c> are its segments, the newest counts on; <c>journal.corrupt-N</c> what was set aside.
/// </summary>
internal sealed class JournalFiles(string folder, WorkerLog log)
{
    public const uint Kind = 0x4a4c434f; // OCLJ
    public const uint Version = 1;
    private const string Prefix = "journal-";
    private const string CorruptPrefix = "journal.corrupt-";
    private const int MostCorrupt = 20;

    /// <summary>All records that can be read, oldest first. A segment that is not whole is set aside, which is logged.</summary>
    public IReadOnlyList<JournalRecord> ReadRecords()
    {
        var records = new List<JournalRecord>();
        foreach (var (path, _) in ListSegments())
        {
            if (ReadRecords(path, records) is not { } error) continue;
            log.JournalDamaged(Path.GetFileName(path), error, SetAside(path));
        }
        foreach (var (path, id) in ListLegacyFiles())
        {
            var unknown = JournalEntry.FromId(id);
            records.Add(JournalRecord.FromPayload((byte)JournalStep.Asked, File.ReadAllBytes(path))
                ?? new(JournalStep.Asked, id) { TaskId = unknown.TaskId, Attempt = unknown.Attempt });
            File.Delete(path);
        }
        return records;
    }

    /// <summary>The path of the segment that follows all others.</summary>
    public string GetNextPath() => Path.Combine(folder, $"{Prefix}{(ListSegments() is [.., var last] ? last.Number : 0) + 1}");

    public void RemoveAllExcept(string path)
    {
        foreach (var (other, _) in ListSegments().Where(segment => segment.Path != path))
            File.Delete(other);
    }

    private List<(string Path, long Number)> ListSegments() =>
        [.. ListNumbered(Prefix).OrderBy(segment => segment.Number)];

    private IEnumerable<(string Path, long Number)> ListNumbered(string prefix) => Directory.EnumerateFiles(folder, prefix + "*")
        .Select(path => (path, long.TryParse(Path.GetFileName(path).AsSpan(prefix.Length), out var number) ? number : -1))
        .Where(segment => segment.Item2 >= 0);

    /// <summary>The worker before kept one file for each attempt, under its id. Its processes are ended as after any crash.</summary>
    private IEnumerable<(string Path, string Id)> ListLegacyFiles() => Directory.GetFiles(folder)
        .Select(path => (Path: path, Id: Path.GetFileName(path)))
        .Where(file => !file.Id.StartsWith("journal", StringComparison.Ordinal) && AttemptName.IsSafe(file.Id));

    /// <summary>Null when it is whole; else what is wrong with it.</summary>
    private static string? ReadRecords(string path, List<JournalRecord> records)
    {
        ReadOnlySpan<byte> bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
        if (bytes.IsEmpty) return null;
        if (RecordCodec.ReadVersion(bytes, Kind) is not { } version) return "it is no journal";
        if (version != Version) return $"its format is version {version}, this worker knows {Version}";
        return ParseRecords(bytes, records);
    }

    private static string? ParseRecords(ReadOnlySpan<byte> bytes, List<JournalRecord> records)
    {
        string? error = null;
        for (var at = RecordCodec.HeaderSize; ;)
        {
            var fate = RecordCodec.Decode(bytes[at..], out var type, out var payload, out var size);
            if (fate == RecordStatus.End) return error;
            if (fate is RecordStatus.Torn or RecordStatus.Lost) return error ?? $"it can't be read from byte {at} on";
            // Behind a damaged record another may be whole: then only this one is missing.
            if (fate == RecordStatus.Whole && JournalRecord.FromPayload(type, payload) is { } record)
                records.Add(record);
            else
                error ??= $"the record at byte {at} is damaged";
            at += size;
        }
    }

    private string SetAside(string path)
    {
        var name = $"{CorruptPrefix}{ListNumbered(CorruptPrefix).Select(file => file.Number).DefaultIfEmpty(0).Max() + 1}";
        try
        {
            File.Move(path, Path.Combine(folder, name));
            KeptFiles.RemoveOldest(KeptFiles.ListByAge(folder, CorruptPrefix + "*"), MostCorrupt, now: null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"left where it is ({error.Message})";
        }
        return $"set aside as {name}";
    }
}
