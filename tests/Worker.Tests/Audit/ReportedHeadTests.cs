using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Workers;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Audit;

/// <summary>Rows that are gone together with all that tells of them here: the server had heard of them.</summary>
public sealed class ReportedHeadTests : IDisposable
{
    private readonly TemporaryFolder home = new();
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider clock = new();

    private string Folder => home.File("audit");

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData(20, 8, 12)]
    [InlineData(20, 0, 20)]
    public void Rows_cut_off_together_with_the_head_are_told_by_a_row(int rows, int left, long lost)
    {
        var reported = Fill(rows);
        if (left == 0) Directory.Delete(Folder, recursive: true);
        else Cut(left);
        Assert.Equal(left, AuditReader.Verify(Folder).Rows);

        Meet(reported);

        var gap = Assert.Single(AuditReader.ReadLast(Folder, 99), row => row.What == "gap");
        Assert.Equal((left + 1, lost, "server", $"{rows} {reported.Hash}"), (gap.Seq, gap.Lost, gap.By, gap.Heard));
        Assert.Contains("THE AUDIT LOG HAS A GAP", output.ToString(), StringComparison.Ordinal);
        Assert.Equal((null, lost), (AuditReader.Verify(Folder).Error, AuditReader.Verify(Folder).Lost));
    }

    [Fact]
    public void A_log_written_anew_with_hashes_that_fit_is_told_too()
    {
        var reported = Fill(5);
        Directory.Delete(Folder, recursive: true);
        Fill(9, "resume");
        Meet(reported);
        Assert.Equal(1, Assert.Single(AuditReader.ReadLast(Folder, 99), row => row.What == "gap").Lost);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(600)]
    public void What_the_server_had_heard_and_is_here_is_told_by_nothing_however_much_came_since(int since)
    {
        var reported = Fill(7);
        Fill(since, fileSize: 900);
        Meet(reported);
        Meet(new AuditHead(0, new string('0', 64)));
        Assert.DoesNotContain(AuditReader.ReadLast(Folder, 9999), row => row.What == "gap");
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void A_server_that_says_nothing_and_a_log_without_rows_make_no_file()
    {
        using var log = Open();
        var report = new AuditHeadReporter(log);
        report.BeginSession(null);
        Assert.Null(report.FindUnreported());
        report.BeginSession(new AuditHead(0, new string('0', 64)));
        Assert.Null(report.FindUnreported());
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task One_gap_is_told_once_by_a_daemon_and_the_new_end_is_what_the_server_hears_next()
    {
        var reported = Fill(6);
        Cut(2);
        using var log = Open();
        var report = new AuditHeadReporter(log);
        report.BeginSession(reported);
        report.BeginSession(reported);
        var next = report.FindUnreported()!;
        Assert.Equal(3, next.Rows);
        await report.MarkReported(next);
        Assert.Null(report.FindUnreported());
        Assert.Equal(3, ReportedHead.LoadFrom(Folder)!.Rows);
        Assert.Equal(1, AuditReader.Verify(Folder).Rows - 2);
    }

    [Fact]
    public void The_check_without_a_daemon_knows_what_a_server_had_heard()
    {
        var reported = Fill(10);
        using (var log = Open())
            log.SaveReportedHead(new ChainEnd(reported.Rows, reported.Hash));
        Assert.Null(AuditReader.Verify(Folder).Error);
        Fill(2);
        Assert.Equal((12, null, 10),
            (AuditReader.Verify(Folder).Rows, AuditReader.Verify(Folder).Error, AuditReader.Verify(Folder).Reported!.Rows));
        Cut(9);
        Assert.Contains("a server had heard of row 10", AuditReader.Verify(Folder).Error, StringComparison.Ordinal);
        Directory.Delete(Folder, recursive: true);
        Assert.Contains("a server had heard of row 10", AuditReader.Verify(Folder).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_whose_audit_folder_was_removed_says_so_and_history_does()
    {
        await using var worker = await WorkerHarness.Start(g => g.HeartbeatEvery = 100);
        await worker.Gateway.Ended(worker.Gateway.Command("true"));
        await worker.Gateway.Until(g => g.AuditHeads.Count > 0 && g.AuditHead!.Rows >= 3, "the server hears of its rows");
        await worker.Stop();
        var (rows, folder) = (worker.Gateway.AuditHead!.Rows, Path.Combine(worker.Home, "audit"));
        var terminal = new TypedTerminal();
        Assert.Equal(0, await terminal.Type("history", "--verify", "--home", worker.Home));
        Assert.Contains($"the server had heard of row {rows} at", terminal.Out, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
        File.Delete(folder + "-heard");
        Assert.Equal(0, await terminal.Type("history", "--verify", "--home", worker.Home));
        Assert.Contains("no server has heard of this log", terminal.Out, StringComparison.Ordinal);

        worker.Go();
        await worker.Gateway.Until(g => g.AuditHead!.Rows == 1, "the new end is told");
        await worker.Stop();

        Assert.Contains($"{rows} rows up to row {rows} are not there any more", worker.Log, StringComparison.Ordinal);
        Assert.Equal(1, await terminal.Type("history", "--verify", "--home", worker.Home));
        Assert.Contains($"{rows} rows were lost", terminal.Out, StringComparison.Ordinal);
    }

    private AuditHead Fill(int rows, string what = "pause", long fileSize = AuditLog.FileSize)
    {
        using var log = Open(fileSize);
        for (var i = 0; i < rows; i++) log.RecordOwnerAction(what);
        log.LoadHead();
        return log.Head is { } end ? new AuditHead(end.Seq, end.Hash) : new AuditHead(0, "");
    }

    /// <summary>As somebody does who knows of the file head.</summary>
    private void Cut(int left)
    {
        var path = Path.Combine(Folder, "audit-000001.jsonl");
        var lines = File.ReadAllLines(path)[..left];
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        var end = new ChainEnd(left, ChainEnd.ComputeHash(System.Text.Encoding.UTF8.GetBytes(lines[^1])));
        File.WriteAllBytes(Path.Combine(Folder, "head"), AuditFiles.FormatHead(end));
    }

    private void Meet(AuditHead reported)
    {
        using var log = Open();
        new AuditHeadReporter(log).BeginSession(reported);
    }

    private AuditLog Open(long fileSize = AuditLog.FileSize) => new(Folder, clock, new WorkerLog(output, clock), fileSize);
}
