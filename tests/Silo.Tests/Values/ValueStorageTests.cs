using OpenClaw.Storage;
using OpenClaw.Storage.Tests;
using OpenClaw.Storage.Tests.Values;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Silo.Tests.Values;

/// <summary>The contract of values on Orleans' provider with our tables and texts; and what that provider does with keys.</summary>
public sealed class AdoNetValueStorageTests : ValueStorageContract
{
    protected override Task<IStoreFixture> Open(Action<StorageOptions>? configure) => AdoNetFixture.Open();

    /// <summary>Why every key of ours has a prefix that is no number; see StoredNamesTests.</summary>
    [Fact]
    public async Task A_key_that_reads_as_a_number_is_one_with_every_way_to_write_it()
    {
        await Write("state", GrainId.Create("worker", "ab"), "first");

        Assert.Equal("first", await Read("state", GrainId.Create("worker", "0AB")));
        Assert.Equal("first", await Read("state", GrainId.Create("another-type", "ab")));
        Assert.Null(await Read("other", GrainId.Create("worker", "ab")));
    }

    [Fact]
    public async Task A_null_comes_back_as_null_where_the_property_begins_with_something_else()
    {
        await Store.Values.WriteStateAsync("s", GrainId.Create("t", "k:1"), new GrainState<Filled> { State = new Filled { Text = null } });

        var state = new GrainState<Filled>();
        await Store.Values.ReadStateAsync("s", GrainId.Create("t", "k:1"), state);

        Assert.Null(state.State!.Text);
    }

    [Fact]
    public async Task Where_a_conversation_ran_goes_with_it_as_the_provider_has_written_it()
    {
        var (gone, stays) = (GrainId.Create("session", "session:default/claude:a"), GrainId.Create("session", "session:default/claude:b"));
        await Write("session", gone, "pc");
        await Write("session", stays, "pc");
        var store = (AdoNetFixture)Store;
        await store.AddSilentConversation("claude:a");

        await store.StartRetention();

        await Eventually.Is(async () => await Read("session", gone) is null, "its place is forgotten");
        Assert.Equal("pc", await Read("session", stays));
    }

    private Task Write(string name, GrainId grain, string text) =>
        Store.Values.WriteStateAsync(name, grain, new GrainState<Filled> { State = new Filled { Text = text } });

    private async Task<string?> Read(string name, GrainId grain)
    {
        var state = new GrainState<Filled>();
        await Store.Values.ReadStateAsync(name, grain, state);
        return state.RecordExists ? state.State!.Text : null;
    }

    public sealed record Filled
    {
        public string? Text { get; set; } = "as it begins";
    }
}
