using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Tests.Approvals;

namespace OpenClaw.Worker.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private const string Digest = "d1";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-audit-");
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void It_tells_what_ran_how_it_ended_and_nothing_of_what_was_in_it()
    {
        var offer = WorkDigestTests.Offer("""{"command":"echo secret-word","env":{"API_KEY":"secret-value"}}""");
        using (var log = Open())
        {
            log.RecordVerdict(offer, Digest, "needs-approval", "commands.ask[0]");
            log.RecordApproval(offer, Digest, "approved", "commands.ask[0]", "owner");
            log.RecordStart(offer, Digest);
            log.RecordEnd(offer,
                new AttemptResult
                {
                    Session = "s", Outcome = "failed", Reason = "exit-code", ExitCode = 3, Duration = 1500,
                    Error = "secret-error"
                });
        }

        var rows = AuditReader.ReadLast(folder.FullName, 10);

        Assert.Equal(["judged", "approval", "start", "end"], rows.Select(row => row.What));
        Assert.Equal([1, 2, 3, 4], rows.Select(row => row.Seq));
        Assert.All(rows, row => Assert.Equal(("t.1", "command", clock.GetUtcNow()), (row.Attempt, row.Kind, row.At)));
        Assert.Equal(("failed", "exit-code", 3, 1500L), (rows[3].Outcome, rows[3].Reason, rows[3].ExitCode, rows[3].DurationMs));
        Assert.DoesNotContain("secret", string.Join("", Files().Select(File.ReadAllText)), StringComparison.Ordinal);
        Assert.Equal(new Verification(4, null, 0), AuditReader.Verify(folder.FullName));
    }

    [Fact]
    public void The_chain_goes_on_over_restarts_and_from_file_to_file()
    {
        for (var i = 0; i < 5; i++)
        {
            using var log = Open(fileSize: 600);
            for (var j = 0; j < 4; j++) log.RecordOwnerAction("pause");
        }

        Assert.True(Files().Length > 3, $"{Files().Length} files");
        Assert.Equal(new Verification(20, null, 0), AuditReader.Verify(folder.FullName));
        Assert.Equal([18, 19, 20], AuditReader.ReadLast(folder.FullName, 3).Select(row => row.Seq));
        Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), AuditReader.ReadLast(folder.FullName, 99).Select(row => row.Seq));
    }

    [Fact]
    public void The_oldest_files_go_and_what_is_kept_is_still_proved()
    {
        using (var log = Open(fileSize: 600))
            for (var row = 0; row < 60; row++) log.RecordOwnerAction("pause");
        Assert.Equal(AuditLog.FilesKept, Files().Length);
        var found = AuditReader.Verify(folder.FullName);
        Assert.True(found is { Rows: 60, Error: null, Lost: 0, Removed: > 0 }, found.ToString());
        Assert.Equal(found.Removed + 1, AuditReader.ReadLast(folder.FullName, 99)[0].Seq);
        using (var again = Open(fileSize: 600)) again.RecordOwnerAction("resume");
        Assert.Equal(61, AuditReader.Verify(folder.FullName).Rows);
        // Whoever removes a further file and says that it was too old has to know a row whose hash the next one holds.
        File.Delete(Files()[0]);
        Assert.NotNull(AuditReader.Verify(folder.FullName).Error);
        var start = Path.Combine(folder.FullName, "start");
        var words = File.ReadAllText(start).Split(' ');
        File.WriteAllText(start, $"{words[0]} {words[1]} {int.Parse(words[2], null) + 1}\n");
        Assert.NotNull(AuditReader.Verify(folder.FullName).Error);
    }

    [Fact]
    public void What_a_server_had_heard_of_a_row_that_is_no_longer_kept_is_no_gap()
    {
        using var log = Open(fileSize: 600);
        for (var row = 0; row < 60; row++) log.RecordOwnerAction("pause");
        log.CompareWithServer(new ChainEnd(2, new string('a', 64)));
        Assert.Equal(60, AuditReader.Verify(folder.FullName).Rows);
        log.CompareWithServer(new ChainEnd(59, new string('a', 64)));
        Assert.Equal("gap", AuditReader.ReadLast(folder.FullName, 1)[0].What);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void A_deleted_row_is_found(int index) => Spoiled(lines => lines.RemoveAt(index));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void An_edited_row_is_found(int index) =>
        Spoiled(lines => lines[index] = lines[index].Replace("\"pause\"", "\"resume\"", StringComparison.Ordinal));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 7)]
    [InlineData(8, 9)]
    public void Rows_in_another_order_are_found(int one, int other) =>
        Spoiled(lines => (lines[one], lines[other]) = (lines[other], lines[one]));

    [Fact]
    public void A_row_that_was_put_in_is_found() => Spoiled(lines => lines.Insert(5, lines[5]));

    [Fact]
    public void A_row_that_is_none_is_found() => Spoiled(lines => lines[5] = "{}");

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Rows_cut_off_the_end_are_found(int count) => Spoiled(lines => lines.RemoveRange(10 - count, count));

    [Fact]
    public void A_torn_row_in_the_middle_is_found() => Spoiled(lines => lines[5] = lines[5][..20]);

    [Fact]
    public void A_missing_file_is_found_whichever_it_is()
    {
        foreach (var gone in new[] { 0, 1, 2 })
        {
            foreach (var path in Directory.GetFiles(folder.FullName)) File.Delete(path);
            using (var log = Open(fileSize: 300))
                for (var i = 0; i < 6; i++) log.RecordOwnerAction("pause");
            Assert.Null(AuditReader.Verify(folder.FullName).Error);
            File.Delete(Files()[gone == 2 ? ^1 : gone]);
            Assert.NotNull(AuditReader.Verify(folder.FullName).Error);
        }
    }

    [Fact]
    public void A_missing_head_is_found()
    {
        Fill(3);
        File.Delete(Path.Combine(folder.FullName, "head"));
        Assert.Contains("head", AuditReader.Verify(folder.FullName).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_cut_off_before_a_restart_are_told_for_good()
    {
        Fill(10);
        File.WriteAllLines(Files().Single(), File.ReadAllLines(Files().Single())[..7]);
        Fill(2);

        Assert.Equal(new Verification(10, null, 3), AuditReader.Verify(folder.FullName));
        Assert.Equal(("gap", 3L), AuditReader.ReadLast(folder.FullName, 3) is [var gap, _, _] ? (gap.What, gap.Lost ?? 0) : default);
    }

    [Fact]
    public void A_row_that_was_half_written_when_the_daemon_died_is_cut_off_and_the_chain_goes_on()
    {
        Fill(3);
        File.AppendAllText(Files().Single(), """{"seq":4,"at":"20""");
        Assert.Null(AuditReader.Verify(folder.FullName).Error);
        Fill(2);
        Assert.Equal(new Verification(5, null, 0), AuditReader.Verify(folder.FullName));
    }

    [Fact]
    public void A_daemon_that_died_between_the_row_and_the_head_left_a_whole_chain()
    {
        Fill(3);
        var head = File.ReadAllBytes(Path.Combine(folder.FullName, "head"));
        Fill(1);
        File.WriteAllBytes(Path.Combine(folder.FullName, "head"), head);
        Assert.Equal(new Verification(4, null, 0), AuditReader.Verify(folder.FullName));
        Fill(1);
        Assert.Equal(new Verification(5, null, 0), AuditReader.Verify(folder.FullName));
    }

    [Fact]
    public void A_log_that_can_not_be_written_holds_up_nobody_and_says_so_once()
    {
        var path = Path.Combine(folder.FullName, "no-folder");
        File.WriteAllText(path, "a file is in the way");
        using var log = new AuditLog(path, clock, new WorkerLog(output, clock));
        log.RecordOwnerAction("pause");
        log.RecordOwnerAction("pause");
        Assert.Single(output.ToString().Split("audit log can't be written")[1..]);
        File.Delete(path);
        log.RecordOwnerAction("pause");
        Assert.Equal(new Verification(1, null, 0), AuditReader.Verify(path));
    }

    [Fact]
    public void Only_its_owner_may_read_it()
    {
        Fill(1);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Files().Single()));
    }

    [Fact]
    public void Where_nothing_ever_ran_there_is_nothing_wrong() =>
        Assert.Equal(new Verification(0, null, 0), AuditReader.Verify(Path.Combine(folder.FullName, "absent")));

    private void Spoiled(Action<List<string>> spoil)
    {
        Fill(10);
        Assert.Null(AuditReader.Verify(folder.FullName).Error);
        var lines = File.ReadAllLines(Files().Single()).ToList();
        spoil(lines);
        File.WriteAllLines(Files().Single(), lines);
        Assert.NotNull(AuditReader.Verify(folder.FullName).Error);
    }

    private void Fill(int rows)
    {
        using var log = Open();
        for (var i = 0; i < rows; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            log.RecordOwnerAction("pause");
        }
    }

    private AuditLog Open(long fileSize = AuditLog.FileSize) => new(folder.FullName, clock, new WorkerLog(output, clock), fileSize);

    private string[] Files() => [.. Directory.GetFiles(folder.FullName, "audit-*").Order(StringComparer.Ordinal)];
}
