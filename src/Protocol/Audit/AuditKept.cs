namespace OpenClaw.Protocol.Audit;

/// <summary>What must be there still when an audit is verified, for it is too young to be gone.</summary>
/// <param name="LinksSince">Links that were written after this.</param>
/// <param name="NotesSince">Notes that were taken after this.</param>
public readonly record struct AuditKept(DateTimeOffset LinksSince, DateTimeOffset NotesSince)
{
    /// <summary>Links are kept so many times as long as what they are about.</summary>
    public const int LinksLonger = 2;

    /// <summary>Clocks, and the sweep that removes what is old, are not to the minute.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(1);

    /// <summary>Of an audit as it was at a time, on a server that keeps it so long.</summary>
    public static AuditKept FromTime(DateTimeOffset at, TimeSpan kept)
    {
        var late = kept / 4 < Tolerance ? kept / 4 : Tolerance;
        return new AuditKept(Subtract(at, LinksLonger * kept) + late, Subtract(at, kept) + late);
    }

    private static DateTimeOffset Subtract(DateTimeOffset time, TimeSpan span) =>
        span < time - DateTimeOffset.UnixEpoch ? time - span : DateTimeOffset.UnixEpoch;
}
