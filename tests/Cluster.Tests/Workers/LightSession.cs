using OpenClaw.Cluster.Tests.Load;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>The session of a light worker: opened when there is none, again when it was fenced; any gateway does.</summary>
internal sealed class LightSession(Gateways gateways, History history, OpenSession self, Func<string[]> held, int seed) : IDisposable
{
    private readonly SemaphoreSlim opening = new(1);
    private readonly Random random = new(seed);
    private SessionOpened? open;

    public SessionOpened? Known => Volatile.Read(ref this.open);

    /// <summary>A call within the session; null when it has to be made again.</summary>
    public async Task<Answer<T>?> Call<T>(
        string what, string about, TimeSpan wait, Func<HttpClient, string, Task<Answer<T>>> call, CancellationToken mine)
    {
        if (await Open(mine) is not { } session) return null;
        GatewayAddress gateway;
        lock (random) gateway = gateways.Pick(random);
        var answer = await history.Ask(gateway, what, about, wait, () => call(gateway.Worker, session.Session), mine);
        // What is not provably a gateway's is none: the call is made again.
        if (answer is { Foreign: not null }) return null;
        if (answer?.Problem is not { } problem) return answer;
        if (problem.Type == ProblemTypes.SessionSuperseded)
        {
            Interlocked.CompareExchange(ref this.open, null, session);
            return null;
        }
        return problem.Status >= 500 ? null : answer;
    }

    public Task Pause(CancellationToken mine)
    {
        int pause;
        lock (random) pause = random.Next(50, 300);
        return Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System, mine).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public void Dispose() => opening.Dispose();

    private async Task<SessionOpened?> Open(CancellationToken mine)
    {
        if (Known is { } known) return known;
        await opening.WaitAsync(CancellationToken.None);
        try
        {
            if (Known is { } meanwhile) return meanwhile;
            GatewayAddress gateway;
            lock (random) gateway = gateways.Pick(random);
            var open = self with { Held = held() };
            var answer = await history.Ask(
                gateway, "session", self.Name, TimeSpan.Zero,
                () => new WorkersClient(gateway.Worker).OpenSession(open, mine), mine);
            Volatile.Write(ref this.open, answer?.Value);
            return answer?.Value;
        }
        finally
        {
            opening.Release();
        }
    }
}
