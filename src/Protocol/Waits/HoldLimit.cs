namespace OpenClaw.Protocol.Waits;

/// <summary>What a cut of a held request means for the next one.</summary>
public enum CutMeaning
{
    /// <summary>It failed too early to be anybody's clock, or shorter ones did not help: wait before the next try.</summary>
    Failure = 0,
    /// <summary>It was held for a while: ask again at once.</summary>
    AskAgain = 1,
    /// <summary>The same, and from now on requests are held for less: it was cut at this age before.</summary>
    Shortened = 2,
}

/// <summary>
/// How long a request may be held so that nothing on the way cuts it. Proxies close what is silent for 30, 50 or 60 s; a request that is
/// cut twice at about the same age is held for less than that from then on, and after some hours a longer one is tried again. Any thread
/// may call.
/// </summary>
public sealed class HoldLimit(TimeProvider clock)
{
    /// <summary>Whatever fails before is a failure.</summary>
    public static readonly TimeSpan Youngest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan TryLongerAfter = TimeSpan.FromHours(4);
    /// <summary>For so short a limit, that may be a bad hour of the network: many requests, and soon over.</summary>
    private static readonly TimeSpan TrySoonAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(2);
    private const double Below = 0.8;
    private const int MostInRow = 3;
    private readonly Lock gate = new();
    private TimeSpan? cutAt;
    private long cutSeen;
    private int inRow;
    private TimeSpan? limit;
    private TimeSpan? reportedAge;
    private long since;

    /// <summary>The age at which requests are cut; null while nothing is known to.</summary>
    public TimeSpan? CutAt { get { lock (gate) return limit is null ? null : cutAt; } }

    /// <summary>How long to hold a request that wants to be held for so long.</summary>
    public TimeSpan ShortenWait(TimeSpan wanted)
    {
        lock (gate)
        {
            if (limit is not null && clock.GetElapsedTime(since) >= (limit < Short ? TrySoonAfter : TryLongerAfter)) limit = null;
            return limit < wanted ? limit.Value : wanted;
        }
    }

    /// <summary>
    /// A request was held for <paramref name="age"/> and then got no answer of the server's. <see cref="CutMeaning.Shortened"/> comes once
    /// for an age, however often a longer request is tried.
    /// </summary>
    public CutMeaning RecordCut(TimeSpan age)
    {
        if (age < Youngest) return CutMeaning.Failure;
        lock (gate)
        {
            // Requests that are held side by side are cut together when their server dies: that is one cut.
            if (cutAt is not null && clock.GetElapsedTime(cutSeen) < age / 2) return CutMeaning.AskAgain;
            var before = cutAt;
            (cutAt, cutSeen) = (age, clock.GetTimestamp());
            if (++inRow > MostInRow) return CutMeaning.Failure;
            if (before is not { } then || !AreNear(age, then)) return CutMeaning.AskAgain;
            (limit, since) = (age * Below, clock.GetTimestamp());
            if (reportedAge is { } known && AreNear(age, known)) return CutMeaning.AskAgain;
            (reportedAge, inRow) = (age, 0);
            return CutMeaning.Shortened;
        }
    }

    /// <summary>A request was held for <paramref name="age"/> and answered: what was cut at a lower age was cut by no clock.</summary>
    public void RecordAnswer(TimeSpan age)
    {
        lock (gate)
        {
            inRow = 0;
            if (limit is null && cutAt is { } cut && age > cut + Near) cutAt = null;
        }
    }

    private static bool AreNear(TimeSpan one, TimeSpan other) => (one - other).Duration() <= (Near > one * 0.1 ? Near : one * 0.1);
}
