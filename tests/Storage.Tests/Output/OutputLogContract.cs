using System.Text;
using CsCheck;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Tests.Output;

public abstract class OutputLogContract : StoreContract
{
    private const int Head = 100;
    private const int Tail = 80;

    protected override void Configure(StorageOptions options) => options.Output = new OutputLimits { Head = Head, Tail = Tail };

    [Fact]
    public async Task Chunks_that_join_are_appended_and_read_back_in_order()
    {
        var task = await NewTask();
        OutputChunk[] chunks =
        [
            Chunk(0, OutputStream.Stdout, 0, "hello "), Chunk(1, OutputStream.Stderr, 0, "oh"), Chunk(2, OutputStream.Stdout, 6, "world"),
        ];

        Assert.Equal((AppendResult.Appended, new OutputCursor(2, 6, 2)), await Store.Output.Append(task, chunks[..2], default));
        Assert.Equal((AppendResult.Appended, new OutputCursor(3, 11, 2)), await Store.Output.Append(task, chunks[2..], default));

        AssertSame(chunks, await Read(task));
        AssertSame([chunks[1]], await Read(task, OutputStream.Stderr));
        AssertSame(chunks[1..], await Read(task, from: 1));
        Assert.Equal(new OutputCursor(3, 11, 2), await Store.Output.ReadCursor(task, 1, default));
    }

    [Fact]
    public async Task A_repeated_chunk_is_a_duplicate_and_changes_nothing()
    {
        var task = await NewTask();
        var first = Chunk(0, OutputStream.Stdout, 0, "abc");
        await Store.Output.Append(task, [first], default);

        Assert.Equal((AppendResult.Duplicate, new OutputCursor(1, 3, 0)), await Store.Output.Append(task, [first], default));
        AssertSame([first], await Read(task));
    }

    [Fact]
    public async Task A_repeat_that_also_brings_something_new_appends_only_that()
    {
        var task = await NewTask();
        OutputChunk[] chunks = [Chunk(0, OutputStream.Stdout, 0, "abc"), Chunk(1, OutputStream.Stdout, 3, "de")];
        await Store.Output.Append(task, chunks[..1], default);

        Assert.Equal((AppendResult.Appended, new OutputCursor(2, 5, 0)), await Store.Output.Append(task, chunks, default));
        AssertSame(chunks, await Read(task));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(1, 4)]
    [InlineData(1, 2)]
    public async Task A_chunk_with_a_wrong_sequence_or_offset_is_a_gap_and_nothing_of_its_batch_is_kept(long sequence, long offset)
    {
        var task = await NewTask();
        await Store.Output.Append(task, [Chunk(0, OutputStream.Stdout, 0, "abc")], default);
        var wrong = Chunk(sequence, OutputStream.Stdout, offset, "x");
        OutputChunk[] batch = [wrong, Chunk(sequence + 1, OutputStream.Stdout, offset + 1, "y")];

        Assert.Equal((AppendResult.Gap, new OutputCursor(1, 3, 0)), await Store.Output.Append(task, batch, default));
        Assert.Single(await Read(task));
    }

    [Fact]
    public async Task A_batch_with_a_gap_inside_changes_nothing()
    {
        var task = await NewTask();
        OutputChunk[] batch = [Chunk(0, OutputStream.Stdout, 0, "a"), Chunk(2, OutputStream.Stdout, 1, "b")];

        Assert.Equal((AppendResult.Gap, default), await Store.Output.Append(task, batch, default));
        Assert.Empty(await Read(task));
    }

    [Fact]
    public async Task Output_of_a_task_that_does_not_exist_is_refused()
    {
        var nobody = Guid.NewGuid();

        Assert.Equal((AppendResult.Gap, default), await Store.Output.Append(nobody, [Chunk(0, OutputStream.Stdout, 0, "a")], default));
        Assert.Equal(default, await Store.Output.ReadCursor(nobody, 1, default));
        Assert.Empty(await Read(nobody));
        Assert.Equal(0, await Store.DependentRows());
    }

