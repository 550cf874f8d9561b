using OpenClaw.Protocol.Audit;

namespace OpenClaw.Protocol.Tests.Audit;

public sealed class AuditFileTests
{
    private static readonly string Zeros = new('0', 64);

    [Fact]
    public async Task An_export_is_read_line_by_line_as_it_was_written()
    {
        var hash = Convert.ToHexStringLower(AuditDigest.ComputeLink(AuditDigest.Start, AuditLinkKind.Removed, 1, [0, 0, 0, 0, 0, 0, 0, 7]));
        var link = new AuditLinkView
        {
            Chain = "c", Link = 1, Kind = "removed", Hash = hash, Entries = [new AuditEntryView { Number = 7 }],
        };
        var known = new AuditChainList([new AuditChainView("c", 0, Zeros, 1, hash)]);
        var lines = AuditFile.FormatChains(known) + "\n" + AuditFile.FormatLink(link);
        var verdict = await AuditFile.Verify(new StringReader(lines), [new AuditWitness("c", 1, hash)]);
        Assert.Empty(verdict.Findings);
        Assert.Equal(1, verdict.Links);
        Assert.Single((await AuditFile.Verify(new StringReader(lines), [new AuditWitness("c", 2, hash)])).Findings);
    }

    [Fact]
    public async Task Ages_count_from_the_time_that_the_export_says()
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var known = new AuditChainList([new AuditChainView("c", 3, Zeros, 3, Zeros)]) { At = at };
        var lines = AuditFile.FormatChains(known);
        var heard = new AuditWitness("c", 2, Zeros) { At = at.AddDays(-10) };
        foreach (var (years, findings) in new[] { (0, 1), (5, 0) })
        {
            var verdict = await AuditFile.Verify(
                new StringReader(lines), [heard], list => AuditKept.FromTime(list.At!.Value.AddYears(years), TimeSpan.FromDays(7)));
            Assert.Equal(findings, verdict.Findings.Count);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{\"chains\":null}")]
    [InlineData("{\"chains\":[]}\n{\"chain\":1}")]
    [InlineData("{\"chains\":[]}\nnull")]
    public async Task What_is_no_export_is_a_finding(string text) =>
        Assert.NotEmpty((await AuditFile.Verify(new StringReader(text), [])).Findings);
}
