using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Output;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests.Tasks;

/// <summary>An end that comes with all that its attempt printed: both are written, or none.</summary>
public abstract class EndOutputContract : StoreContract
{
    private const int Head = 100;

    private static readonly EndOutput Printed = new(
    [
        new EndChunk(OutputStream.Stdout, "hello "u8.ToArray(), Sample.Noon, 5),
        new EndChunk(OutputStream.Stderr, "oh"u8.ToArray(), Sample.Noon.AddSeconds(1), null),
        new EndChunk(OutputStream.Stdout, new byte[70], Sample.Noon.AddSeconds(2), 7),
    ]);

    protected override void Configure(StorageOptions options) => options.Output = new OutputLimits { Head = Head, Tail = Head };

    [Fact]
    public async Task The_output_is_read_as_if_it_had_been_appended()
    {
        var (with, without) = (await StartTask(), await StartTask());
        await Store.Output.Append(without.Record.Id, Printed.ToChunks(1), default);
        await Store.Tasks.Write(without.Record.Ended(TaskState.Succeeded), without.ETag);

        await Store.Tasks.Write(with.Record.Ended(TaskState.Succeeded) with { Output = Printed }, with.ETag);

        Assert.Equal(TaskState.Succeeded, (await Store.Tasks.Load(with.Record.Id)).State.State);
        Assert.Null((await Store.Tasks.Load(with.Record.Id)).State.Output);
        Assert.Equal(await Describe(without.Record.Id), await Describe(with.Record.Id));
        Assert.Equal(new OutputCursor(3, 76, 2), await Store.Output.ReadCursor(with.Record.Id, 1, default));
        Assert.Equal(new OutputEnd(with.Record.Id, 1, 3), Assert.Single(await Store.Output.ReadLatestEnds([with.Record.Id], default)));
        var more = Printed.ToChunks(1)[2] with { Sequence = 3, Offset = 76 };
        Assert.Equal(AppendResult.Ended, (await Store.Output.Append(with.Record.Id, [more], default)).Result);
    }

    [Fact]
    public async Task Nothing_is_written_when_the_attempt_has_output_already()
    {
        var (record, etag) = await StartTask();
        await Store.Output.Append(record.Id, Printed.ToChunks(1)[..1], default);

        await Assert.ThrowsAsync<OutputApartException>(
            () => Store.Tasks.Write(record.Ended(TaskState.Succeeded) with { Output = Printed }, etag));

        var stored = await Store.Tasks.Load(record.Id);
        Assert.Equal((TaskState.Running, etag), (stored.State.State, stored.ETag));
        Assert.Equal(2, (await Store.Audit.ReadEntries(record.Id, 0, default)).Count);
        await Store.Output.Append(record.Id, Printed.ToChunks(1), default);
        await Store.Tasks.Write(record.Ended(TaskState.Succeeded), etag);
        Assert.Equal(new OutputCursor(3, 76, 2), await Store.Output.ReadCursor(record.Id, 1, default));
    }

    [Fact]
    public async Task Output_of_an_attempt_before_is_none_of_this_one()
    {
        var (first, etag) = await StartTask();
        etag = await Store.Tasks.Write(first.Next(TaskState.Queued, "finish") with { Output = Printed }, etag);
        var second = first.Next(TaskState.Queued, "finish").Started();
        etag = await Store.Tasks.Write(second, etag);

        await Store.Tasks.Write(second.Ended(TaskState.Succeeded) with { Output = new EndOutput([Printed.Chunks[1]]) }, etag);

        Assert.Equal(new OutputCursor(3, 76, 2), await Store.Output.ReadCursor(first.Id, 1, default));
        Assert.Equal(new OutputCursor(1, 0, 2), await Store.Output.ReadCursor(first.Id, 2, default));
    }

    [Fact]
    public async Task An_end_from_an_old_version_leaves_no_output()
    {
        var (record, etag) = await StartTask();
        await Store.Tasks.Write(record.Ended(TaskState.Lost), etag);

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Store.Tasks.Write(record.Ended(TaskState.Succeeded) with { Output = Printed }, etag));

        Assert.Equal(default, await Store.Output.ReadCursor(record.Id, 1, default));
        Assert.Empty(await Store.Output.ReadChunks(record.Id, 1, null, 0, 1000, default));
    }

    [Fact]
    public async Task More_than_the_store_keeps_of_a_beginning_is_for_the_log_to_cut()
    {
        var (record, etag) = await StartTask();
        var large = new EndOutput([new EndChunk(OutputStream.Stdout, new byte[Head + 1], Sample.Noon, null)]);

        await Assert.ThrowsAsync<OutputApartException>(
            () => Store.Tasks.Write(record.Ended(TaskState.Succeeded) with { Output = large }, etag));

        Assert.Equal(TaskState.Running, (await Store.Tasks.Load(record.Id)).State.State);
    }

    [Fact]
    public async Task Of_an_append_and_an_end_at_once_one_is_first_and_the_other_hears_it()
    {
        for (var i = 0; i < 20; i++)
        {
            var (record, etag) = await StartTask();
            var append = Store.Output.Append(record.Id, Printed.ToChunks(1), default).AsTask();
            var end = Ends(record.Ended(TaskState.Succeeded) with { Output = Printed }, etag);

            Assert.Equal((await append).Result == AppendResult.Appended, !await end);
            Assert.Equal(new OutputCursor(3, 76, 2), await Store.Output.ReadCursor(record.Id, 1, default));
            Assert.Equal(3, (await Store.Output.ReadChunks(record.Id, 1, null, 0, 1000, default)).Count);
        }
    }

    [Fact]
    public async Task Many_ends_with_output_and_without_share_their_commits()
    {
        var tasks = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => StartTask()));

        await Task.WhenAll(tasks.Select((task, i) => Store.Tasks.Write(
            task.Record.Ended(TaskState.Succeeded) with { Output = (i % 3) switch { 0 => Printed, 1 => new EndOutput([]), _ => null } },
            task.ETag)));

        for (var i = 0; i < tasks.Length; i++)
        {
            var sequence = (await Store.Output.ReadCursor(tasks[i].Record.Id, 1, default)).NextSequence;
            Assert.Equal((i % 3 == 0 ? 3 : 0, TaskState.Succeeded), (sequence, (await Store.Tasks.Load(tasks[i].Record.Id)).State.State));
        }
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_kill()
    {
        var (record, etag) = await StartTask();
        await Store.Tasks.Write(record.Ended(TaskState.Succeeded) with { Output = Printed }, etag);

        await using var killed = await Store.AfterKill();
        Assert.Equal(3, (await killed.Output.ReadChunks(record.Id, 1, null, 0, 1000, default)).Count);
    }

    private async Task<(TaskRecord Record, string ETag)> StartTask()
    {
        var queued = Sample.Queued();
        var etag = await Store.Tasks.Write(queued);
        return (queued.Started(), await Store.Tasks.Write(queued.Started(), etag));
    }

    private async Task<bool> Ends(TaskRecord record, string etag)
    {
        try
        {
            await Store.Tasks.Write(record, etag);
            return true;
        }
        catch (OutputApartException)
        {
            return false;
        }
    }

    private async Task<string> Describe(Guid task) => string.Join('\n',
        (await Store.Output.ReadChunks(task, 1, null, 0, 1000, default)).Select(chunk =>
            $"{chunk.Sequence} {chunk.Stream} {chunk.Offset} {Convert.ToHexString(chunk.Data.Span)} {chunk.At:O} {chunk.Elapsed}"));
}
