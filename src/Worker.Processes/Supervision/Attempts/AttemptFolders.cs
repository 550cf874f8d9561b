using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes.Records;
using OpenClaw.Worker.Processes.Supervision.Logs;

namespace OpenClaw.Worker.Processes.Supervision.Attempts;

/// <summary>A folder for each attempt under supervision, with the run log of each of its programs. Only the owner may read them.</summary>
internal sealed class AttemptFolders(string root)
{
    private const string Prefix = "run-";
    private const long LastTime = 253_402_300_799_999; // the year 9999
    private const int Envelope = 4096;

    public string GetLogPath(RunName run) => Path.Combine(GetPath(run.AttemptId), $"{Prefix}{run.Run}");

    public IReadOnlyList<string> ListIds() =>
        Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path))] : [];

    /// <summary>
    /// What a later daemon has to know of the attempt, before its start is asked for. Throws IOException or UnauthorizedAccessException:
    /// then it must not start.
    /// </summary>
    public void WriteOffer(Offer offer)
    {
        PrivateFolder.Ensure(root);
        PrivateFolder.Ensure(GetPath(offer.AttemptId));
        CreateLog(GetLogPath(new(offer.AttemptId, 0)), RecordCodec.Encode(RunLog.Offer, SerializeOffer(offer)));
    }

    /// <summary>In memory of its own: what the pool would lend for megabytes of payload it would keep, for each thread.</summary>
    private static ReadOnlySpan<byte> SerializeOffer(Offer offer)
    {
        var buffer = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(offer.Payload).Length + Envelope);
        using (var writer = new Utf8JsonWriter(buffer))
            JsonSerializer.Serialize(writer, offer, ProtocolJson.Default.Offer);
        return buffer.WrittenSpan;
    }

    /// <summary>The log of a further program; the first one's is there.</summary>
    public void CreateRunLog(RunName run)
    {
        if (run.Run > 0) CreateLog(GetLogPath(run), []);
    }

    /// <summary>What the attempt was offered; null when that can't be read.</summary>
    public Offer? ReadOffer(string attemptId)
    {
        if (ReadRecords(new(attemptId, 0)).FirstOrDefault() is not { Type: RunLog.Offer } record) return null;
        try
        {
            return JsonSerializer.Deserialize(record.Payload.Span, ProtocolJson.Lenient.Offer) is { } offer && offer.AttemptId == attemptId
                ? offer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>When the attempt began, as the log of its first program says; null: it was written before logs did.</summary>
    public DateTimeOffset? ReadStartTime(string attemptId) =>
        ReadFirstRecords(attemptId).FirstOrDefault(record => record.Type == RunLog.Began)
            is { Type: RunLog.Began, At: var at } && at is > 0 and < LastTime ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>
    /// The uptime of this PC at which it began, by the same log; null: that was before the PC was started, or it does not say. A record's
    /// bytes are good until the next is read, so what is wanted of them is taken at once.
    /// </summary>
    public TimeSpan? ReadStartUptime(string attemptId) => ReadFirstRecords(attemptId)
        .Where(record => record.Type == RunLog.BeganUptime && Encoding.ASCII.GetString(record.Bytes.Span) == ProcessIdentity.ThisBoot)
        .Select(record => (TimeSpan?)TimeSpan.FromMilliseconds(record.At)).FirstOrDefault();

    private IEnumerable<RunRecord> ReadFirstRecords(string attemptId) =>
        ReadRecords(new(attemptId, 0)).TakeWhile(record => record.Output is null);

    /// <summary>True when the run's log ends with its end.</summary>
    public bool HasEnd(RunName run) => ReadRecords(run).Any(record => record.Type == RunLog.End);

    public int CountRuns(string attemptId) =>
        Directory.Exists(GetPath(attemptId)) ? Directory.EnumerateFiles(GetPath(attemptId), Prefix + "*").Count() : 0;

    /// <summary>Removes all that is kept of an attempt, when no daemon needs it any more.</summary>
    public void Remove(string attemptId)
    {
        try
        {
            if (Directory.Exists(GetPath(attemptId))) Directory.Delete(GetPath(attemptId), recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is met again after the next start, and goes then.
        }
    }

    private string GetPath(string attemptId) => Path.Combine(root, attemptId);

    private static void CreateLog(string path, ReadOnlySpan<byte> record)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write([.. RecordCodec.EncodeHeader(RunLog.Kind, RunLog.Version), .. record]);
    }

    private IEnumerable<RunRecord> ReadRecords(RunName run)
    {
        if (!File.Exists(GetLogPath(run))) yield break;
        using var file = File.OpenHandle(GetLogPath(run), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var (reader, length) = (new RunLogReader(file), RandomAccess.GetLength(file));
        while (reader.ReadNext(length) is { } record)
            yield return record;
    }
}
