namespace OpenClaw.Hosting.Clocks;

/// <summary>
/// Compares the process' clock with the reference every ten seconds, and does what <see cref="ClockRules"/> says. A reading that took long
/// says nothing, and one that failed neither: the clock goes on by itself.
/// </summary>
internal sealed class ClockFollower(
    AnchoredClock clock, IClockReference reference, ClockVote vote, IHostApplicationLifetime lifetime, ILogger<ClockFollower> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(1);
    /// <summary>Looks in a row that found the two apart; and looks in a row that found them together, and nobody else.</summary>
    private int looks, alone;
    /// <summary>As they should be now if there were only this process.</summary>
    private long confirmations;

    /// <summary>Why this process gave up; null: it did not.</summary>
    public string? HandedOver { get; private set; }

    /// <summary>Compares once, and applies the verdict.</summary>
    internal async Task CompareWithReference(CancellationToken cancellation)
    {
        var reading = await reference.ReadTime(cancellation);
        if (reading.Took > LongestReading) return;
        var off = reading.Now - clock.GetUtcNow();
        looks = off.Duration() > ClockRules.Tolerance ? looks + 1 : 0;
        var byOthers = reading.Confirmations > confirmations;
        confirmations = reading.Confirmations;
        var verdict = ClockRules.JudgeOffset(off, looks, byOthers);
        alone = byOthers || verdict != ClockVerdict.Agree ? 0 : alone + 1;
        await ApplyVerdict(verdict, off, reading, cancellation);
        if (verdict == ClockVerdict.Agree && vote == ClockVote.Counts && ClockRules.MayCatchUp(reading.Ahead, alone))
            await CatchUp(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await CompareWithReference(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.ClockNotCompared(error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>After a step forward: takes it over in a moment in which no task can end early by it.</summary>
    private async Task CatchUp(CancellationToken cancellation)
    {
        var reading = await reference.ReadTime(cancellation);
        if (!await reference.IsIdle(cancellation)) return;
        if (!await reference.CorrectTime(-reading.Ahead, reading, cancellation)) return;
        clock.AdvanceAtOnce(-reading.Ahead);
        confirmations++;
        log.ClockCaughtUp(-reading.Ahead);
    }

    private async Task ApplyVerdict(ClockVerdict verdict, TimeSpan off, ClockReading reading, CancellationToken cancellation)
    {
        switch (verdict)
        {
            case ClockVerdict.Agree:
                clock.EaseOffset(ClockRules.GetCertainPart(off, reading.Took / 2), Every);
                if (vote == ClockVote.None) break;
                confirmations++;
                await reference.ConfirmTime(cancellation);
                break;
            case ClockVerdict.Correct when vote == ClockVote.Counts:
                if (!await reference.CorrectTime(-off, reading, cancellation)) break;
                confirmations++;
                log.ClockWasSet(off);
                break;
            // Nothing ends by the clock of a process that only follows.
            case ClockVerdict.HandOver when vote == ClockVote.None && off > TimeSpan.Zero:
                clock.AdvanceAtOnce(off);
                break;
            case ClockVerdict.HandOver:
                var which = off > TimeSpan.Zero ? "behind" : "ahead of";
                HandedOver = $"The clock of this process is {off.Duration().TotalSeconds:0.0} s {which} the one that "
                    + "the other processes of the cluster agree on. It ends; started anew it takes theirs.";
                lifetime.StopApplication();
                break;
        }
    }
}

/// <summary>Whether a process has a say in what the time is.</summary>
public enum ClockVote
{
    /// <summary>The clock follows its reference.</summary>
    None = 1,

    /// <summary>It confirms the reference, and corrects it when nobody else confirms it.</summary>
    Counts = 2,
}
