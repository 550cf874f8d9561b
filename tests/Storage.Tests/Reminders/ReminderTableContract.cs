using CsCheck;

namespace OpenClaw.Storage.Tests.Reminders;

public abstract class ReminderTableContract : StoreContract
{
    [Fact]
    public async Task A_reminder_comes_back_as_it_was_registered()
    {
        var entry = Entry(Grain("a"), "tick");
        var etag = await Store.Reminders.UpsertRow(entry);

        var found = await Store.Reminders.ReadRow(entry.GrainId, "tick");

        Assert.NotNull(found);
        Assert.Equal((entry.GrainId, "tick", etag), (found.GrainId, found.ReminderName, found.ETag));
        Assert.Equal((entry.StartAt, entry.Period), (found.StartAt, found.Period));
        Assert.Equal(DateTimeKind.Utc, found.StartAt.Kind);
        Assert.Null(await Store.Reminders.ReadRow(entry.GrainId, "Tick"));
        Assert.Null(await Store.Reminders.ReadRow(Grain("A"), "tick"));
    }

    [Fact]
    public async Task Registering_again_replaces_the_row_and_gives_a_new_etag()
    {
        var entry = Entry(Grain("a"), "tick");
        var first = await Store.Reminders.UpsertRow(entry);
        entry.Period = TimeSpan.FromHours(2);
        var second = await Store.Reminders.UpsertRow(entry);

        var row = Assert.Single((await Store.Reminders.ReadRows(entry.GrainId)).Reminders);

        Assert.NotEqual(first, second);
        Assert.Equal((TimeSpan.FromHours(2), second), (row.Period, row.ETag));
    }

    [Fact]
    public async Task A_removal_needs_the_current_etag_even_after_the_reminder_was_made_anew()
    {
        var entry = Entry(Grain("a"), "tick");
        var old = await Store.Reminders.UpsertRow(entry);
        Assert.True(await Store.Reminders.RemoveRow(entry.GrainId, "tick", old!));
        Assert.False(await Store.Reminders.RemoveRow(entry.GrainId, "tick", old!));

        var fresh = await Store.Reminders.UpsertRow(entry);

        Assert.False(await Store.Reminders.RemoveRow(entry.GrainId, "tick", old!));
        Assert.True(await Store.Reminders.RemoveRow(entry.GrainId, "tick", fresh!));
        Assert.Null(await Store.Reminders.ReadRow(entry.GrainId, "tick"));
    }

    [Fact]
    public async Task A_grain_reads_only_its_own_reminders()
    {
        await Store.Reminders.UpsertRow(Entry(Grain("a"), "one"));
        await Store.Reminders.UpsertRow(Entry(Grain("a"), "two"));
        await Store.Reminders.UpsertRow(Entry(Grain("ab"), "one"));

        Assert.Equal(["one", "two"], (await Store.Reminders.ReadRows(Grain("a"))).Reminders.Select(row => row.ReminderName).Order());
        Assert.Empty((await Store.Reminders.ReadRows(Grain("b"))).Reminders);
    }

    [Fact]
    public async Task A_range_of_the_ring_is_open_at_its_begin_closed_at_its_end_and_may_wrap_around()
    {
        var grains = Enumerable.Range(0, 60).Select(i => Grain($"g{i}")).ToArray();
        foreach (var grain in grains) await Store.Reminders.UpsertRow(Entry(grain, "tick"));
        var hashes = grains.Select(grain => grain.GetUniformHashCode()).ToArray();
        var bound = Gen.OneOf(Gen.UInt, Gen.Int[0, hashes.Length - 1].Select(i => hashes[i]), Gen.Const(0u), Gen.Const(uint.MaxValue));

        await Gen.Select(bound, bound).SampleAsync(
            async (begin, end) =>
            {
                var within = grains.Where(grain => Within(grain.GetUniformHashCode(), begin, end));
                var expected = within.Select(grain => grain.ToString()).Order();
                var found = (await Store.Reminders.ReadRows(begin, end)).Reminders.Select(row => row.GrainId.ToString()).Order();
                Assert.Equal(expected, found);
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public async Task Equal_bounds_mean_the_whole_ring()
    {
        var grain = Grain("a");
        await Store.Reminders.UpsertRow(Entry(grain, "tick"));

        foreach (var bound in (uint[])[0, grain.GetUniformHashCode(), uint.MaxValue])
        {
            Assert.Single((await Store.Reminders.ReadRows(bound, bound)).Reminders);
        }
    }

    [Fact]
    public async Task Reminders_survive_closing_and_a_kill_until_the_table_is_cleared()
    {
        await Store.Reminders.UpsertRow(Entry(Grain("a"), "tick"));

        await using (var killed = await Store.AfterKill()) Assert.Single((await killed.Reminders.ReadRows(0, 0)).Reminders);
        await Store.Reopen();
        Assert.Single((await Store.Reminders.ReadRows(0, 0)).Reminders);

        await Store.Reminders.TestOnlyClearTable();
        Assert.Empty((await Store.Reminders.ReadRows(0, 0)).Reminders);
    }

    private static bool Within(uint hash, uint begin, uint end) => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;

    private static GrainId Grain(string key) => GrainId.Create("task", key);

    private static ReminderEntry Entry(GrainId grain, string name) => new()
    {
        GrainId = grain,
        ReminderName = name,
        // Whole microseconds: as fine as a time in PostgreSQL.
        StartAt = Sample.Noon.UtcDateTime.AddTicks(70),
        Period = TimeSpan.FromMinutes(1),
    };
}
