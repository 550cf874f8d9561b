using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Execution;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// Looks for the agents' sessions on this PC's disk, for the heartbeats, which never wait for it: the files are the user's, and may lie on
/// a mount that answers nothing. One thread at most; while it hangs the last that was found stands, and no other look is begun.
/// </summary>
internal sealed class SessionScan(IRecentSessions sessions, TimeProvider clock, WorkerLog log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private RecentSession[]? found;
    private long? beganAt;
    private bool looking;
    private bool logged;

    /// <summary>Called, on the scan's thread, when another look found something else.</summary>
    public event Action? Changed;

    /// <summary>What the last look found; null: none has come to its end.</summary>
    public RecentSession[]? Found { get { lock (gate) return found; } }

    /// <summary>Begins another look when the last is over and not young.</summary>
    public void StartIfDue()
    {
        lock (gate)
        {
            var age = beganAt is { } at ? clock.GetElapsedTime(at) : TimeSpan.MaxValue;
            if (looking && age > Slow && !logged)
            {
                logged = true;
                log.SessionsUnanswered(age);
            }
            if (looking || age < Every) return;
            (looking, beganAt) = (true, clock.GetTimestamp());
        }
        new Thread(ScanDisk, 256 * 1024) { IsBackground = true, Name = "sessions" }.Start();
    }

    private void ScanDisk()
    {
        RecentSession[]? newest = null;
        try
        {
            newest = [.. sessions.GetNewest(Limits.RecentSessions)];
        }
        catch (Exception error)
        {
            log.Fault("the look for agents' sessions", error);
        }
        bool changed;
        lock (gate)
        {
            changed = newest is not null && found is not null ? !newest.SequenceEqual(found) : newest is { Length: > 0 };
            (found, looking, logged) = (newest ?? found, false, false);
        }
        if (changed) Changed?.Invoke();
    }
}
