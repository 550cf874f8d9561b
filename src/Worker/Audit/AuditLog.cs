using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Audit;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Audit;

/// <summary>
/// The owner's record of what ran here: JSON lines, each with the hash of the one before. It is no journal: the daemon never reads it to
/// recover. Rows of what ran are not flushed to the disk, so a power cut can lose the newest ones; the next daemon writes a row that says
/// so.
/// </summary>
internal sealed class AuditLog : IDisposable
{
    public const long FileSize = 8L << 20;
    /// <summary>The newest files that are kept: 64 MiB, some 250,000 rows.</summary>
    public const int FilesKept = 8;
    private const string High = "high";
    private readonly Lock gate = new();
    private readonly string folder;
    private readonly AuditFiles files;
    private readonly TimeProvider clock;
    private readonly WorkerLog log;
    private readonly long fileSize;
    private FileStream? rows;
    private FileStream? head;
    private long number;
    private long written;
    private ChainEnd end;
    private ChainEnd? gap;
    // Replaced as a whole: heartbeats read it without waiting for a row that is being written.
    private volatile PublishedEnd? published;
    private bool failed;

    /// <summary>The file is opened with the first row.</summary>
    public AuditLog(string folder, TimeProvider clock, WorkerLog log, long fileSize = FileSize) =>
        (this.folder, files, this.clock, this.log, this.fileSize) = (folder, new AuditFiles(folder), clock, log, fileSize);

    /// <summary>The owner's policy was asked.</summary>
    public void RecordVerdict(Offer offer, string digest, string outcome, string? rule) =>
        AddRow(CreateRow("judged") with
        {
            Attempt = offer.AttemptId,
            Kind = offer.Kind,
            Digest = digest,
            Outcome = outcome,
            Rule = EmptyToNull(rule),
            Level = SignatureReasons.IsAboutSignature(rule) ? High : null,
        });

    /// <summary>It runs although <c>signatures: require</c> would have rejected it.</summary>
    public void RecordSignature(Offer offer, string rule) => AddRow(CreateRow("signature") with
    {
        Attempt = offer.AttemptId,
        Kind = offer.Kind,
        Outcome = "warned",
        Rule = rule,
        Level = rule == SignatureReasons.Missing ? null : High,
    });

    /// <summary>An approval was asked for, given, rejected or ran out.</summary>
    public void RecordApproval(Offer offer, string digest, string outcome, string? rule, string? by) => AddRow(CreateRow("approval") with
    {
        Attempt = offer.AttemptId,
        Kind = offer.Kind,
        Digest = digest,
        Outcome = outcome,
        Rule = EmptyToNull(rule),
        By = by,
    });

    /// <summary>A yes came through the gateway that does not count.</summary>
    public void RecordRefusedYes(Offer offer, string digest, string rule, string reason) => AddRow(CreateRow("approval") with
    {
        Attempt = offer.AttemptId,
        Kind = offer.Kind,
        Digest = digest,
        Outcome = "not-counted",
        Rule = rule,
        Reason = reason,
        By = "gateway",
        Level = reason == SignatureReasons.Missing ? null : High,
    });

    /// <summary>A rule that a signed yes from elsewhere lets stand for a while.</summary>
    public void RecordRemoteRule(TemporaryApproval rule, DateTimeOffset end) => AddRow(CreateRow("rule") with
    {
        Rule = rule.Rule,
        Kind = rule.Kind,
        Outcome = $"until {end.UtcDateTime:O}",
        By = "gateway",
    });

    /// <summary>The server committed the start; the executor is next.</summary>
    public void RecordStart(Offer offer, string digest) =>
        AddRow(CreateRow("start") with { Attempt = offer.AttemptId, Kind = offer.Kind, Digest = digest });

    /// <summary>How it ended; null: another attempt has taken its place.</summary>
    public void RecordEnd(Offer offer, AttemptResult? result) => AddRow(CreateRow("end") with
    {
        Attempt = offer.AttemptId,
        Kind = offer.Kind,
        Outcome = result?.Outcome ?? "superseded",
        Reason = result?.Reason,
        Level = SignatureReasons.IsAboutSignature(result?.Reason) ? High : null,
        ExitCode = result?.ExitCode,
        Signal = result?.Signal,
        DurationMs = result?.Duration,
    });

    /// <summary>
    /// Where the chains of the server's own audit end, as it says. On the disk when it returns: whoever cuts them off later is found out by
    /// it. <paramref name="behind"/>: one of them ended further on before.
    /// </summary>
    public void RecordServerHeads(string server, AuditChainHead[] heads, bool behind) => RunGuarded(() =>
    {
        if (rows is null) OpenChain();
        WriteRow(CreateRow(AuditReader.ServerRow) with
        {
            Server = server,
            Heads = heads,
            Outcome = behind ? "behind" : null,
            Level = behind ? High : null,
        });
        rows!.Flush(flushToDisk: true);
    });

    /// <summary>What the owner did: pause, resume, rule, revoke.</summary>
    public void RecordOwnerAction(string what, string? rule = null, string? kind = null, string? outcome = null) =>
        AddRow(CreateRow(what) with { Rule = rule, Kind = kind, Outcome = outcome, By = "owner" });

