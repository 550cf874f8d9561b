using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Report;

/// <summary>When 503 is an honest answer. Any other failure never is.</summary>
internal enum Unavailable
{
    Never = 0,
    /// <summary>While a fault lasts, and a moment longer.</summary>
    AboutFaults,
    /// <summary>The store fails throughout.</summary>
    Always,
}

/// <summary>What a run cost its clients. Pure.</summary>
internal sealed record Figures
{
    /// <summary>How long after a fault a call may still be slow because of it.</summary>
    private const long Aftermath = 30_000;

    /// <summary>Longest added latency of a client's call with no fault about, ms.</summary>
    public required long Calm { get; init; }
    /// <summary>Longest added latency of a client's call that touched a fault or its aftermath, ms.</summary>
    public required long Worst { get; init; }
    public required Call? WorstCall { get; init; }
    /// <summary>The same for workers' calls.</summary>
    public required long WorstOfWorkers { get; init; }
    public required IReadOnlyDictionary<CallOutcome, int> Outcomes { get; init; }
    /// <summary>Calls that failed and may not.</summary>
    public required IReadOnlyList<Call> Failed { get; init; }

    public static Figures Of(IReadOnlyList<Call> calls, IReadOnlyList<Fault> faults, Unavailable unavailable)
    {
        var clients = calls.Where(c => !c.ByWorker && c.Outcome != CallOutcome.Doomed).ToList();
        var worst = clients.Where(Touched).MaxBy(c => c.Added);
        return new Figures
        {
            Calm = clients.Where(c => !Touched(c)).Select(c => c.Added).DefaultIfEmpty().Max(),
            Worst = worst?.Added ?? 0,
            WorstCall = worst,
            WorstOfWorkers = calls.Where(c => c.ByWorker && Touched(c)).Select(c => c.Added).DefaultIfEmpty().Max(),
            Outcomes = calls.CountBy(c => c.Outcome).ToDictionary(),
            Failed = [.. calls.Where(c => c.Outcome is CallOutcome.Failed or CallOutcome.Broken
                || (c.Outcome == CallOutcome.Unavailable && !MayBe(c)))],
        };

        bool MayBe(Call call) => unavailable == Unavailable.Always || (unavailable == Unavailable.AboutFaults && Touched(call));

        bool Touched(Call call) => faults.Any(f => call.End >= f.Begin && call.Begin <= f.End + Aftermath);
    }

    public IEnumerable<string> Lines() =>
    [
        "calls: " + string.Join(", ", Outcomes.OrderBy(o => o.Key).Select(o => $"{o.Value} {o.Key}")),
        $"longest added latency of a client: {Calm} ms without a fault about, {Worst} ms with one; of a worker: {WorstOfWorkers} ms",
        $"  {WorstCall}",
        .. Failed.Take(20).Select(call => $"  failed: {call}"),
    ];
}
