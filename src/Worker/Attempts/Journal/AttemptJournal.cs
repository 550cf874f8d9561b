using Microsoft.Win32.SafeHandles;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Processes.Records;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker.Attempts.Journal;

/// <summary>
/// What this worker was offered, started, spawned and finished, in one file that only grows and is written anew, with what is still
/// open, when it has grown long. Only the offer has to survive a power cut: that ends every process, so later records are not missed.
/// </summary>
internal sealed class AttemptJournal : ISpawnJournal, IDisposable
{
    private const long LongFile = 1024 * 1024;
    private readonly string folder;
    private readonly JournalFiles files;
    private readonly WorkerLog log;
    private readonly Lock writing = new();
    private readonly Lock syncing = new();
    private readonly Dictionary<string, JournalEntry> open;
    private SafeFileHandle? file;
    private string path = "";
    private long length;
    private long synced;

    public AttemptJournal(string folder, WorkerLog log)
    {
        (this.folder, this.log) = (folder, log);
        files = new JournalFiles(folder, log);
        LeftOpen = JournalEntry.FromRecords(files.ReadRecords());
        open = LeftOpen.ToDictionary(entry => entry.AttemptId, StringComparer.Ordinal);
    }

    /// <summary>What daemons before this one left open.</summary>
    public IReadOnlyList<JournalEntry> LeftOpen { get; }

    /// <summary>
    /// On disk when it returns; throws IOException or UnauthorizedAccessException when that can't be: then the attempt must not start.
    /// Many at once share one flush.
    /// </summary>
    public void RecordOffer(Offer offer)
    {
        var record = new JournalRecord(JournalStep.Asked, offer.AttemptId) { TaskId = offer.TaskId, Attempt = offer.Attempt };
        try
        {
            SafeFileHandle handle;
            long end;
            lock (writing)
            {
                if (file is null || length > LongFile || !File.Exists(path)) StartSegment();
                AppendRecord(record);
                (handle, end) = (file!, length);
            }
            FlushUpTo(handle, end);
        }
        catch (Exception)
        {
            lock (writing)
            {
                open.Remove(offer.AttemptId);
                // What a failed flush left of the file is not known: the next attempt begins a new one.
                CloseFile();
            }
            throw;
        }
    }

    /// <summary>The server committed its start.</summary>
    public void RecordStart(string attemptId) => TryWriteRecord(new(JournalStep.Committed, attemptId));

    /// <summary>Its process was started. False: the record could not be written.</summary>
    public bool RecordSpawn(string attemptId, SpawnNote spawn) => TryWriteRecord(new(JournalStep.Spawned, attemptId) { Spawn = spawn });

    /// <summary>It is finished with, or never ran.</summary>
    public void RecordEnd(string attemptId) => TryWriteRecord(new(JournalStep.Ended, attemptId));

    /// <summary>True while the attempt has no end in the journal.</summary>
    public bool IsOpen(string attemptId)
    {
        lock (writing)
            return open.ContainsKey(attemptId);
    }

    public void Dispose()
    {
        lock (writing)
            CloseFile();
    }

    private bool TryWriteRecord(JournalRecord record)
    {
        lock (writing)
        {
            try
            {
                if (file is null) StartSegment();
                AppendRecord(record);
                return true;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                log.JournalFailed(record.AttemptId, record.Step.ToString(), error);
                return false;
            }
        }
    }

    private void AppendRecord(JournalRecord record)
    {
        var bytes = record.ToBytes();
        // Always behind the last whole record: what a full disk let through of another is written over.
        RandomAccess.Write(file!, bytes, length);
        length += bytes.Length;
        ApplyRecord(record);
    }

    private void ApplyRecord(JournalRecord record)
    {
        var known = open.TryGetValue(record.AttemptId, out var entry) ? entry.ToRecords() : [];
        if (JournalEntry.FromRecords([.. known, record]) is [var now])
            open[record.AttemptId] = now;
        else
            open.Remove(record.AttemptId);
    }

    /// <summary>A new segment with what is open, durable before the older ones go.</summary>
    private void StartSegment()
    {
        CloseFile();
        Directory.CreateDirectory(folder);
        var next = files.GetNextPath();
        byte[] content =
        [
            .. RecordCodec.EncodeHeader(JournalFiles.Kind, JournalFiles.Version),
            .. open.Values.SelectMany(entry => entry.ToRecords()).SelectMany(record => record.ToBytes()),
        ];
        DurableFile.Write(next, content);
        file = File.OpenHandle(next, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        (path, length, synced) = (next, content.Length, content.Length);
        files.RemoveAllExcept(next);
    }

    /// <summary>Group commit: the first caller flushes for all that wait behind it.</summary>
    private void FlushUpTo(SafeFileHandle handle, long end)
    {
        lock (syncing)
        {
            long upTo;
            lock (writing)
            {
                if (IsOnDisk(handle, end)) return;
                upTo = length;
            }
            try
            {
                RandomAccess.FlushToDisk(handle);
            }
            catch (ObjectDisposedException)
            {
                // Another thread closes it in this instant, after a rotation or an error; which of the two is checked below.
            }
            lock (writing)
            {
                if (ReferenceEquals(handle, file)) synced = upTo;
                if (!IsOnDisk(handle, end)) throw new IOException("the journal could not be flushed");
            }
        }
    }

    /// <summary>A file made since holds what is open, and was flushed when it was made.</summary>
    private bool IsOnDisk(SafeFileHandle handle, long end) => file is not null && (!ReferenceEquals(handle, file) || synced >= end);

    private void CloseFile()
    {
        file?.Dispose();
        file = null;
    }
}
