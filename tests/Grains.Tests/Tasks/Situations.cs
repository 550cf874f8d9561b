using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>A task in every state, and every trigger: the axes of the lifecycle table. Times count from <see cref="T0"/>.</summary>
internal static class Situations
{
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly TaskOptions Options = new();
    public const string AskedDigest = "0a";
    public const string OtherDigest = "0b";
    public static readonly Guid Id = Guid.Parse("0192aaaa-0000-7000-8000-000000000001");
    public static readonly Guid Ticket = Guid.Parse("0192aaaa-0000-7000-8000-000000000002");
    public static readonly Actor Client = new("client-1", "127.0.0.1");
    public static readonly Holder Studio = new()
    {
        Worker = "studio", Epoch = 3, Offers = "kind:command,worker:studio", TokenId = "worker-1",
    };
    public static readonly Holder Compatible =
        new() { Worker = "compat", Epoch = 0, Offers = "kind:command,worker:compat", TokenId = "worker-2" };

    public static TaskSpec Spec => new()
    {
        Kind = "command", Payload = [1], Requires = "kind:command", RequestDigest = [7],
        Timeout = TimeSpan.FromSeconds(30), KillGrace = TimeSpan.FromSeconds(10), StartWithin = TimeSpan.FromMinutes(15),
    };

    public static readonly TaskSpec Other = Spec with { RequestDigest = [8] };

    /// <summary>Every state, some of them in more than one way. The first word is the state's name on the wire.</summary>
    public static IReadOnlyDictionary<string, TaskRecord?> States { get; } = new Dictionary<string, TaskRecord?>
    {
        ["none"] = null,
        ["queued"] = Queued(Spec),
        ["queued between attempts"] = Between(),
        ["offered"] = After(Queued(Spec), new TaskTrigger.Offer(Studio), 1),
        ["running"] = Running(Spec),
        ["running renewed"] = Running(Spec) with { LeaseUntil = T0.AddDays(1) },
        ["running compatible"] = After(Queued(Spec), new TaskTrigger.OfferAndStart(Compatible, Ticket), 1),
        ["running cancel asked"] = After(Running(Spec), new TaskTrigger.Cancel(Client), 2),
        ["running may retry"] = Running(Spec with { MaxAttempts = 2 }),
        ["succeeded"] = After(Running(Spec), Finish(OutcomeKind.Succeeded), 2),
        ["failed"] = After(Running(Spec), Finish(OutcomeKind.Failed), 2),
        ["cancelled"] = After(Queued(Spec), new TaskTrigger.Cancel(Client), 2),
        ["timed_out"] = After(Running(Spec) with { LeaseUntil = T0.AddDays(1) }, TaskTrigger.Tick.Instance, 60),
        ["expired"] = After(Queued(Spec), TaskTrigger.Tick.Instance, 900),
        ["rejected"] = After(Running(Spec), Finish(OutcomeKind.Rejected), 2),
        ["lost"] = After(Running(Spec), TaskTrigger.Tick.Instance, 200),
        ["lost after a cancel"] = After(After(Running(Spec), new TaskTrigger.Cancel(Client), 2), TaskTrigger.Tick.Instance, 60),
        ["awaiting_approval"] = Awaiting(Queued(Spec)),
        ["awaiting_approval between attempts"] = Awaiting(Between()),
        ["awaiting_approval approved"] = After(Awaiting(Queued(Spec)), Decide(ApprovalDecision.Approve, AskedDigest), 2.6),
    };

