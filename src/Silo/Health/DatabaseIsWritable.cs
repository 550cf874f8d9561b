using Npgsql;
using OpenClaw.Cluster;
using OpenClaw.Hosting.Health;

namespace OpenClaw.Silo.Health;

/// <summary>
/// The database answers and takes writes: it is no standby. On a connection of its own, so that a burst of work is no failure; and
/// looked at once a second at most, for anybody may ask.
/// </summary>
internal sealed class DatabaseIsWritable(SiloOptions options, TimeProvider clock) : IReadinessCheck, IDisposable
{
    private const string ReadOnly = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean";
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);
    private readonly NpgsqlDataSource source =
        NpgsqlDataSource.Create(MembershipDatabase.GetPoolConnectionString(options.ConnectionString, "openclaw-health", 1));
    private readonly SemaphoreSlim one = new(1);
    private (long At, string? Error)? seen;

    public async ValueTask<string?> FindError(CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            if (this.seen is not { } seen || clock.GetElapsedTime(seen.At) >= Remembered)
                this.seen = seen = (clock.GetTimestamp(), await CheckDatabase(cancellation));
            return seen.Error;
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose()
    {
        source.Dispose();
        one.Dispose();
    }

    private async Task<string?> CheckDatabase(CancellationToken cancellation)
    {
        try
        {
            await using var command = source.CreateCommand(ReadOnly);
            return (bool)(await command.ExecuteScalarAsync(cancellation))! ? "The database takes no writes now." : null;
        }
        catch (NpgsqlException error)
        {
            return $"The database does not answer: {error.Message}";
        }
        catch (OperationCanceledException)
        {
            return "The database does not answer in time.";
        }
    }
}
