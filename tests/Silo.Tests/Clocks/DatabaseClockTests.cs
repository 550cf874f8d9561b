using Npgsql;
using OpenClaw.Cluster.Clocks;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Silo.Tests.Clocks;

/// <summary>The row by which the processes of a cluster agree on the time.</summary>
public sealed class DatabaseClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_process_begins_with_the_time_of_the_cluster_and_not_with_its_own_or_the_databases()
    {
        var connection = await PreparedDatabase.Create();
        var clock = new DatabaseClock(connection);
        Assert.True(await clock.CorrectTime(-TimeSpan.FromHours(2), await clock.ReadTime(default), default));

        var apart = (await new DatabaseClock(connection).CreateClock(default)).GetUtcNow() - TimeProvider.System.GetUtcNow();

        Assert.InRange(apart, -TimeSpan.FromHours(2) - Second, -TimeSpan.FromHours(2) + Second);
    }

    /// <summary>The first reading of a process opens a connection, which takes long: that is none of the reading's own time.</summary>
    [Fact]
    public async Task A_process_begins_as_exactly_as_its_quickest_reading()
    {
        var connection = await PreparedDatabase.Create();
        NpgsqlConnection.ClearAllPools();

        var clock = await new DatabaseClock(connection).CreateClock(default);

        // The reading's own moment lies between these two, however long this thread stands still around it.
        var before = clock.GetUtcNow();
        var now = await new DatabaseClock(connection).ReadTime(default);
        var off = now.Took + (Second / 4);
        Assert.InRange(now.Now, before - off, clock.GetUtcNow() + off);
        Assert.True(now.Took > TimeSpan.Zero, "The reading does not say how exact it is.");
    }

    [Fact]
    public async Task A_correction_counts_only_while_nobody_else_has_agreed()
    {
        var clock = new DatabaseClock(await PreparedDatabase.Create());
        var before = await clock.ReadTime(default);
        await clock.ConfirmTime(default);

        Assert.False(await clock.CorrectTime(Second, before, default));
        var now = await clock.ReadTime(default);
        Assert.Equal((TimeSpan.Zero, before.Confirmations + 1), (now.Ahead, now.Confirmations));
        Assert.True(await clock.CorrectTime(Second, now, default));
        Assert.Equal(Second, (await clock.ReadTime(default)).Ahead);
    }

    [Fact]
    public async Task A_distance_is_worked_off_slowly_however_many_confirm()
    {
        var connection = await PreparedDatabase.Create();
        var clock = new DatabaseClock(connection);
        Assert.True(await clock.CorrectTime(TimeSpan.FromSeconds(-60), await clock.ReadTime(default), default));
        await Execute(connection, "UPDATE openclaw_clock SET eased_at = clock_timestamp() - interval '11 seconds'");
        for (var i = 0; i < 5; i++) await clock.ConfirmTime(default);
        Assert.Equal(TimeSpan.FromSeconds(-59.9975), (await clock.ReadTime(default)).Ahead);

        // The database's clock was set back: that is no reason to wait for it.
        await Execute(connection, "UPDATE openclaw_clock SET eased_at = clock_timestamp() + interval '2 hours', ahead = 1000");
        await clock.ConfirmTime(default);
        await Execute(connection, "UPDATE openclaw_clock SET eased_at = eased_at - interval '11 seconds'");
        await clock.ConfirmTime(default);
        Assert.Equal(TimeSpan.Zero, (await clock.ReadTime(default)).Ahead);
    }

    [Fact]
    public async Task It_is_idle_until_a_task_waits()
    {
        var connection = await PreparedDatabase.Create();
        var clock = new DatabaseClock(connection);
        Assert.True(await clock.IsIdle(default));
        using var silo = await SiloHost.Start(SiloHost.Options(connection));

        await Cluster.TwoSilos.Submit((IGrainFactory)silo.Services.GetService(typeof(IGrainFactory))!);

        await Eventually.Is(async () => !await clock.IsIdle(default), "the task is in the table");
        await silo.StopAsync();
    }

    /// <summary>The machines' clocks were set while the cluster ran; Orleans numbers a silo by its machine's clock.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task A_silo_joins_and_works_where_the_cluster_is_hours_off_its_machine(int hours)
    {
        var connection = await PreparedDatabase.Create();
        var clock = new DatabaseClock(connection);
        Assert.True(await clock.CorrectTime(TimeSpan.FromHours(hours), await clock.ReadTime(default), default));
        await using var first = await SiloProcess.Start(connection);
        await using var second = await SiloProcess.Start(connection);

        var before = (await clock.ReadTime(default)).Confirmations;
        await Eventually.Is(async () => (await clock.ReadTime(default)).Confirmations > before + 4,
            "both agree with the cluster, again and again", seconds: 180);

        Assert.False(first.Process.HasExited || second.Process.HasExited, first.Process.Errors + second.Process.Errors);
    }

    /// <summary>It was an hour behind before it started; the test agrees with the row as other silos would.</summary>
    [Fact]
    public async Task A_silo_whose_clock_is_off_ends_to_be_started_anew()
    {
        var connection = await PreparedDatabase.Create();
        await using var silo = await SiloProcess.Start(connection);
        await Execute(connection, "UPDATE openclaw_clock SET ahead = ahead + 3600000000");

        await Eventually.Is(
            async () =>
            {
                await Execute(connection, "UPDATE openclaw_clock SET confirmations = confirmations + 1");
                return silo.Process.HasExited;
            },
            "it has ended", seconds: 180);

        Assert.Equal(7, await silo.Process.Exit());
        Assert.Contains("s behind the one", silo.Process.Errors, StringComparison.Ordinal);
    }

    private static async Task Execute(string connection, string sql)
    {
        await using var opened = new NpgsqlConnection(connection);
        await opened.OpenAsync();
        await using var command = new NpgsqlCommand(sql, opened);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