    [Fact]
    public async Task Attempts_have_their_own_sequences()
    {
        var task = await NewTask();
        await Store.Output.Append(task, [Chunk(0, OutputStream.Stdout, 0, "one")], default);
        var second = Chunk(0, OutputStream.Stdout, 0, "two") with { Attempt = 2 };

        Assert.Equal(AppendResult.Appended, (await Store.Output.Append(task, [second], default)).Result);
        AssertSame([second], await Store.Output.ReadChunks(task, 2, null, 0, 1000, default));
        Assert.Single(await Read(task));
    }

    [Theory]
    [InlineData(TaskState.Succeeded)]
    [InlineData(TaskState.Lost)]
    public async Task Output_of_a_task_that_has_ended_changes_no_more(TaskState end)
    {
        var (task, first) = (await NewTask(), Chunk(0, OutputStream.Stdout, 0, "abc"));
        await Store.Output.Append(task, [first], default);
        await End(task, end);

        var second = Chunk(1, OutputStream.Stdout, 3, "d");
        Assert.Equal((AppendResult.Ended, new OutputCursor(1, 3, 0)), await Store.Output.Append(task, [second], default));
        Assert.Equal((AppendResult.Duplicate, new OutputCursor(1, 3, 0)), await Store.Output.Append(task, [first], default));
        AssertSame([first], await Read(task));
    }

    [Fact]
    public async Task The_first_output_of_an_ended_task_comes_too_late_as_well()
    {
        var task = await NewTask();
        await End(task, TaskState.TimedOut);
        Assert.Equal(AppendResult.Ended, (await Store.Output.Append(task, [Chunk(0, OutputStream.Stdout, 0, "a")], default)).Result);
        Assert.Equal(0, (await Store.Output.ReadCursor(task, 1, default)).NextSequence);
    }

    [Fact]
    public async Task What_comes_after_the_end_goes_on_in_a_log_beside_it()
    {
        var (task, log) = (await NewTask(), LateOutput.ToLog(1));
        await Store.Output.Append(task, [Chunk(0, OutputStream.Stdout, 0, "abc"), Chunk(1, OutputStream.Stderr, 0, "e")], default);
        await End(task, TaskState.Lost);
        Assert.Equal(new OutputCursor(2, 3, 1), await Store.Output.ReadCursor(task, log, default));

        // The worker sends on from what it was last answered: some of it is known.
        OutputChunk[] late = [Chunk(1, OutputStream.Stderr, 0, "e"), Chunk(2, OutputStream.Stdout, 3, "def")];
        late = [.. late.Select(chunk => chunk with { Attempt = log })];
        Assert.Equal((AppendResult.Appended, new OutputCursor(3, 6, 1)), await Store.Output.Append(task, late, default));
        Assert.Equal(AppendResult.Duplicate, (await Store.Output.Append(task, late, default)).Result);
        var gap = Chunk(9, OutputStream.Stdout, 9, "x") with { Attempt = log };
        Assert.Equal((AppendResult.Gap, new OutputCursor(3, 6, 1)), await Store.Output.Append(task, [gap], default));

        AssertSame([late[1]], await Store.Output.ReadChunks(task, log, null, 0, 1000, default));
        Assert.Equal(new OutputCursor(2, 3, 1), await Store.Output.ReadCursor(task, 1, default));
        Assert.Equal(2, (await Read(task)).Count);
        Assert.Equal(new OutputEnd(task, 1, 2), Assert.Single(await Store.Output.ReadLatestEnds([task], default)));
    }

    [Fact]
    public async Task A_log_beside_an_end_is_not_the_output_of_an_attempt()
    {
        var (task, log) = (await NewTask(), LateOutput.ToLog(2));
        await End(task, TaskState.Lost);
        await Store.Output.Append(task, [Chunk(0, OutputStream.Stdout, 0, "abc") with { Attempt = log }], default);
        Assert.Empty(await Store.Output.ReadLatestEnds([task], default));
        Assert.Empty(await Store.Output.ReadChunks(task, 2, null, 0, 1000, default));
    }

