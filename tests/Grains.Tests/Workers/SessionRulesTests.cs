using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Workers;

namespace OpenClaw.Grains.Tests.Workers;

/// <summary>Who gets a session, over everything that decides it.</summary>
public sealed class SessionRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly string?[] Runs = [null, "one", "two"];
    private static readonly double[] Ages = [0, 2.9, 44.9, 45, 600];

    private static readonly Contender?[] Contenders =
    [
        null,
        .. from run in new[] { "one", "two" }
            from age in new double[] { -60, 0, 2.9, 3, 100 }
            select new Contender(run, Now - TimeSpan.FromSeconds(age)),
    ];

    private static IEnumerable<(WorkerRecord Worker, SessionRequest Request, Contender? Contender)> All =>
        from session in new[] { null, "studio.1.x" }
        from closed in new[] { false, true }
        from age in Ages
        from run in Runs
        from instance in new[] { "home", "other" }
        from asking in Runs
        from replaces in Runs
        from contender in Contenders
        select (
            new WorkerRecord
            {
                Session = session, Instance = session is null ? null : "home", Run = run, Closed = closed,
                LastSeen = Now - TimeSpan.FromSeconds(age),
            },
            new SessionRequest
            {
                Instance = instance, Offers = "", Run = asking, Replaces = replaces is null ? [] : ["x", replaces], TakeOver = true,
            },
            contender);

    [Fact]
    public void A_session_that_is_not_alive_is_anybodys() => Each(
        All.Where(one => one.Worker.Session is null || one.Worker.Closed || Now - one.Worker.LastSeen >= SessionRules.Silence),
        one => Assert.Equal(SessionVerdict.Open, Judge(one)));

    [Fact]
    public void A_live_one_is_no_other_instances() => Each(
        Alive.Where(one => one.Request.Instance == "other"), one => Assert.Equal(SessionVerdict.Taken, Judge(one)));

    [Fact]
    public void The_same_process_and_the_one_that_knows_it_dead_and_daemons_without_an_id_get_it_at_once() => Each(
        Same.Where(one => one.Worker.Run is null || one.Request.Run is null || one.Worker.Run == one.Request.Run
            || one.Request.Replaces.Contains(one.Worker.Run)),
        one => Assert.Equal(SessionVerdict.Open, Judge(one)));

    [Fact]
    public void Another_process_gets_it_only_after_it_asked_before_and_nothing_was_heard_of_the_first_since()
    {
        var others = Same.Where(one => one.Worker.Run is { } run && one.Request.Run is { } asking && run != asking
            && !one.Request.Replaces.Contains(run)).ToList();
        Each(others, one =>
        {
            TimeSpan? asked = one.Contender is { } waiting && waiting.Run == one.Request.Run && waiting.Since <= Now
                && one.Worker.LastSeen <= waiting.Since
                ? Now - waiting.Since
                : null;
            var expected = asked is not { } time
                ? SessionVerdict.FindOut
                : time >= SessionRules.AnswerTime ? SessionVerdict.Open : SessionVerdict.Taken;
            Assert.Equal(expected, Judge(one));
        });
        Assert.Equal(3, others.Select(Judge).Distinct().Count());
    }

    private static void Each<T>(IEnumerable<T> situations, Action<T> check)
    {
        var all = situations.ToList();
        Assert.NotEmpty(all);
        Assert.All(all, check);
    }

    private static IEnumerable<(WorkerRecord Worker, SessionRequest Request, Contender? Contender)> Alive =>
        All.Where(one => one.Worker.Session is not null && !one.Worker.Closed && Now - one.Worker.LastSeen < SessionRules.Silence);

    private static IEnumerable<(WorkerRecord Worker, SessionRequest Request, Contender? Contender)> Same =>
        Alive.Where(one => one.Request.Instance == "home");

    private static SessionVerdict Judge((WorkerRecord Worker, SessionRequest Request, Contender? Contender) one) =>
        SessionRules.JudgeRequest(one.Worker, one.Request, one.Contender, Now);
}
