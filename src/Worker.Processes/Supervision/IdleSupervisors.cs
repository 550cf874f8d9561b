namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>
/// Supervisors whose run is over and that wait for another order: to start a process costs more than many a task. They are not kept long,
/// and end by themselves with the daemon. As long as the journal names an attempt (<c>isOpen</c>) its supervisor serves no other: whoever
/// ends what the one has left would end the other's program.
/// </summary>
internal sealed class IdleSupervisors(Func<string, bool> isOpen, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly List<IdleSupervisor> resting = [];
    private bool disposed;

    public int Count { get { lock (gate) return resting.Count; } }

    /// <summary>It has taken leave of the attempt's run, and all that ran under it has ended.</summary>
    public void Add(string attemptId, SupervisorProcess supervisor)
    {
        var one = new IdleSupervisor(attemptId, supervisor);
        lock (gate)
        {
            if (!disposed)
            {
                one.Timer = clock.CreateTimer(_ => RemoveAndEnd(one), null, Kept, Timeout.InfiniteTimeSpan);
                resting.Add(one);
                return;
            }
        }
        one.End();
    }

    /// <summary>One that is free; null when there is none.</summary>
    public SupervisorProcess? TakeLastUsed()
    {
        lock (gate)
        {
            // The one used last: the others get their rest and go.
            var index = resting.FindLastIndex(one => !isOpen(one.AttemptId));
            if (index < 0) return null;
            var one = resting[index];
            resting.RemoveAt(index);
            one.Timer!.Dispose();
            return one.Supervisor;
        }
    }

    public void Dispose()
    {
        IdleSupervisor[] all;
        lock (gate)
        {
            disposed = true;
            all = [.. resting];
            resting.Clear();
        }
        foreach (var one in all)
            one.End();
    }

    private void RemoveAndEnd(IdleSupervisor one)
    {
        lock (gate)
        {
            if (!resting.Remove(one)) return;
        }
        one.End();
    }

    private sealed record IdleSupervisor(string AttemptId, SupervisorProcess Supervisor)
    {
        public ITimer? Timer { get; set; }

        public void End()
        {
            Timer?.Dispose();
            Supervisor.Dismiss();
        }
    }
}
