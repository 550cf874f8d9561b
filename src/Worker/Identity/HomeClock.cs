using System.Globalization;
using System.Text;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Deadlines;

namespace OpenClaw.Worker.Identity;

/// <summary>
/// The time of what the owner orders for a while, a pause or a yes: set once, by the first daemon since the PC was started, and carried on
/// by the time since then, which nobody can set and which counts sleep. So no step of the PC's clock makes an order shorter or longer.
/// Quiet hours are by the PC's clock: they are meant so.
/// </summary>
internal sealed class HomeClock : TimeProvider
{
    private readonly TimeProvider wall;
    private readonly Func<TimeSpan> elapsed;
    private readonly DateTimeOffset origin;

    internal HomeClock(string path, TimeProvider wall, Func<TimeSpan> elapsed, string boot)
    {
        (this.wall, this.elapsed) = (wall, elapsed);
        origin = ComputeOrigin(ReadSaved(path), boot, elapsed(), wall.GetUtcNow());
        SaveOrigin(path, boot);
    }

    /// <summary>
    /// The clock of a home folder; its file is at <paramref name="path"/>. Where the system does not name its starts, each daemon sets it
    /// anew.
    /// </summary>
    public static HomeClock Open(string path, TimeProvider wall)
    {
        if (wall == System) return new(path, wall, BootTimeClock.GetElapsed, ProcessIdentity.ThisBoot);
        // From here on: what a clock has counted since its own zero, thousands of years for some, is more than a double holds exactly.
        var began = wall.GetTimestamp();
        return new(path, wall, () => wall.GetElapsedTime(began), "");
    }

    public override DateTimeOffset GetUtcNow() => origin + elapsed();

    /// <summary>What the PC's clock will show at a time of an order, for people; a time of any other clock is what it is.</summary>
    public static DateTimeOffset ToWallTime(TimeProvider clock, DateTimeOffset at)
    {
        if (clock is not HomeClock home) return at;
        var apart = home.wall.GetUtcNow() - home.GetUtcNow();
        // The two clocks are not read at the same instant: under a second there was no step.
        return apart.Duration() < TimeSpan.FromSeconds(1) ? at : at + TimeSpan.FromSeconds(Math.Round(apart.TotalSeconds));
    }

    /// <summary>The time when the PC started, as the first daemon since then saw it. Pure.</summary>
    internal static DateTimeOffset ComputeOrigin(string? saved, string boot, TimeSpan elapsed, DateTimeOffset wall) =>
        boot.Length > 0 && saved?.Split(' ') is [var known, var time] && known == boot
        && DateTimeOffset.TryParseExact(time.Trim(), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var origin)
            ? origin
            : wall - elapsed;

    private static string? ReadSaved(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>On a full disk the next daemon goes by the PC's clock.</summary>
    private void SaveOrigin(string path, string boot)
    {
        try
        {
            DurableFile.Write(path, Encoding.ASCII.GetBytes($"{boot} {origin:O}\n"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
