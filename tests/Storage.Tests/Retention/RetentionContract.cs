using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Storage.Tests.Retention;

public abstract class RetentionContract : StoreContract
{
    private static readonly DateTimeOffset LongAgo = Sample.Noon - TimeSpan.FromDays(8);

    protected override void Configure(StorageOptions options) => (options.RetentionBatch, options.KeepOutput) = (10, 2L << 20);

    [Fact]
    public async Task Output_beyond_the_size_goes_the_oldest_first_and_the_tasks_stay_with_their_counts()
    {
        // Three at one instant, and one a minute after them: together more than 2 MiB.
        TaskRecord[] tasks = [.. Enumerable.Range(0, 6).Select(number => Finished(Sample.Noon.AddMinutes(number < 3 ? -60 : number - 60)))];
        foreach (var task in tasks) await WriteLarge(task);
        await Store.SweepOnce();
        for (var number = 0; number < 6; number++)
        {
            var kept = await Store.Output.ReadChunks(tasks[number].Id, 1, null, 0, 1 << 20, default);
            Assert.Equal(number >= 3, kept.Count > 0);
            Assert.Equal(500_000, (await Store.Output.ReadCursor(tasks[number].Id, 1, default)).StdoutOffset);
            Assert.True((await Store.Tasks.Load(tasks[number].Id)).RecordExists);
        }
        // What ended since is counted on top of what was counted before.
        Store.Clock.Advance(TimeSpan.FromHours(1));
        foreach (var minute in (int[])[1, 2]) await WriteLarge(Finished(Sample.Noon.AddMinutes(minute)));
        await Store.SweepOnce();
        Assert.Empty(await Store.Output.ReadChunks(tasks[3].Id, 1, null, 0, 1 << 20, default));
        Assert.NotEmpty(await Store.Output.ReadChunks(tasks[4].Id, 1, null, 0, 1 << 20, default));
    }

    [Fact]
    public async Task Payloads_count_like_output_and_go_with_it_and_small_ones_stay_with_their_rows()
    {
        TaskRecord[] tasks = [.. Enumerable.Range(0, 6).Select(number => Finished(Sample.Noon.AddMinutes(number - 60), payload: 500_000))];
        var waiting = Sample.Queued(Sample.Spec() with { Payload = new byte[500_000] }, LongAgo);
        var small = Finished(Sample.Noon.AddMinutes(-60), payload: 1_000);
        foreach (var task in tasks.Append(waiting).Append(small)) await Store.Tasks.Write(task);

        await Store.SweepOnce();

        for (var number = 0; number < 6; number++) Assert.Equal(number >= 2 ? 500_000 : 0, await PayloadLength(tasks[number]));
        Assert.Equal((500_000, 1_000), (await PayloadLength(waiting), await PayloadLength(small)));
        // The task itself is as it was, and can still be written.
        var first = await Store.Tasks.Load(tasks[0].Id);
        Assert.Equal(TaskState.Succeeded, first.State.State);
        await Store.Tasks.Write(first.State with { Version = first.State.Version + 1 }, first.ETag);
    }

    [Fact]
    public async Task Old_finished_tasks_go_in_batches_with_all_that_belongs_to_them()
    {
        for (var i = 0; i < 35; i++) await Write(Finished(LongAgo), output: true);

        Assert.Equal(10, await Store.Index.DeleteEnded(Sample.Noon, 10, default));
        Assert.Equal(25, await Store.SweepOnce());

        Assert.Empty((await Store.List.ReadPage(new TaskQuery { Tenant = "default" }, default)).Tasks);
        Assert.Equal(0, await Store.DependentRows());
    }

    [Fact]
    public async Task Unfinished_and_recently_finished_tasks_stay_however_old_they_are()
    {
        TaskRecord[] stay =
        [
            Sample.Queued(createdAt: LongAgo.AddYears(-1)),
            Sample.Queued(createdAt: LongAgo.AddYears(-1)).Started(at: LongAgo),
            Sample.Queued(createdAt: LongAgo).Started().Ended(TaskState.Failed, Sample.Noon - TimeSpan.FromDays(7)),
        ];
        foreach (var record in stay) await Write(record, output: true);
        var rows = await Store.DependentRows();
        await Write(Finished(LongAgo), output: true);

        Assert.Equal(1, await Store.SweepOnce());

        foreach (var record in stay) Assert.True((await Store.Tasks.Load(record.Id)).RecordExists);
        Assert.Equal(rows, await Store.DependentRows());
        Assert.Equal(0, await Store.SweepOnce());
    }

    [Fact]
    public async Task The_first_to_end_is_the_first_to_go()
    {
        var newer = Finished(LongAgo.AddHours(1));
        var older = Finished(LongAgo);
        await Write(newer, output: false);
        await Write(older, output: false);

        Assert.Equal(1, await Store.Index.DeleteEnded(Sample.Noon, 1, default));

        Assert.False((await Store.Tasks.Load(older.Id)).RecordExists);
        Assert.True((await Store.Tasks.Load(newer.Id)).RecordExists);
    }

