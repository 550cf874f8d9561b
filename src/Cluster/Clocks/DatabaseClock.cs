using Npgsql;
using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Cluster.Clocks;

/// <summary>
/// The time of a cluster: the database's clock, and in one row how far the cluster is ahead of it. Uses the connections of the membership,
/// which are as few and as urgent.
/// </summary>
public sealed class DatabaseClock(string connectionString) : IClockReference
{
    /// <summary>Distances are µs. One that a step left is worked off over hours; the clocks of all processes follow.</summary>
    private const string ReadText =
        "SELECT clock_timestamp() + ahead * interval '1 microsecond', ahead, confirmations FROM openclaw_clock";

    private const string ConfirmText = """
        UPDATE openclaw_clock SET confirmations = confirmations + 1,
            ahead = CASE WHEN clock_timestamp() >= eased_at + interval '10 seconds'
                THEN ahead - sign(ahead)::bigint * least(abs(ahead), 2500) ELSE ahead END,
            eased_at = CASE WHEN clock_timestamp() >= eased_at + interval '10 seconds'
                THEN clock_timestamp() ELSE least(eased_at, clock_timestamp()) END
        """;

    private const string CorrectText =
        "UPDATE openclaw_clock SET confirmations = confirmations + 1, ahead = ahead + $1 WHERE confirmations = $2";

    /// <summary>Every task that has not ended has a time at which somebody must look at it.</summary>
    private const string IdleText = "SELECT NOT EXISTS (SELECT 1 FROM tasks WHERE wake_at IS NOT NULL)";

    private const int Readings = 5;

    private readonly string membership = MembershipDatabase.GetConnectionString(connectionString);

    /// <summary>A clock for this process that begins with the cluster's time. The schema has been prepared.</summary>
    public async Task<AnchoredClock> CreateClock(CancellationToken cancellation)
    {
        // Each reading is as exact as it was quick, and the first ones wait for much: times of one task are compared with those of others'
        // clocks.
        var (clock, shortest) = (default(AnchoredClock), TimeSpan.MaxValue);
        for (var i = 0; i < Readings; i++)
        {
            var reading = await ReadTime(cancellation);
            if (reading.Took < shortest) (clock, shortest) = (new AnchoredClock(TimeProvider.System, reading.Now), reading.Took);
        }
        return clock!;
    }

    /// <inheritdoc/>
    public async ValueTask<ClockReading> ReadTime(CancellationToken cancellation)
    {
        await using var connection = await OpenConnection(cancellation);
        await using var command = new NpgsqlCommand(ReadText, connection);
        var sent = TimeProvider.System.GetTimestamp();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) throw new InvalidDataException("openclaw_clock has no row.");
        var took = TimeProvider.System.GetElapsedTime(sent);
        return new ClockReading(rows.GetFieldValue<DateTimeOffset>(0), TimeSpan.FromMicroseconds(rows.GetInt64(1)), rows.GetInt64(2), took);
    }

    /// <inheritdoc/>
    public async ValueTask ConfirmTime(CancellationToken cancellation)
    {
        await using var connection = await OpenConnection(cancellation);
        await using var command = new NpgsqlCommand(ConfirmText, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CorrectTime(TimeSpan by, ClockReading reading, CancellationToken cancellation)
    {
        await using var connection = await OpenConnection(cancellation);
        await using var command = new NpgsqlCommand(CorrectText, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)by.TotalMicroseconds });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = reading.Confirmations });
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsIdle(CancellationToken cancellation)
    {
        await using var connection = await OpenConnection(cancellation);
        await using var command = new NpgsqlCommand(IdleText, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<NpgsqlConnection> OpenConnection(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(membership);
        await connection.OpenAsync(cancellation);
        return connection;
    }
}
