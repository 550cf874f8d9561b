using System.Diagnostics;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Cluster.Tests.Workers;

/// <summary>An attempt a light worker was offered, runs, or has not reported yet.</summary>
internal sealed class HeldAttempt(Offer offer) : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private long renewedAt;

    public Offer Offer { get; } = offer;
    public bool Running { get; set; }
    public string? StopReason { get; private set; }
    public CancellationToken Stopping => stop.Token;
    public TimeSpan SinceRenewal => Stopwatch.GetElapsedTime(Volatile.Read(ref renewedAt));

    public void Renew(long sentAt) => Volatile.Write(ref renewedAt, sentAt);

    public void Stop(string reason)
    {
        StopReason ??= reason;
        stop.Cancel();
    }

    public void Dispose() => stop.Dispose();
}
