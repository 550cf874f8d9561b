using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Audit;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Storage.Tests.Audit;

/// <summary>What a store writes can be verified, and what was done to it behind the server's back is found.</summary>
public abstract class AuditChainContract : StoreContract
{
    private readonly List<AuditWitness> heard = [];

    [Fact]
    public async Task What_was_written_is_verified_whole()
    {
        await WriteTasks(30);
        var verdict = await Verify();
        Assert.Empty(verdict.Findings);
        Assert.Equal((90, 0, 0), (verdict.Rows, verdict.Removed, verdict.Withheld));
        Assert.InRange(verdict.Links, 3, 90);
    }

    [Fact]
    public async Task Notes_are_read_as_they_were_taken_the_newest_first()
    {
        AuditNote[] taken =
        [
            new(Sample.Noon, "first", "tok1", "192.0.2.1", Guid.NewGuid(), "more"), new(Sample.Noon, "second", "unknown", null, null, null),
        ];
        foreach (var (index, note) in taken.Index())
        {
            Store.Audit.AddNote(note);
            await Eventually.Is(async () => (await Store.Notes()).Count == index + 1, "it is written");
        }

        var read = await Store.Chains.ReadNotes(long.MaxValue, 10, default);

        Assert.Equal(taken.Reverse(), read.Select(numbered => numbered.Note));
        Assert.Equal(taken[0], Assert.Single(await Store.Chains.ReadNotes(read[0].Number, 10, default)).Note);
        Assert.Equal(taken[1], Assert.Single(await Store.Chains.ReadNotes(long.MaxValue, 1, default)).Note);
        Assert.Empty(await Store.Chains.ReadNotes(read[1].Number, 10, default));
    }

    [Fact]
    public async Task After_a_restart_and_after_a_kill_the_chain_goes_on()
    {
        await WriteTasks(2);
        await Hear();
        await Store.Reopen();
        await WriteTasks(2);
        await using var killed = await Store.AfterKill();
        var verdict = await Verify(killed);
        Assert.Empty(verdict.Findings);
        Assert.Equal(12, verdict.Rows);
    }

    [Fact]
    public async Task A_write_at_a_version_that_is_gone_leaves_no_gap()
    {
        var record = Sample.Queued();
        var etag = await Store.Tasks.Write(record);
        await Store.Tasks.Write(record.Started(), etag);
        var stale = Store.Tasks.Write(record.Started(), etag);
        var more = WriteTasks(5);
        await Assert.ThrowsAnyAsync<Exception>(() => stale);
        await more;
        var verdict = await Verify();
        Assert.Empty(verdict.Findings);
        Assert.Equal(17, verdict.Rows);
    }

    [Theory]
    [InlineData("UPDATE audit SET reason = 'other' WHERE version = 3", "version 3", "was changed")]
    [InlineData("UPDATE audit SET token_id = 'adm' WHERE version = 1", "version 1", "was changed")]
    [InlineData("UPDATE audit SET address = NULL WHERE version = 1", "version 1", "was changed")]
    [InlineData("UPDATE audit SET at = at + 1 WHERE version = 2", "version 2", "was changed")]
    [InlineData("DELETE FROM audit WHERE version = 2", "version 2", "was deleted")]
    [InlineData("DELETE FROM audit_links WHERE link = 2", "link 3 stands where link 2 should", "")]
    [InlineData("DELETE FROM audit_chains", "of which others had heard, is gone", "")]
    [InlineData("UPDATE audit_chains SET link = link - 1 WHERE link > 1", "the newest were cut off", "")]
    public async Task A_change_behind_the_servers_back_is_found(string sql, string what, string how)
    {
        for (var i = 0; i < 3; i++) await WriteTasks(1);
        await Hear();
        await Store.Execute(sql);
        var findings = (await Verify()).Findings;
        Assert.Contains(
            findings, finding => finding.Contains(what, StringComparison.Ordinal) && finding.Contains(how, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_go_with_their_task_are_no_finding_and_old_links_go_later()
    {
        var old = await WriteTasks(3);
        Store.Clock.Advance(TimeSpan.FromDays(8));
        await WriteTasks(1);
        await Hear();
        Assert.Equal(old.Length, await Store.SweepOnce());
        var verdict = await Verify();
        Assert.Empty(verdict.Findings);
        Assert.Equal((3, 9), (verdict.Rows, verdict.Removed));

        Store.Clock.Advance(TimeSpan.FromDays(7));
        await WriteTasks(1);
        await Store.SweepOnce();
        verdict = await Verify();
        Assert.Empty(verdict.Findings);
        Assert.Contains(await Store.Chains.ReadChains(default), chain => chain.View.Start > 0);
    }

    [Fact]
    public async Task Rows_of_another_tenant_are_counted_and_not_shown()
    {
        await WriteTasks(2);
        var verdict = await Verify(tenant: "elsewhere");
        Assert.Empty(verdict.Findings);
        Assert.Equal((0, 6), (verdict.Rows, verdict.Withheld));
    }

    private async Task<Guid[]> WriteTasks(int count)
    {
        var records = Enumerable.Range(0, count).Select(_ => Sample.Queued()).ToArray();
        await Task.WhenAll(records.Select(async record =>
        {
            var etag = await Store.Tasks.Write(record);
            etag = await Store.Tasks.Write(record.Started(), etag);
            var ended = record.Started().Ended(TaskState.Failed, Store.Clock.GetUtcNow()) with { Reason = "exit-code" };
            await Store.Tasks.Write(ended, etag);
        }));
        return [.. records.Select(record => record.Id)];
    }

    /// <summary>Somebody else hears where the chains end.</summary>
    private async Task Hear() => heard.AddRange(
        (await Store.Chains.ReadChains(default)).Select(chain => new AuditWitness(chain.View.Chain, chain.View.Link, chain.View.Hash)));

    private async Task<AuditVerdict> Verify(IStoreFixture? store = null, string tenant = "default")
    {
        var chains = (store ?? Store).Chains;
        var known = await chains.ReadChains(default);
        var (verifier, exporter) = (new AuditVerifier(known.Select(chain => chain.View), heard), new AuditExporter(chains));
        foreach (var chain in known)
        {
            var after = chain.View.Start;
            while (await exporter.ReadLinks(tenant, chain.View.Chain, after, 7, default) is { Count: > 0 } page)
            {
                foreach (var link in page) verifier.CheckLink(link);
                after = page[^1].Link;
            }
        }
        return verifier.Conclude();
    }
}
