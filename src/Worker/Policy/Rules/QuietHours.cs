namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// A time of the day in which no work is taken, on the PC's own clock. One that ends before it begins goes over midnight, and belongs to
/// the day it begins on.
/// </summary>
internal sealed record QuietHours(IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To)
{
    public bool Contains(DateTimeOffset local)
    {
        var (time, day) = (TimeOnly.FromTimeSpan(local.TimeOfDay), local.DayOfWeek);
        var yesterday = (DayOfWeek)(((int)day + 6) % 7);
        return From < To
            ? Days.Contains(day) && time >= From && time < To
            : (Days.Contains(day) && time >= From) || (Days.Contains(yesterday) && time < To);
    }

    /// <summary>When those that contain this time end.</summary>
    public DateTimeOffset EndAfter(DateTimeOffset local)
    {
        var today = local - local.TimeOfDay + To.ToTimeSpan();
        return today > local ? today : today.AddDays(1);
    }
}