    /// <summary>Every trigger, as the rightful sender would send it, with seconds since <see cref="T0"/>.</summary>
    public static IReadOnlyDictionary<string, (Func<TaskRecord?, TaskTrigger> Make, int At)> Triggers { get; } =
        new Dictionary<string, (Func<TaskRecord?, TaskTrigger>, int)>
        {
            ["submit"] = (_ => new TaskTrigger.Submit(Id, Spec, Client), 3),
            ["submit another"] = (_ => new TaskTrigger.Submit(Id, Other, Client), 3),
            ["offer"] = (r => new TaskTrigger.Offer(Rightful(r)), 3),
            ["offer-returned"] = (r => new TaskTrigger.OfferReturned(Rightful(r)), 3),
            ["pin"] = (_ => new TaskTrigger.Pin("studio"), 3),
            ["start"] = (r => new TaskTrigger.Start(Rightful(r), Next(r)), 3),
            ["start, long after the first"] = (r => new TaskTrigger.Start(Rightful(r), Next(r)), 8),
            ["ask-approval"] = (r => Ask(r, AskedDigest), 3),
            ["ask-approval of something else"] = (r => Ask(r, OtherDigest), 3),
            ["approve"] = (_ => Decide(ApprovalDecision.Approve, AskedDigest), 3),
            ["approve at the PC"] = (_ => Decide(ApprovalDecision.Approve, AskedDigest) with { AtThePc = true }, 3),
            ["approve something else"] = (_ => Decide(ApprovalDecision.Approve, OtherDigest), 3),
            ["reject"] = (_ => Decide(ApprovalDecision.Reject, AskedDigest), 3),
            ["offer-and-start"] = (_ => new TaskTrigger.OfferAndStart(Compatible, Id), 3),
            ["offer-and-start again"] = (_ => new TaskTrigger.OfferAndStart(Compatible, Ticket), 3),
            ["undelivered"] = (_ => new TaskTrigger.Undelivered(Compatible, Ticket), 3),
            ["undelivered of another start"] = (_ => new TaskTrigger.Undelivered(Compatible, Id), 3),
            ["heartbeat"] = (r => new TaskTrigger.Heartbeat(Rightful(r), r?.Attempt ?? 1), 3),
            ["heartbeat after timeout"] = (r => new TaskTrigger.Heartbeat(Rightful(r), r?.Attempt ?? 1), 47),
            ["finish succeeded"] = (r => Finish(OutcomeKind.Succeeded, r), 3),
            ["finish failed"] = (r => Finish(OutcomeKind.Failed, r), 3),
            ["finish timed_out"] = (r => Finish(OutcomeKind.TimedOut, r), 3),
            ["finish cancelled"] = (r => Finish(OutcomeKind.Cancelled, r), 3),
            ["finish rejected"] = (r => Finish(OutcomeKind.Rejected, r), 3),
            ["finish lost"] = (r => Finish(OutcomeKind.Lost, r), 3),
            ["finish of an older attempt"] = (r => Finish(OutcomeKind.Succeeded, r, attempt: 99), 3),
            ["cancel"] = (_ => new TaskTrigger.Cancel(Client), 3),
            ["holder-restarted"] = (_ => new TaskTrigger.HolderRestarted("studio", 4), 3),
            ["tick"] = (_ => TaskTrigger.Tick.Instance, 3),
            ["tick after the offer"] = (_ => TaskTrigger.Tick.Instance, 25),
            ["tick after deadline"] = (_ => TaskTrigger.Tick.Instance, 56),
            ["tick after lease and grace"] = (_ => TaskTrigger.Tick.Instance, 60),
            ["tick after lostAfter"] = (_ => TaskTrigger.Tick.Instance, 162),
            ["tick after the wait for approval"] = (_ => TaskTrigger.Tick.Instance, 610),
            ["tick after startWithin"] = (_ => TaskTrigger.Tick.Instance, 950),
            ["recovered"] = (_ => TaskTrigger.Recovered.Instance, 3),
        };

    public static TaskStep Step(TaskRecord? record, TaskTrigger trigger, double seconds) =>
        TaskMachine.ApplyTrigger(record, trigger, T0.AddSeconds(seconds), Options);

    public static TaskRecord After(TaskRecord? record, TaskTrigger trigger, double seconds)
    {
        var step = Step(record, trigger, seconds);
        Assert.Equal(Rejection.None, step.Rejection);
        return step.Record!;
    }

    public static TaskRecord Queued(TaskSpec spec) => After(null, new TaskTrigger.Submit(Id, spec, Client), 0);

    public static TaskRecord Running(TaskSpec spec) => After(Queued(spec), new TaskTrigger.Start(Studio, 1), 1);

    public static TaskTrigger.Finish Finish(OutcomeKind kind, TaskRecord? record = null, int? attempt = null) =>
        new(Rightful(record), new AttemptOutcome { Kind = kind, Attempt = attempt ?? Math.Max(1, record?.Attempt ?? 1) }, Client);

    private static TaskRecord Awaiting(TaskRecord record) => After(record, Ask(record, AskedDigest), 2.5);

    private static TaskTrigger.AskApproval Ask(TaskRecord? record, string digest) => new(Studio, Next(record), new ApprovalAsk
    {
        Rule = "git-push", Digest = digest, WaitFor = TimeSpan.FromMinutes(10), Remote = true,
    });

    private static TaskTrigger.Decide Decide(ApprovalDecision decision, string digest) => new(decision, digest, Client, AtThePc: false);

    private static TaskRecord Between() =>
        After(Running(Spec with { MaxAttempts = 3 }), new TaskTrigger.HolderRestarted("studio", 4), 1.5);

    private static Holder Rightful(TaskRecord? record) => record is { Attempt: > 0, Epoch: 0 } ? Compatible : Studio;

    private static int Next(TaskRecord? record) => record?.State == TaskState.Running ? record.Attempt : (record?.Attempt ?? 0) + 1;
}