    [Fact]
    public async Task The_end_of_the_latest_attempt_is_known_for_many_tasks_at_once()
    {
        var (one, two, silent) = (await NewTask(), await NewTask(), await NewTask());
        await Store.Output.Append(one, [Chunk(0, OutputStream.Stdout, 0, "a"), Chunk(1, OutputStream.Stderr, 0, "b")], default);
        await Store.Output.Append(two, [Chunk(0, OutputStream.Stdout, 0, "a")], default);
        await Store.Output.Append(two, [Chunk(0, OutputStream.Stdout, 0, "a") with { Attempt = 3 }], default);
        await Store.Output.Append(two, [Chunk(1, OutputStream.Stdout, 1, "b") with { Attempt = 3 }], default);

        var ends = await Store.Output.ReadLatestEnds([one, two, silent, Guid.NewGuid()], default);

        Assert.Equal(new HashSet<OutputEnd> { new(one, 1, 2), new(two, 3, 2) }, ends.ToHashSet());
        Assert.Empty(await Store.Output.ReadLatestEnds([], default));
    }

    [Fact]
    public async Task Any_bytes_come_back_as_they_were()
    {
        var task = await NewTask();
        var random = new byte[30];
        new Random(1).NextBytes(random);
        byte[][] printed = [random, new byte[70], [], [0, 255, 0], Encoding.UTF8.GetBytes(new string('x', 70))];
        var offset = 0L;
        foreach (var (data, i) in printed.Select((data, i) => (data, i)))
        {
            await Store.Output.Append(task, [new(1, OutputStream.Stdout, i, offset, data, Sample.Noon)], default);
            offset += data.Length;
            Assert.Equal(data, (await Read(task, from: i)).Single().Data.ToArray());
        }
    }