    /// <summary>An order of the owner's was given by somebody else, and not followed.</summary>
    public void RecordRejectedCommand(string command, string by) => AddRow(CreateRow("refused") with { Outcome = command, By = by });

    /// <summary>Where it is on the disk.</summary>
    public string Folder => folder;

    /// <summary>Where it ends, as far as it was read or written; null: it has no row.</summary>
    public ChainEnd? Head => published?.End;

    /// <summary>Reads the end of an existing log; creates none.</summary>
    public void LoadHead() => RunGuarded(() =>
    {
        if (rows is null && files.Paths.Count > 0) OpenChain();
    });

    /// <summary>
    /// Writes a row about rows that a server knows of and that are missing here: cut off together with the head file, rewritten, or lost
    /// with a home that was restored from a backup. Once by each daemon: afterwards the server is told the new end.
    /// </summary>
    public void CompareWithServer(ChainEnd reported) => RunGuarded(() =>
    {
        if (reported.Seq == 0) return;
        if (rows is null) OpenChain();
        if (gap is { } known && known.Seq >= reported.Seq || AuditReader.ContainsRow(files, end, reported)) return;
        var lost = Math.Max(1, reported.Seq - end.Seq);
        gap = reported;
        log.AuditGap(lost, reported.Seq);
        WriteRow(CreateRow("gap") with { Lost = lost, Heard = AuditReader.FormatRow(reported), By = "server" });
    });

    /// <summary>Notes in the folder that a server knows of the log up to here.</summary>
    public void SaveReportedHead(ChainEnd head) => new ReportedHead(head.Seq, head.Hash, clock.GetUtcNow()).SaveTo(folder);

    public void Dispose()
    {
        lock (gate)
        {
            rows?.Dispose();
            head?.Dispose();
            (rows, head) = (null, null);
        }
    }

    private static string? EmptyToNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private AuditRow CreateRow(string what) => new() { Seq = 0, At = clock.GetUtcNow(), What = what, Prev = "" };

    private void AddRow(AuditRow row) => RunGuarded(() =>
    {
        if (rows is null) OpenChain();
        WriteRow(row);
    });

    /// <summary>A log that can't be written holds up no task: the error is logged once, and the next row tries again.</summary>
    private void RunGuarded(Action work)
    {
        lock (gate)
        {
            try
            {
                work();
                failed = false;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                rows?.Dispose();
                head?.Dispose();
                (rows, head) = (null, null);
                ReportError(error);
            }
        }
    }

    private void WriteRow(AuditRow row)
    {
        if (written >= fileSize) OpenFile(number + 1);
        var line = JsonSerializer.SerializeToUtf8Bytes(row with { Seq = end.Seq + 1, Prev = end.Hash }, AuditJson.Default.AuditRow);
        rows!.Write([.. line, (byte)'\n']);
        written += line.Length + 1;
        end = new ChainEnd(end.Seq + 1, ChainEnd.ComputeHash(line));
        head!.Position = 0;
        head.Write(AuditFiles.FormatHead(end));
        published = new PublishedEnd(end);
    }

    private void OpenChain()
    {
        CreateFolder(Path.GetDirectoryName(files.HeadPath)!);
        var known = files.ReadHead();
        var paths = files.Paths;
        number = paths.Count == 0 ? 1 : AuditFiles.ParseFileNumber(paths[^1]);
        end = FindEnd(paths);
        head = OpenStream(files.HeadPath, FileMode.OpenOrCreate);
        OpenFile(number);
        published = end == ChainEnd.Start ? null : new PublishedEnd(end);
        // The head file names a later row than the last one here: rows were cut off, or a power cut lost them; nobody can tell which.
        // The row about it stays in the log for good.
        if (known is not { } was || was.Seq <= end.Seq) return;
        gap = was;
        log.AuditGap(was.Seq - end.Seq, was.Seq);
        WriteRow(CreateRow("gap") with { Lost = was.Seq - end.Seq });
    }

    /// <summary>Behind the last whole line; a torn one is cut off, so that the next row is a line of its own.</summary>
    private ChainEnd FindEnd(IReadOnlyList<string> paths)
    {
        foreach (var path in paths.Reverse())
        {
            var (line, length) = AuditFiles.ReadTail(path);
            if (length < new FileInfo(path).Length) CutTornLine(path, length);
            if (line is not null) return new ChainEnd(AuditReader.ParseRow(line)?.Seq ?? 0, ChainEnd.ComputeHash(line));
        }
        return files.ReadStart().End;
    }

    private static void CutTornLine(string path, long length)
    {
        using var torn = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        torn.SetLength(length);
    }

    private void OpenFile(long next)
    {
        rows?.Dispose();
        number = next;
        rows = OpenStream(files.GetPath(number), FileMode.Append);
        written = rows.Length;
        files.KeepNewest(FilesKept);
    }

    private static FileStream OpenStream(string path, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void ReportError(Exception error)
    {
        if (!failed) log.NoAudit(error);
        failed = true;
    }

    private sealed record PublishedEnd(ChainEnd End);
}
