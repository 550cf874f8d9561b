namespace OpenClaw.GrainInterfaces;

/// <summary>Calls that a grain holds until something happens.</summary>
public static class HeldCalls
{
    /// <summary>
    /// The longest that one is held. A longer wait is a series of such slices: so a grain that moved to another silo is found again, and
    /// every call ends well within Orleans' own response timeout.
    /// </summary>
    public static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    /// <summary>The next slice of a wait.</summary>
    public static TimeSpan Shorten(TimeSpan wait) => wait < Slice ? wait : Slice;
}
