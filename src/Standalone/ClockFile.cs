using OpenClaw.Hosting.Clocks;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Standalone;

/// <summary>
/// The time of one server after another on one machine: the machine's clock, and in a file how far OpenClaw's is ahead of it. Until the
/// machine is started anew even a clock that was set while no server ran is of no importance.
/// </summary>
internal sealed class ClockFile(string path, string database, TimeProvider wall) : IClockReference
{
    /// <summary>Of each ten seconds, as for a cluster: a distance that a step left is worked off over hours.</summary>
    private static readonly TimeSpan Easing = TimeSpan.FromMilliseconds(2.5);
    private static readonly TimeSpan WorthWriting = TimeSpan.FromSeconds(0.5);
    private TimeSpan ahead;
    private long confirmations;
    private AnchoredClock clock = null!;
    private SavedClock saved = null!;

    /// <summary>A clock that goes on with the time of the server before this one.</summary>
    public AnchoredClock CreateClock()
    {
        var isIdle = !UnfinishedTasks.ExistIn(database);
        var now = SavedClock.DecideStartTime(Load(), BootTime.Boot, BootTime.Now, wall.GetUtcNow(), isIdle);
        clock = new AnchoredClock(wall, now);
        ahead = now - wall.GetUtcNow();
        Save();
        return clock;
    }

    public ValueTask<ClockReading> ReadTime(CancellationToken cancellation) =>
        new(new ClockReading(wall.GetUtcNow() + ahead, ahead, confirmations));

    public ValueTask ConfirmTime(CancellationToken cancellation)
    {
        confirmations++;
        ahead -= ahead.Duration() < Easing ? ahead : Math.Sign(ahead.Ticks) * Easing;
        if ((clock.Origin - saved.Origin).Duration() > WorthWriting || (ahead - saved.Ahead).Duration() > WorthWriting) Save();
        return default;
    }

    public ValueTask<bool> CorrectTime(TimeSpan by, ClockReading reading, CancellationToken cancellation)
    {
        confirmations++;
        ahead += by;
        Save();
        return new(true);
    }

    public ValueTask<bool> IsIdle(CancellationToken cancellation) => new(!UnfinishedTasks.ExistIn(database));

    private SavedClock? Load()
    {
        try
        {
            return File.Exists(path) ? SavedClock.Parse(File.ReadAllText(path)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A failure costs no more than the clock of the next server, and is met again at the next look.</summary>
    private void Save()
    {
        saved = new SavedClock(BootTime.Boot, clock.Origin, ahead);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new StreamWriter(path + ".new", options)) file.Write(saved.ToString());
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            saved = saved with { Origin = default };
        }
    }
}