    [Fact]
    public async Task Many_appenders_of_the_same_chunks_leave_each_once()
    {
        var task = await NewTask();
        var chunks = Enumerable.Range(0, 20).Select(i => Chunk(i, OutputStream.Stdout, i, "x")).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            foreach (var chunk in chunks) await Store.Output.Append(task, [chunk], default);
        })));

        AssertSame(chunks, await Read(task));
    }

    [Fact]
    public async Task The_position_survives_closing_and_a_kill()
    {
        var task = await NewTask();
        OutputChunk[] chunks = [Chunk(0, OutputStream.Stdout, 0, "abc"), Chunk(1, OutputStream.Stderr, 0, "de")];
        await Store.Output.Append(task, chunks, default);

        await using (var killed = await Store.AfterKill())
        {
            Assert.Equal(new OutputCursor(2, 3, 2), await killed.Output.ReadCursor(task, 1, default));
        }
        await Store.Reopen();
        Assert.Equal(AppendResult.Duplicate, (await Store.Output.Append(task, chunks, default)).Result);
        AssertSame(chunks, await Read(task));
    }

    [Fact]
    public async Task Reading_stops_at_about_the_bytes_asked_for_but_never_before_the_first_chunk()
    {
        var task = await NewTask();
        var chunks = Enumerable.Range(0, 9).Select(i => Chunk(i, OutputStream.Stdout, i * 10L, new string('x', 10))).ToArray();
        await Store.Output.Append(task, chunks, default);

        Assert.Equal(2, (await Store.Output.ReadChunks(task, 1, null, 0, 20, default)).Count);
        Assert.Equal(3, (await Store.Output.ReadChunks(task, 1, null, 0, 21, default)).Count);
        Assert.Single(await Store.Output.ReadChunks(task, 1, null, 5, 1, default));
    }

    [Fact]
    public async Task Reading_from_an_offset_begins_with_the_chunk_that_holds_it()
    {
        var task = await NewTask();
        OutputChunk[] chunks =
        [
            Chunk(0, OutputStream.Stdout, 0, "abc"), Chunk(1, OutputStream.Stderr, 0, "!!"),
            Chunk(2, OutputStream.Stdout, 3, ""), Chunk(3, OutputStream.Stdout, 3, "def"),
        ];
        await Store.Output.Append(task, chunks, default);

        Assert.Equal([0L, 2L, 3L], await From(task, 0));
        Assert.Equal([0L, 2L, 3L], await From(task, 2));
        Assert.Equal([3L], await From(task, 3));
        Assert.Equal([3L], await From(task, 5));
        Assert.Empty(await From(task, 6));
    }

    [Fact]
    public async Task Head_and_tail_are_kept_whole_chunks_fall_out_of_the_middle_and_everything_is_counted()
    {
        await Gen.Select(Gen.Int[0, 60], Gen.Bool).Array[0, 40].SampleAsync(
            async printed =>
            {
                var task = await NewTask();
                var all = Print(printed);
                foreach (var batch in all.Chunk(3)) await Store.Output.Append(task, batch, default);

                AssertSame(Kept(all), await Read(task));
                var cursor = await Store.Output.ReadCursor(task, 1, default);
                Assert.Equal(new OutputCursor(all.Count, Total(all, OutputStream.Stdout), Total(all, OutputStream.Stderr)), cursor);
                var stdout = Kept(all).Where(chunk => chunk.Stream == OutputStream.Stdout).ToList();
                for (var offset = 0L; offset < cursor.StdoutOffset + 2; offset += 7)
                {
                    var expected = stdout.Where(chunk => chunk.Offset + chunk.Data.Length > offset).Select(chunk => chunk.Sequence);
                    Assert.Equal(expected, await From(task, offset));
                }
            },
            iter: 60,
            threads: 1);
    }

    private static List<OutputChunk> Print((int Length, bool ToStdout)[] printed)
    {
        var all = new List<OutputChunk>();
        foreach (var (length, toStdout) in printed)
        {
            var stream = toStdout ? OutputStream.Stdout : OutputStream.Stderr;
            all.Add(Chunk(all.Count, stream, Total(all, stream), new string((char)('a' + (all.Count % 26)), length)));
        }
        return all;
    }

    /// <summary>The model: the head takes whole chunks until the first that does not fit, the tail the last ones that fit.</summary>
    private static List<OutputChunk> Kept(List<OutputChunk> all)
    {
        var head = 0;
        for (var bytes = 0; head < all.Count && bytes + all[head].Data.Length <= Head; head++) bytes += all[head].Data.Length;
        var tail = all.Count;
        for (var bytes = 0; tail > head && bytes + all[tail - 1].Data.Length <= Tail; tail--) bytes += all[tail - 1].Data.Length;
        return [.. all[..head], .. all[tail..]];
    }

    private static long Total(List<OutputChunk> all, OutputStream stream) =>
        all.Where(chunk => chunk.Stream == stream).Sum(chunk => (long)chunk.Data.Length);

    private static OutputChunk Chunk(long sequence, OutputStream stream, long offset, string text) =>
        new(1, stream, sequence, offset, Encoding.UTF8.GetBytes(text), Sample.Noon.AddTicks(sequence))
        {
            // Of an older worker there is none.
            Elapsed = sequence % 3 == 0 ? null : sequence * 1000,
        };

    private static void AssertSame(IEnumerable<OutputChunk> expected, IEnumerable<OutputChunk> found) =>
        Assert.Equal(expected.Select(Sample.Text), found.Select(Sample.Text));

    private async Task<Guid> NewTask()
    {
        var record = Sample.Queued();
        await Store.Tasks.Write(record);
        return record.Id;
    }

    private async Task End(Guid task, TaskState state)
    {
        var found = await Store.Tasks.Load(task);
        await Store.Tasks.Write(found.State.Started().Ended(state) with { Version = found.State.Version + 1 }, found.ETag);
    }

    private ValueTask<IReadOnlyList<OutputChunk>> Read(Guid task, OutputStream? stream = null, long from = 0) =>
        Store.Output.ReadChunks(task, 1, stream, from, int.MaxValue, default);

    private async Task<IEnumerable<long>> From(Guid task, long offset) =>
        (await Store.Output.ReadFromOffset(task, 1, OutputStream.Stdout, offset, int.MaxValue, default)).Select(chunk => chunk.Sequence);
}
