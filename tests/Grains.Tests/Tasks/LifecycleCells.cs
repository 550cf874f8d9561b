namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>
/// What every trigger must do in every state, each cell judged by semantics.md; one cell a state, in the order of
/// <see cref="States"/>. A cell changes only with the contract. <c>+state</c>: committed, <c>~state</c>: in memory only,
/// <c>=</c>: nothing, <c>!why</c>: refused.
/// </summary>
internal static class LifecycleCells
{
    public static readonly string[] States =
    [
        "none", "queued", "queued between attempts", "offered", "running", "running renewed",
        "running compatible", "running cancel asked", "running may retry", "succeeded", "failed", "cancelled",
        "timed_out", "expired", "rejected", "lost",
    ];

    /// <summary>Runs of the same word are written once: <c>=*3</c>.</summary>
    public static readonly IReadOnlyDictionary<string, string> Rows = new Dictionary<string, string>
    {
        ["submit"] = "+queued | = Repeated*15",
        ["submit another"] = "+queued | !KeyReused*15",
        ["offer"] = "!NotFound | ~offered*3 | !NotAvailable*5 | !AlreadyEnded*7",
        ["offer-returned"] = "!NotFound | =*2 | ~queued | =*12",
        ["start"] = "!NotFound | +running*3 | = Repeated*2 | !AttemptSuperseded | = Repeated*2 | !AttemptSuperseded*7",
        ["offer-and-start"] = "!NotFound | +running*3 | !NotAvailable*5 | !AlreadyEnded*7",
        ["offer-and-start again"] = "!NotFound | +running*3 | !NotAvailable*2 | = Repeated | !NotAvailable*2 | !AlreadyEnded*7",
        ["undelivered"] = "!NotFound | !AttemptSuperseded*5 | +queued | !AttemptSuperseded*9",
        ["undelivered of another start"] = "!NotFound | !AttemptSuperseded*15",
        ["heartbeat"] =
            "!NotFound | = Superseded*3 | ~running Continue*2 | = Superseded | ~running Cancel | ~running Continue | " +
            "= Superseded*7",
        ["heartbeat after timeout"] = "!NotFound | = Superseded*3 | ~running Cancel*2 | = Superseded | ~running Cancel*2 | = Superseded*7",
        ["finish succeeded"] =
            "!NotFound | !AttemptSuperseded | +succeeded | !AttemptSuperseded | +succeeded*5 | = Duplicate | " +
            "!ResultConflict | !AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | " +
            "+lost Late",
        ["finish failed"] =
            "!NotFound | !AttemptSuperseded | +queued | !AttemptSuperseded | +failed*4 | +queued | !ResultConflict | " +
            "= Duplicate | !AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | +lost Late",
        ["finish timed_out"] =
            "!NotFound | !AttemptSuperseded | +queued | !AttemptSuperseded | +timed_out*4 | +queued | " +
            "!ResultConflict*2 | !AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | " +
            "+lost Late",
        ["finish cancelled"] =
            "!NotFound | !AttemptSuperseded | +cancelled | !AttemptSuperseded | +cancelled*5 | !ResultConflict*2 | " +
            "!AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | +lost Late",
        ["finish rejected"] =
            "!NotFound | !AttemptSuperseded | +rejected | !AttemptSuperseded | +rejected*5 | !ResultConflict*2 | " +
            "!AttemptSuperseded | +timed_out Late | !AttemptSuperseded | = Duplicate | +lost Late",
        ["finish lost"] =
            "!NotFound | !AttemptSuperseded | +queued | !AttemptSuperseded | +lost*4 | +queued | !ResultConflict*2 | " +
            "!AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | +lost Late",
        ["finish of an older attempt"] = "!NotFound | !AttemptSuperseded*15",
        ["cancel"] = "!NotFound | +cancelled*3 | +running*3 | = Repeated | +running | !AlreadyEnded*7",
        ["holder-restarted"] = "!NotFound | =*3 | +lost*2 | = | +lost | +queued | =*7",
        ["tick"] = "!NotFound | =*15",
        ["tick after the offer"] = "!NotFound | =*2 | ~queued | =*12",
        ["tick after deadline"] = "!NotFound | =*2 | ~queued | = | +timed_out | =*10",
        ["tick after lease and grace"] = "!NotFound | =*2 | ~queued | = | +timed_out | =*2 | +queued | =*7",
        ["tick after lostAfter"] = "!NotFound | =*2 | ~queued | +lost | +timed_out | +lost*2 | +queued | =*7",
        ["tick after startWithin"] = "!NotFound | +expired | +lost | +expired | +lost | +timed_out | +lost*2 | +queued | =*7",
        ["recovered"] = "!NotFound | =*3 | ~running*2 | = | ~running*2 | =*7",
    };

    /// <summary>The cells of one row, one a state.</summary>
    public static string[] Cells(string trigger) =>
    [
        .. Rows[trigger].Split(" | ").SelectMany(run => run.Split('*') is [var word, var times]
            ? Enumerable.Repeat(word, int.Parse(times, System.Globalization.CultureInfo.InvariantCulture))
            : [run]),
    ];
}
