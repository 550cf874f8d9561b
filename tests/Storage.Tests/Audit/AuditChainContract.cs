using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Audit;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Storage.Tests.Audit;

/// <summary>What a store writes can be verified, and what was done to it behind the server's back is found.</summary>
public abstract class AuditChainContract : StoreContract
{
    private readonly List<AuditWitness> heard = [];

    /// <summary>Read when the store is used first.</summary>
    private TimeSpan KeepAudit { get; set; }

    protected override void Configure(StorageOptions options) => options.KeepAudit = KeepAudit;

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
    public async Task Notes_are_verified_whole_and_go_when_their_time_is_over()
    {
        for (var i = 0; i < 3; i++) await TakeNote($"note-{i}");
        Assert.Equal((3, 0), await CountNotes());
        Store.Clock.Advance(TimeSpan.FromDays(8));
        await TakeNote("young");
        await Store.SweepOnce();
        Assert.Equal(["young"], await Store.Notes());
        Assert.Equal((1, 3), await CountNotes());

        async Task<(long, long)> CountNotes()
        {
            var verdict = await Verify();
            Assert.Empty(verdict.Findings);
            return (verdict.Notes, verdict.NotesRemoved);
        }
    }

    [Fact]
    public async Task Audit_that_is_kept_longer_than_tasks_is_verified_when_they_are_gone()
    {
        KeepAudit = TimeSpan.FromDays(30);
        await WriteTasks(2);
        await TakeNote("old");
        Store.Clock.Advance(TimeSpan.FromDays(8));
        await WriteTasks(1);
        Assert.Equal(2, await Store.SweepOnce());
        var verdict = await Verify(kept: 30);
        Assert.Empty(verdict.Findings);
        Assert.Equal((9, 0, 1, 0), (verdict.Rows, verdict.Removed, verdict.Notes, verdict.NotesRemoved));
        Assert.Equal((0, 9), await CountOfOthers());

        Store.Clock.Advance(TimeSpan.FromDays(23));
        await WriteTasks(1);
        await Store.SweepOnce();
        verdict = await Verify(kept: 30);
        Assert.Empty(verdict.Findings);
        Assert.Equal((6, 6, 0, 1), (verdict.Rows, verdict.Removed, verdict.Notes, verdict.NotesRemoved));
        await Store.Execute("DELETE FROM audit WHERE version = 2");
        Assert.Equal(2, (await Verify(kept: 30)).Findings.Count);

        async Task<(long, long)> CountOfOthers()
        {
            var others = await Verify(tenant: "elsewhere", kept: 30);
            return (others.Rows, others.Withheld);
        }
    }

    [Fact]
    public async Task What_is_new_is_not_taken_for_what_is_gone()
    {
        await WriteTasks(2);
        await TakeNote("old");
        Store.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(2, await Store.SweepOnce());
        Assert.Empty(await Store.Notes());

        await WriteTasks(1);
        await TakeNote("new");

        var verdict = await Verify();
        Assert.Empty(verdict.Findings);
        Assert.Equal((3, 6, 1, 1), (verdict.Rows, verdict.Removed, verdict.Notes, verdict.NotesRemoved));
    }

    /// <summary>An older command can't judge what is new. It counts it, and finds nothing wrong.</summary>
    [Fact]
    public async Task Who_knows_the_first_format_alone_is_shown_the_place_of_what_is_newer()
    {
        await WriteTasks(1);
        await TakeNote("note");
        var verdict = await Verify(format: AuditDigest.FirstFormat);
        Assert.Empty(verdict.Findings);
        Assert.Equal((0, 0, 4), (verdict.Rows, verdict.Notes, verdict.Withheld));
    }

