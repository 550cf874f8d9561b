using OpenClaw.Cli.Audit;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Cli.Tests.Audit;

public sealed class WorkerLogsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The chains have rows 12 and 40 of pc-1, the later one last or first.</summary>
    [Theory]
    [InlineData(41, "other", null)]
    [InlineData(40, "hash40", null)]
    [InlineData(40, "other", "says that it ends at row 40 other: it has forgotten")]
    [InlineData(39, "other", "says that it ends at row 39 other: it has forgotten")]
    [InlineData(12, "hash12", "says that it ends at row 12 hash12: it has forgotten")]
    [InlineData(null, "", "says nothing of where that log ends: it has forgotten")]
    public void What_the_server_has_forgotten_is_found(int? rows, string hash, string? finding)
    {
        foreach (var order in new[] { new[] { 12, 40 }, [40, 12] })
        {
            var logs = new WorkerLogs();
            foreach (var row in order) logs.TakeNotes(CreateLink("default/pc-1", row));
            logs.TakeNotes(CreateLink("elsewhere/pc-1", 90));
            var found = logs.FindForgotten([CreateWorker("pc-1", rows, hash), CreateWorker("pc-2", null, "")]);
            if (finding is null) Assert.Empty(found);
            else Assert.Contains(finding, Assert.Single(found), StringComparison.Ordinal);
        }
    }

    private static AuditLinkView CreateLink(string worker, int row) => new()
    {
        Chain = "c", Link = 1, Kind = "written", Hash = "",
        Entries =
        [
            new AuditEntryView
            {
                Number = -row, Version = 1,
                Note = new AuditNoteView
                {
                    Number = row, At = Noon.AddMinutes(row), What = AuditNoteView.WorkerLog, TokenId = "worker/" + worker,
                    Detail = $"row {row} hash{row}",
                },
            },
        ],
    };

    private static WorkerView CreateWorker(string name, int? rows, string hash) => new()
    {
        Name = name, Status = "online", Labels = [], Kinds = [], Running = [],
        AuditLog = rows is { } known ? new KnownAuditHead(known, hash, 0) : null,
    };
}
