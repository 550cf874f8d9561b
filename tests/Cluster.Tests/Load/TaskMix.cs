using System.Text.Json.Nodes;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Load;

/// <summary>What the clients ask for: for anybody, for old workers, for light ones, for real daemons, and for nobody.</summary>
internal sealed class TaskMix(Witness witness)
{
    public const string Light = "light";
    public const string Daemon = "daemon";
    public const int Timeout = 8000;
    public const int KillGrace = 500;
    private const int ForNobody = 4000;

    /// <summary>Old workers get no task: what one of them was started on with an answer that died is known as lost only two minutes later.</summary>
    public bool OldWorkersToo { get; set; } = true;

    /// <summary>A submit's body and what it promises; pure but for the random numbers.</summary>
    public (JsonObject Body, Func<string, Accepted> Accepted) Next(string key, Random random)
    {
        var exitCode = random.Next(10) == 0 ? 3 : 0;
        var body = new JsonObject { ["timeout"] = Timeout, ["killGrace"] = KillGrace };
        var (timeout, startWithin, attempts) = (Timeout, 900_000, 1);
        var session = false;
        switch (random.Next(100))
        {
            case < 40 when OldWorkersToo: break;
            case < 60 when OldWorkersToo: body["worker"] = "compat"; break;
            case < 62: (body["worker"], body["startWithin"], startWithin) = ("nobody", ForNobody, ForNobody); break;
            case < 90: (body["labels"], session) = (new JsonArray(Light), true); break;
            default: (body["labels"], session) = (new JsonArray(Daemon), true); break;
        }
        var seconds = Seconds(random);
        if (session && random.Next(40) == 0) (seconds, timeout) = (4, 1000);
        if (session && random.Next(4) == 0) attempts = 3;
        if (session && random.Next(12) == 0) body["concurrencyKey"] = $"key-{random.Next(3)}";
        body["command"] = witness.Command(key, seconds, exitCode);
        body["timeout"] = timeout;
        if (attempts > 1) body["maxAttempts"] = attempts;
        return (body, id => new Accepted(key, id, attempts) { Timeout = timeout, KillGrace = KillGrace, StartWithin = startWithin });
    }

    private static double Seconds(Random random) => Math.Round(random.Next(5) switch
    {
        0 => 0,
        1 or 2 => 0.05,
        3 => random.NextDouble() / 2,
        _ => 0.5 + random.NextDouble(),
    }, 3);
}
