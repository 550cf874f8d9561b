namespace OpenClaw.Hosting.Clocks;

/// <summary>What a process does after it compared its clock with the reference.</summary>
internal enum ClockVerdict
{
    /// <summary>They agree: confirm, and make up for the rest.</summary>
    Agree = 1,

    /// <summary>They don't. It may be a hitch of one reading: look again.</summary>
    LookAgain = 2,

    /// <summary>The reference was set: correct it and go on.</summary>
    Correct = 3,

    /// <summary>Others agree with the reference: it is this process that is off.</summary>
    HandOver = 4,
}

/// <summary>Decides whose clock is off. Pure.</summary>
internal static class ClockRules
{
    /// <summary>Nearer than this two clocks agree.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>So many looks in a row must say the same before anything is done.</summary>
    public const int Looks = 3;

    /// <summary>
    /// The verdict. A reference that was set is off for everybody, so nobody confirms it any more; whoever meets confirmations while it
    /// disagrees is alone with its time.
    /// </summary>
    /// <param name="off">How far the reference is ahead of this process.</param>
    /// <param name="looks">How many looks in a row they were apart, with this one.</param>
    /// <param name="confirmedByOthers">The reference was confirmed or corrected between the last two looks.</param>
    public static ClockVerdict JudgeOffset(TimeSpan off, int looks, bool confirmedByOthers) =>
        off.Duration() <= Tolerance ? ClockVerdict.Agree
        : looks < Looks ? ClockVerdict.LookAgain
        : confirmedByOthers ? ClockVerdict.HandOver
        : ClockVerdict.Correct;

    /// <summary>What is certain of a distance that was read so exactly: a slow reading must not move a clock that is right.</summary>
    public static TimeSpan GetCertainPart(TimeSpan off, TimeSpan error) =>
        off > error ? off - error : off < -error ? off + error : TimeSpan.Zero;

    /// <summary>
    /// True for a process that is alone with a time that is behind its measure: as soon as nothing waits or runs it may follow at once.
    /// Beside others it must not: a task that one of them made would be old for the other.
    /// </summary>
    /// <param name="ahead">How far the time by the reference is ahead of its measure.</param>
    /// <param name="alone">How many looks in a row agreed, without a confirmation of anybody else's.</param>
    public static bool MayCatchUp(TimeSpan ahead, int alone) => ahead < -Tolerance && alone >= Looks;
}