    /// <summary>Its payload, when it was large, and its output are dropped for room; the digests stay.</summary>
    [Fact]
    public async Task A_payload_that_is_not_kept_any_more_is_no_finding()
    {
        await WriteTasks(1);
        await Store.Execute("UPDATE task_specs SET payload = substr(payload, 1, 0)");
        Assert.Empty((await Verify()).Findings);
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
    [InlineData("UPDATE audit SET payload_digest = NULL WHERE version = 1", "version 1", "was changed")]
    [InlineData("UPDATE audit SET exit_code = 0 WHERE version = 3", "version 3", "was changed")]
    [InlineData("UPDATE audit SET outcome_digest = NULL WHERE version = 3", "version 3", "was changed")]
    [InlineData("UPDATE audit SET format = 1, payload_digest = NULL WHERE version = 1", "version 1", "was changed")]
    [InlineData("UPDATE audit SET format = 1 WHERE version = 2", "version 2", "was changed")]
    [InlineData("UPDATE audit SET format = 3 WHERE version = 2", "version 2", "is of format 3")]
    [InlineData("UPDATE task_specs SET payload = (SELECT hash FROM audit_links LIMIT 1)", "version 1", "the payload that is stored is not")]
    [InlineData("UPDATE tasks SET kind = 'other'", "version 1", "the payload that is stored is not")]
    [InlineData("UPDATE tasks SET outcome = (SELECT hash FROM audit_links LIMIT 1)", "version 3", "the result that is stored is not")]
    [InlineData("DELETE FROM audit_notes WHERE seq = 2", "note 2 of 2026-03-", "was deleted")]
    [InlineData("UPDATE audit_notes SET what = 'token-made' WHERE seq = 2", "note 2 of 2026-03-", "was changed")]
    [InlineData("UPDATE audit_notes SET token_id = 'adm' WHERE seq = 3", "note 3 of 2026-03-", "was changed")]
    [InlineData("UPDATE audit_notes SET detail = 'other' WHERE seq = 1", "note 1 of 2026-03-", "was changed")]
    [InlineData("UPDATE audit_notes SET at = at + 1 WHERE seq = 1", "note 1 of 2026-03-", "was changed")]
    [InlineData("UPDATE audit_notes SET address = NULL WHERE seq = 1", "note 1 of 2026-03-", "was changed")]
    [InlineData("UPDATE audit_notes SET task = NULL WHERE seq = 1", "note 1 of 2026-03-", "was changed")]
    [InlineData("DELETE FROM audit WHERE version = 2", "version 2", "was deleted")]
    [InlineData("DELETE FROM audit_links WHERE link = 2", "link 3 stands where link 2 should", "")]
    [InlineData("DELETE FROM audit_chains", "of which others had heard, is gone", "")]
    [InlineData("UPDATE audit_chains SET link = link - 1 WHERE link > 1", "the newest were cut off", "")]
    public async Task A_change_behind_the_servers_back_is_found(string sql, string what, string how)
    {
        for (var i = 0; i < 3; i++)
        {
            await WriteTasks(1);
            await TakeNote($"note-{i}");
        }
        Assert.Empty((await Verify()).Findings);
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
            var ended = record.Started().Reported(Store.Clock.GetUtcNow());
            await Store.Tasks.Write(ended, etag);
        }));
        return [.. records.Select(record => record.Id)];
    }

    /// <summary>Somebody else hears where the chains end.</summary>
    private async Task Hear() => heard.AddRange(
        (await Store.Chains.ReadChains(default)).Select(chain => new AuditWitness(chain.View.Chain, chain.View.Link, chain.View.Hash)));

    private async Task TakeNote(string what)
    {
        var count = (await Store.Notes()).Count;
        Store.Audit.AddNote(new AuditNote(Store.Clock.GetUtcNow(), what, "tok1", "192.0.2.1", Guid.NewGuid(), "more"));
        await Eventually.Is(async () => (await Store.Notes()).Count == count + 1, "it is written");
    }

    private async Task<AuditVerdict> Verify(
        IStoreFixture? store = null, string tenant = "default", int format = AuditDigest.NewestFormat, int kept = 7)
    {
        var chains = (store ?? Store).Chains;
        var known = await chains.ReadChains(default);
        var (verifier, exporter) = (
            new AuditVerifier(
                known.Select(chain => chain.View), heard, AuditKept.FromTime(Store.Clock.GetUtcNow(), TimeSpan.FromDays(kept))),
            new AuditExporter(chains));
        foreach (var chain in known)
        {
            var after = chain.View.Start;
            while (await exporter.ReadLinks(tenant, new(chain.View.Chain, after, 7, format), default) is { Count: > 0 } page)
            {
                foreach (var link in page) verifier.CheckLink(link);
                after = page[^1].Link;
            }
        }
        return verifier.Conclude();
    }
}