    [Fact]
    public async Task A_conversation_counts_the_tasks_that_are_left_and_goes_with_the_last()
    {
        var spec = Sample.Spec() with { Session = "talk" };
        await Write(Sample.Queued(spec, LongAgo).Ended(TaskState.Succeeded, LongAgo), output: false);
        var last = Sample.Queued(spec);
        await Write(last, output: false);

        await Store.SweepOnce();
        Assert.Equal(1, Assert.Single(await Store.List.ReadSessions("default", 10, default)).TaskCount);

        await Store.Tasks.Write(last.Ended(TaskState.Succeeded), "1");
        Store.Clock.Advance(TimeSpan.FromDays(8));
        await Store.SweepOnce();
        Assert.Empty(await Store.List.ReadSessions("default", 10, default));
    }

    [Fact]
    public async Task Where_a_conversation_ran_is_remembered_longer_than_its_tasks_and_has_an_end()
    {
        await Write(Sample.Queued(Sample.Spec() with { Session = "claude:old" }, LongAgo).Ended(TaskState.Succeeded, LongAgo),
            output: false);
        await Write(Sample.Queued(Sample.Spec() with { Session = "claude:kept" }, LongAgo), output: false);
        foreach (var session in (string[])["claude:kept", "claude:old"]) await Store.KeepPlace(session);

        await Store.SweepOnce();
        Assert.Equal(["claude:kept"], (await Store.List.ReadSessions("default", 10, default)).Select(session => session.Session));
        Store.Clock.Advance(TimeSpan.FromDays(81));
        await Store.SweepOnce();
        Assert.Equal(2, (await Store.Places()).Count);

        Store.Clock.Advance(TimeSpan.FromDays(2));
        await Store.SweepOnce();
        Assert.Equal(["session:default/claude:kept"], await Store.Places());
    }

    [Fact]
    public async Task A_turn_after_its_conversation_was_without_tasks_begins_its_time_anew()
    {
        await Write(Sample.Queued(Sample.Spec() with { Session = "claude:back" }, LongAgo).Ended(TaskState.Succeeded, LongAgo),
            output: false);
        await Store.KeepPlace("claude:back");
        await Store.SweepOnce();
        Store.Clock.Advance(TimeSpan.FromDays(80));
        await Write(Sample.Queued(Sample.Spec() with { Session = "claude:back" }, Store.Clock.GetUtcNow()), output: false);

        Assert.Equal(1, Assert.Single(await Store.List.ReadSessions("default", 10, default)).TaskCount);
        Store.Clock.Advance(TimeSpan.FromDays(80));
        await Store.SweepOnce();
        Assert.Single(await Store.Places());
    }

    [Fact]
    public async Task Other_writes_get_through_while_a_sweep_runs()
    {
        for (var i = 0; i < 200; i++) await Write(Finished(LongAgo), output: false);

        var sweep = Store.SweepOnce();
        var records = Enumerable.Range(0, 20).Select(_ => Sample.Queued()).ToArray();
        await Task.WhenAll(records.Select(record => Store.Tasks.Write(record)));

        Assert.Equal(200, await sweep);
        foreach (var record in records) Assert.True((await Store.Tasks.Load(record.Id)).RecordExists);
    }

    [Fact]
    public async Task Old_notes_go_too()
    {
        for (var i = 0; i < 25; i++) Store.Audit.AddNote(new AuditNote(LongAgo, "old", "tok", null, null, null));
        Store.Audit.AddNote(new AuditNote(Sample.Noon, "fresh", "tok", null, null, null));

        await Store.SweepOnce();

        Assert.Equal(["fresh"], await Store.Notes());
    }

    private async Task WriteLarge(TaskRecord record)
    {
        var etag = await Store.Tasks.Write(record with { State = TaskState.Running, EndedAt = null });
        await Store.Output.Append(record.Id, [new OutputChunk(1, OutputStream.Stdout, 0, 0, new byte[500_000], Sample.Noon)], default);
        await Store.Tasks.Write(record with { Version = record.Version + 1 }, etag);
    }

    private async Task<int> PayloadLength(TaskRecord task) => (await Store.Tasks.Load(task.Id)).State.Spec.Payload.Length;

    private static TaskRecord Finished(DateTimeOffset at, int payload = 2) =>
        Sample.Queued(Sample.Spec() with { Session = "s", Payload = new byte[payload] }, at).Started(at: at).Ended(TaskState.Succeeded, at);

    private async Task Write(TaskRecord record, bool output)
    {
        await Store.Tasks.Write(record);
        if (!output) return;
        await Store.Output.Append(record.Id, [new OutputChunk(1, OutputStream.Stdout, 0, 0, "text"u8.ToArray(), Sample.Noon)], default);
    }
}
