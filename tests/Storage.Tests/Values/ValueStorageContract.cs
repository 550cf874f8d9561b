using OpenClaw.GrainInterfaces;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests.Values;

public sealed record Note(string Text, byte[] Bytes, DateTimeOffset At)
{
    public Note() : this("", [], default)
    {
    }
}

public abstract class ValueStorageContract : StoreContract
{
    private static readonly Note Value = new("größe \U0001F980", [1, 2, 3], Sample.Noon);

    [Fact]
    public async Task A_value_that_was_never_written_reads_as_absent()
    {
        var state = await Read("worker", "worker:default/a");

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.NotNull(state.State);
    }

    [Fact]
    public async Task A_value_comes_back_as_it_was_written_also_after_closing_and_a_kill()
    {
        var state = await Write("worker", "worker:default/a", Value);
        Assert.True(state.RecordExists);

        await using (var killed = await Store.AfterKill())
        {
            var copy = new GrainState<Note>();
            await killed.Values.ReadStateAsync("worker", Grain("worker:default/a"), copy);
            Assert.Equal(Sample.Text(Value), Sample.Text(copy.State!));
        }
        await Store.Reopen();

        var read = await Read("worker", "worker:default/a");
        Assert.Equal(Sample.Text(Value), Sample.Text(read.State));
        Assert.Equal(state.ETag, read.ETag);
    }

    /// <summary>With a prefix, which every key of ours has: Orleans' provider takes "ab" and "0AB" for one number.</summary>
    [Fact]
    public async Task Keys_with_a_prefix_and_state_names_are_exact()
    {
        string[] endings = ["ab", "0ab", "AB", "aB", "ab ", " ab", "00ab", "a'b", "a\"b", "a%b", "a_b", "å", "a\u030a", "default/ab", "7"];
        foreach (var ending in endings) await Write("state", $"worker:{ending}", Value with { Text = ending });
        await Write("State", "worker:ab", Value with { Text = "other state" });

        foreach (var ending in endings) Assert.Equal(ending, (await Read("state", $"worker:{ending}")).State.Text);
        Assert.Equal("other state", (await Read("State", "worker:ab")).State.Text);
    }

    [Fact]
    public async Task A_second_first_write_and_a_write_with_an_old_etag_are_conflicts()
    {
        var first = await Write("s", "k", Value);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write("s", "k", Value with { Text = "2" }));
        var second = await Write("s", "k", Value with { Text = "3" }, first.ETag);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Write("s", "k", Value with { Text = "4" }, first.ETag));

        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal("3", (await Read("s", "k")).State.Text);
    }

    [Fact]
    public async Task Concurrent_first_writes_have_one_winner_each_and_every_value_is_readable()
    {
        var keys = Enumerable.Range(0, 500).Select(i => $"worker:default/{i}").ToArray();

        var wins = await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(
            () => Task.WhenAll(keys.Select(key => Wins(key, Value with { Text = $"{writer}" }))))));

        Assert.Equal(500, wins.SelectMany(all => all).Count(won => won));
        foreach (var key in keys) Assert.True((await Read("s", key)).RecordExists);
    }

    [Fact]
    public async Task A_cleared_value_is_gone_and_an_etag_from_before_is_never_right_again()
    {
        var old = await Write("s", "k", Value);
        var stale = old.ETag!;
        var another = await Write("s", "another", Value);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Clear("s", "k", another.ETag!));
        var cleared = await Clear("s", "k", stale);
        Assert.False(cleared.RecordExists);
        Assert.Null(cleared.ETag);

        await Write("s", "k", Value);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Write("s", "k", Value, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Clear("s", "k", stale));
        Assert.True((await Read("s", "k")).RecordExists);
    }

    /// <summary>Looked up beside the grain, in the rows that its storage writes.</summary>
    [Fact]
    public async Task A_tokens_id_is_known_once_its_state_is_stored()
    {
        Assert.False(await Store.TokenIds.IsStored("k3y", CancellationToken.None));
        await Write("token", GrainKeys.ForToken("k3y"), Value);
        await Write("tokens", GrainKeys.ForToken("other"), Value);

        Assert.True(await Store.TokenIds.IsStored("k3y", CancellationToken.None));
        foreach (var id in (string[])["other", "K3Y", "k3", "", "token:k3y", "%"])
            Assert.False(await Store.TokenIds.IsStored(id, CancellationToken.None));
    }

    private static GrainId Grain(string key) => GrainId.Create("worker", key);

    private async Task<Loaded<Note>> Read(string name, string key)
    {
        var state = new GrainState<Note>();
        await Store.Values.ReadStateAsync(name, Grain(key), state);
        return new Loaded<Note>(state.State!, state.ETag, state.RecordExists);
    }

    private async Task<Loaded<Note>> Write(string name, string key, Note value, string? etag = null)
    {
        var state = new GrainState<Note> { State = value, ETag = etag! };
        await Store.Values.WriteStateAsync(name, Grain(key), state);
        return new Loaded<Note>(state.State, state.ETag, state.RecordExists);
    }

    private async Task<GrainState<Note>> Clear(string name, string key, string etag)
    {
        var state = new GrainState<Note> { State = Value, ETag = etag };
        await Store.Values.ClearStateAsync(name, Grain(key), state);
        return state;
    }

    private async Task<bool> Wins(string key, Note value)
    {
        try
        {
            await Write("s", key, value);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}
