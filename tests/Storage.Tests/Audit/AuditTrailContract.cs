using System.Security.Cryptography;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Storage.Tests.Audit;

public abstract class AuditTrailContract : StoreContract
{
    [Fact]
    public async Task Each_version_of_a_task_has_its_row_and_can_be_read_from_any_version_on()
    {
        var queued = Sample.Queued();
        var running = queued.Started();
        var failed = running.Reported(Sample.Noon);
        var etag = await Store.Tasks.Write(queued);
        etag = await Store.Tasks.Write(running, etag);
        await Store.Tasks.Write(failed, etag);

        var all = await Store.Audit.ReadEntries(queued.Id, 0, default);

        Assert.Equal([1L, 2L, 3L], all.Select(entry => entry.Version));
        Assert.Equal(["submit", "start", "finish"], all.Select(entry => entry.Trigger));
        Assert.Equal(
            new AuditEntry
            {
                Task = queued.Id,
                Version = 1,
                At = queued.CreatedAt,
                Trigger = "submit",
                State = TaskState.Queued,
                TokenId = "tok1",
                Address = "127.0.0.1",
                Format = AuditDigest.NewestFormat,
                PayloadDigest = Convert.ToHexStringLower(SHA256.HashData("command\n{\"command\":\"true\"}"u8)),
            },
            all[0]);
        Assert.Equal((null, null, null), (all[1].PayloadDigest, all[1].ExitCode, all[1].OutcomeDigest));
        Assert.Equal((null, 3, 64), (all[2].PayloadDigest, all[2].ExitCode, all[2].OutcomeDigest?.Length));
        Assert.Equal((TaskState.Failed, "exit-code", "studio"), (all[2].State, all[2].Reason, all[2].Worker));
        Assert.Equal(("tok2", null), (all[2].TokenId, all[2].Address));
        Assert.Equal([3L], (await Store.Audit.ReadEntries(queued.Id, 2, default)).Select(entry => entry.Version));
        Assert.Empty(await Store.Audit.ReadEntries(Guid.NewGuid(), 0, default));
    }

    [Fact]
    public async Task A_write_without_a_transition_leaves_no_row()
    {
        var record = Sample.Queued() with { Last = null };
        await Store.Tasks.Write(record);

        Assert.Empty(await Store.Audit.ReadEntries(record.Id, 0, default));
    }

    [Fact]
    public async Task A_kill_between_two_writes_leaves_as_many_audit_rows_as_versions()
    {
        var records = Enumerable.Range(0, 300).Select(_ => Sample.Queued()).ToArray();
        var writes = records.Select(async record =>
        {
            var etag = await Store.Tasks.Write(record);
            await Store.Tasks.Write(record.Started(), etag);
        }).ToArray();
        await writes[0];

        await using var killed = await Store.AfterKill();
        await Task.WhenAll(writes);

        foreach (var record in records)
        {
            var state = await killed.Tasks.Load(record.Id);
            Assert.Equal(state.State.Version, (await killed.Audit.ReadEntries(record.Id, 0, default)).Count);
        }
    }

    [Fact]
    public async Task Notes_do_not_hold_up_the_caller_and_are_durable_in_the_end()
    {
        for (var i = 0; i < 50; i++) Store.Audit.AddNote(
            new AuditNote(Sample.Noon, $"refused-{i}", "tok", "10.0.0.1", Guid.NewGuid(), null));

        await Store.Reopen();

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"refused-{i}"), await Store.Notes());
    }

    [Fact]
    public async Task Thousands_of_notes_of_a_stranger_are_a_few_rows()
    {
        var note = new AuditNote(Sample.Noon, "token-in-query", AuditNote.Stranger, "10.0.0.1", null, "/" + new string('a', 8_000));
        for (var i = 0; i < 5_000; i++) Store.Audit.AddNote(note);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));

        await Store.Reopen();

        Assert.Equal(6, (await Store.Notes()).Count);
    }
}
