using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Output;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Postgres.Output;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>What the output of a task must stand when several processes write it to one database.</summary>
public sealed class OutputTests : IAsyncLifetime
{
    private const int Size = 1000;
    private PostgresFixture store = null!;
    private OutputLog[] gateways = [];

    public async Task InitializeAsync()
    {
        store = await PostgresFixture.Open();
        var options = Microsoft.Extensions.Options.Options.Create(
            new StorageOptions { Output = new OutputLimits { Head = 20 * Size, Tail = 10 * Size } });
        gateways = [.. Enumerable.Range(0, 3).Select(_ => new OutputLog(store.Database, options))];
    }

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task Gateways_that_take_turns_and_race_write_one_unbroken_output()
    {
        var task = await NewTask();
        var all = Enumerable.Range(0, 200).Select(Chunk).ToArray();

        // Each sends everything in batches of its own size, and goes on from where it is told to.
        await Task.WhenAll(gateways.Select((log, n) => Task.Run(async () =>
        {
            for (var next = 0L; next < all.Length;)
            {
                var (result, cursor) = await log.Append(task, all[(int)next..Math.Min(all.Length, (int)next + 3 + n)], default);
                Assert.NotEqual(AppendResult.None, result);
                Assert.True(cursor.NextSequence >= next || result == AppendResult.Gap);
                next = cursor.NextSequence;
            }
        })));

        Assert.Equal(new OutputCursor(200, 200 * Size, 0), await gateways[0].ReadCursor(task, 1, default));
        var kept = await gateways[1].ReadChunks(task, 1, null, 0, int.MaxValue, default);
        Assert.Equal([.. Enumerable.Range(0, 20), .. Enumerable.Range(190, 10)], kept.Select(chunk => (int)chunk.Sequence));
        Assert.All(kept, chunk => Assert.Equal(all[chunk.Sequence].Data.ToArray(), chunk.Data.ToArray()));
        Assert.Equal("30", Assert.Single(await store.Query("SELECT count(*)::text FROM output_chunks")));
    }

    [Fact]
    public async Task What_a_gateway_remembers_of_yesterday_refuses_nothing_and_repeats_nothing()
    {
        var task = await NewTask();
        await gateways[0].Append(task, [Chunk(0)], default);
        await gateways[1].Append(task, [Chunk(1), Chunk(2)], default);

        Assert.Equal((AppendResult.Appended, 4), await Append(0, task, Chunk(3)));
        Assert.Equal((AppendResult.Duplicate, 4), await Append(1, task, Chunk(3)));
        Assert.Equal((AppendResult.Gap, 4), await Append(1, task, Chunk(9)));
        Assert.Equal((AppendResult.Appended, 6), await Append(2, task, Chunk(3), Chunk(4), Chunk(5)));
    }

    [Fact]
    public async Task An_output_that_was_deleted_behind_a_gateway_begins_again_or_not_at_all()
    {
        var task = await NewTask();
        await gateways[0].Append(task, [Chunk(0)], default);
        await store.Query("DELETE FROM output_cursors RETURNING ''");
        await store.Query("DELETE FROM output_chunks RETURNING ''");
        Assert.Equal((AppendResult.Gap, 0), await Append(0, task, Chunk(1)));
        Assert.Equal((AppendResult.Appended, 1), await Append(0, task, Chunk(0)));

        await store.Query("DELETE FROM output_cursors RETURNING ''");
        await store.Query("DELETE FROM tasks RETURNING ''");
        Assert.Equal((AppendResult.Gap, 0), await Append(0, task, Chunk(1)));
    }

    [Fact]
    public async Task Bytes_that_shrink_are_packed_and_others_are_not()
    {
        var task = await NewTask();
        var random = new byte[Size];
        new Random(1).NextBytes(random);
        await gateways[0].Append(task, [Chunk(0), Chunk(1) with { Data = random }], default);

        Assert.Equal(["true 16", "false 1000"],
            (await store.Query("SELECT packed || ' ' || least(length(data), 1000) FROM output_chunks ORDER BY sequence"))
            .Select(row => row.StartsWith("true", StringComparison.Ordinal) && int.Parse(row[5..], null) < 100 ? "true 16" : row));
        Assert.Equal(random, (await gateways[0].ReadChunks(task, 1, null, 1, 1, default)).Single().Data.ToArray());
    }

    [Fact]
    public async Task Reads_outlive_the_loss_of_their_connections()
    {
        var task = await NewTask();
        await gateways[0].Append(task, [Chunk(0)], default);
        await using (var other = await TestDatabase.Open(store.Connection))
        {
            await TestDatabase.Execute(other,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }

        Assert.Single(await gateways[0].ReadChunks(task, 1, null, 0, 1, default));
        Assert.Equal(1, (await gateways[0].ReadCursor(task, 1, default)).NextSequence);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_the_stores_own_error()
    {
        await using var database = new PostgresDatabase("Host=127.0.0.1;Port=1;Username=u;Database=d");
        var log = new OutputLog(database, Microsoft.Extensions.Options.Options.Create(new StorageOptions()));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => log.Append(Guid.NewGuid(), [Chunk(0)], default).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => log.ReadChunks(Guid.NewGuid(), 1, null, 0, 1, default).AsTask());
        var full = new Npgsql.PostgresException("No space left on device", "ERROR", "ERROR", Npgsql.PostgresErrorCodes.DiskFull);
        Assert.True(ClusterErrors.IsDiskFull(PostgresDatabase.CreateUnavailableError(full)));
    }

    private async Task<(AppendResult, long)> Append(int gateway, Guid task, params OutputChunk[] chunks)
    {
        var (result, cursor) = await gateways[gateway].Append(task, chunks, default);
        return (result, cursor.NextSequence);
    }

    private async Task<Guid> NewTask()
    {
        var record = Sample.Queued();
        await store.Tasks.Write(record);
        return record.Id;
    }

    private static OutputChunk Chunk(int sequence)
    {
        var data = new byte[Size];
        Array.Fill(data, (byte)sequence);
        return new(1, OutputStream.Stdout, sequence, (long)sequence * Size, data, Sample.Noon);
    }
}
