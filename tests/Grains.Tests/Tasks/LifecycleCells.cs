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
        "running compatible", "running cancel asked", "running may retry", "succeeded", "failed",
        "cancelled", "timed_out", "expired", "rejected", "lost", "lost after a cancel", "awaiting_approval",
        "awaiting_approval between attempts", "awaiting_approval approved",
    ];

    /// <summary>Runs of the same word are written once: <c>=*3</c>.</summary>
    public static readonly IReadOnlyDictionary<string, string> Rows = new Dictionary<string, string>
    {
        ["submit"] = "+queued | = Repeated*19",
        ["submit another"] = "+queued | !KeyReused*19",
        ["offer"] = "!NotFound | ~offered*3 | !NotAvailable*5 | !AlreadyEnded*8 | !NotAvailable*3",
        ["offer-returned"] = "!NotFound | =*2 | ~queued | =*16",
        ["pin"] = "!NotFound | +queued*3 | =*16",
        ["start"] =
            "!NotFound | +running*3 | ~running Repeated*2 | !AttemptSuperseded | ~running Repeated*2 | !AttemptSuperseded*8 | " +
            "!NotAvailable*2 | +running",
        ["start, long after the first"] =
            "!NotFound | +running*3 | +running Repeated*2 | !AttemptSuperseded | +running Repeated*2 | !AttemptSuperseded*8 | " +
            "!NotAvailable*2 | +running",
        ["ask-approval"] = "!NotFound | +awaiting_approval*3 | !AttemptSuperseded*5 | !AlreadyEnded*8 | = Repeated*3",
        ["ask-approval of something else"] =
            "!NotFound | +awaiting_approval*3 | !AttemptSuperseded*5 | !AlreadyEnded*8 | +awaiting_approval*3",
        ["approve"] = "!NotFound | !NotAwaitingApproval*8 | !AlreadyEnded*8 | +awaiting_approval*2 | = Repeated",
        ["approve at the PC"] = "!NotFound | !NotAwaitingApproval*8 | !AlreadyEnded*8 | +awaiting_approval*2 | = Repeated",
        ["approve something else"] = "!NotFound | !NotAwaitingApproval*8 | !AlreadyEnded*8 | !ApprovalDiffers*3",
        ["reject"] = "!NotFound | !NotAwaitingApproval*8 | !AlreadyEnded*8 | +rejected*3",
        ["offer-and-start"] = "!NotFound | +running*3 | !NotAvailable*5 | !AlreadyEnded*8 | !NotAvailable*3",
        ["offer-and-start again"] =
            "!NotFound | +running*3 | !NotAvailable*2 | = Repeated | !NotAvailable*2 | !AlreadyEnded*8 | " +
            "!NotAvailable*3",
        ["undelivered"] = "!NotFound | !AttemptSuperseded*5 | +queued | !AttemptSuperseded*13",
        ["undelivered of another start"] = "!NotFound | !AttemptSuperseded*19",
        ["heartbeat"] =
            "!NotFound | = Superseded*3 | ~running Continue*2 | = Superseded | ~running Cancel | ~running Continue | " +
            "= Superseded*3 | = Cancel | = Superseded*2 | = Continue | = Cancel | = Superseded*3",
        ["heartbeat after timeout"] =
            "!NotFound | = Superseded*3 | ~running Cancel*2 | = Superseded | ~running Cancel*2 | = Superseded*3 | " +
            "= Cancel | = Superseded*2 | = Continue | = Cancel | = Superseded*3",
        ["finish succeeded"] =
            "!NotFound | !AttemptSuperseded | +succeeded | !AttemptSuperseded | +succeeded*5 | = Duplicate | " +
            "!ResultConflict | !AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | " +
            "+lost Late*2 | !AttemptSuperseded | +succeeded | !AttemptSuperseded",
        ["finish failed"] =
            "!NotFound | !AttemptSuperseded | +queued | !AttemptSuperseded | +failed*4 | +queued | !ResultConflict | " +
            "= Duplicate | !AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | +lost Late*2 | " +
            "!AttemptSuperseded | +awaiting_approval | !AttemptSuperseded",
        ["finish timed_out"] =
            "!NotFound | !AttemptSuperseded | +queued | !AttemptSuperseded | +timed_out*4 | +queued | " +
            "!ResultConflict*2 | !AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | " +
            "+lost Late*2 | !AttemptSuperseded | +awaiting_approval | !AttemptSuperseded",
        ["finish cancelled"] =
            "!NotFound | !AttemptSuperseded | +cancelled | !AttemptSuperseded | +cancelled*5 | !ResultConflict*2 | " +
            "!AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | +lost Late*2 | " +
            "!AttemptSuperseded | +cancelled | !AttemptSuperseded",
        ["finish rejected"] =
            "!NotFound | !AttemptSuperseded | +rejected | !AttemptSuperseded | +rejected*5 | !ResultConflict*2 | " +
            "!AttemptSuperseded | +timed_out Late | !AttemptSuperseded | = Duplicate | +lost Late*2 | " +
            "!AttemptSuperseded | +rejected | !AttemptSuperseded",
        ["finish lost"] =
            "!NotFound | !AttemptSuperseded | +queued | !AttemptSuperseded | +lost*4 | +queued | !ResultConflict*2 | " +
            "!AttemptSuperseded | +timed_out Late | !AttemptSuperseded | !ResultConflict | +lost Late*2 | " +
            "!AttemptSuperseded | +awaiting_approval | !AttemptSuperseded",
        ["finish of an older attempt"] = "!NotFound | !AttemptSuperseded*19",
        ["cancel"] = "!NotFound | +cancelled*3 | +running*3 | = Repeated | +running | !AlreadyEnded*8 | +cancelled*3",
        ["holder-restarted"] = "!NotFound | =*3 | +lost*2 | = | +lost | +queued | =*11",
        ["tick"] = "!NotFound | =*19",
        ["tick after the offer"] = "!NotFound | =*2 | ~queued | =*16",
        ["tick after deadline"] = "!NotFound | =*2 | ~queued | +running | +timed_out | = | +lost | +queued | =*11",
        ["tick after lease and grace"] = "!NotFound | =*2 | ~queued | +running | +timed_out | = | +lost | +queued | =*11",
        ["tick after lostAfter"] = "!NotFound | =*2 | ~queued | +lost | +timed_out | +lost*2 | +queued | =*11",
        ["tick after the wait for approval"] =
            "!NotFound | =*2 | ~queued | +lost | +timed_out | +lost*2 | +queued | =*8 | +rejected*2 | =",
        ["tick after startWithin"] =
            "!NotFound | +expired | +lost | +expired | +lost | +timed_out | +lost*2 | +queued | =*8 | +rejected*2 | " +
            "+expired",
        ["recovered"] = "!NotFound | =*3 | ~running*2 | = | ~running*2 | =*11",
    };

    /// <summary>The cells of one row, one a state.</summary>
    public static string[] Cells(string trigger) =>
    [
        .. Rows[trigger].Split(" | ").SelectMany(run => run.Split('*') is [var word, var times]
            ? Enumerable.Repeat(word, int.Parse(times, System.Globalization.CultureInfo.InvariantCulture))
            : [run]),
    ];
}
