using System.Text.Json.Nodes;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Load;

/// <summary>
/// What the clients ask for: more than half for real daemons, the rest for anybody, for compatible workers, for light ones, and for nobody.
/// </summary>
internal sealed class TaskMix(Witness witness)
{
    public const string Light = "light";
    public const string Daemon = "daemon";
    public const int Timeout = 8000;
    public const int KillGrace = 500;
    private const int ForNobody = 4000;
    private const int SmallOutput = 64 * 1024;
    private const int LargeOutput = 2_000_000;

    /// <summary>
    /// Compatible workers get no task: what one of them was started on with an answer that died is known as lost only two minutes later.
    /// </summary>
    public bool CompatibleWorkersToo { get; set; } = true;

    /// <summary>What is asked for in place of a command of the mix; null: the mix's own.</summary>
    public Func<string, Random, (JsonObject Body, Func<string, Accepted> Accepted)?> Instead { get; set; } = (_, _) => null;

    /// <summary>A submit's body and what it promises; pure but for the random numbers.</summary>
    public (JsonObject Body, Func<string, Accepted> Accepted) Next(string key, Random random)
    {
        if (Instead(key, random) is { } other) return other;
        var exitCode = random.Next(10) == 0 ? 3 : 0;
        var body = new JsonObject { ["timeout"] = Timeout, ["killGrace"] = KillGrace };
        var (timeout, startWithin, attempts) = (Timeout, 900_000, 1);
        var session = false;
        int? size = null;
        switch (random.Next(100))
        {
            case < 12 when CompatibleWorkersToo: break;
            case < 22 when CompatibleWorkersToo: body["worker"] = "compat"; break;
            case < 24: (body["worker"], body["startWithin"], startWithin) = ("nobody", ForNobody, ForNobody); break;
            case < 42: (body["labels"], session) = (new JsonArray(Light), true); break;
            default: (body["labels"], session, size) = (new JsonArray(Daemon), true, Size(random)); break;
        }
        var seconds = Seconds(random);
        if (session && random.Next(40) == 0) (seconds, timeout) = (4, 1000);
        if (session && random.Next(4) == 0) attempts = 3;
        if (session && random.Next(12) == 0) body["concurrencyKey"] = $"key-{random.Next(3)}";
        body["command"] = size is { } bytes ? witness.Command(key, seconds, exitCode, bytes) : witness.Command(key, seconds, exitCode);
        body["timeout"] = timeout;
        if (attempts > 1) body["maxAttempts"] = attempts;
        return (body, id => new Accepted(key, id, attempts)
        {
            Timeout = timeout, KillGrace = KillGrace, StartWithin = startWithin, OutputSize = size,
        });
    }

    /// <summary>
    /// Bytes a daemon's task prints: most of them little, some nothing at all, a few as much as an answer of 2 MB; null: a line.
    /// </summary>
    private static int? Size(Random random) => random.Next(100) switch
    {
        < 60 => null,
        < 65 => 0,
        < 90 => random.Next(1, SmallOutput),
        < 98 => random.Next(SmallOutput, 8 * SmallOutput),
        _ => random.Next(8 * SmallOutput, LargeOutput),
    };

    private static double Seconds(Random random) => Math.Round(random.Next(5) switch
    {
        0 => 0,
        1 or 2 => 0.05,
        3 => random.NextDouble() / 2,
        _ => 0.5 + random.NextDouble(),
    }, 3);
}
