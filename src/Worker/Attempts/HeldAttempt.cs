using System.Runtime.InteropServices;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Attempts.Pipeline;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Attempts;

namespace OpenClaw.Worker.Attempts;

/// <summary>An attempt this worker was offered, runs, or has run and not yet reported.</summary>
/// <param name="offer">What the server offered.</param>
/// <param name="recoveredSupervisors">Set when a daemon before this one began it: the supervisors of its programs.</param>
internal sealed class HeldAttempt(Offer offer, IReadOnlyList<ProcessIdentity>? recoveredSupervisors = null) : IProgramOwner
{
    private long renewedAt;
    private long startedAt;
    private volatile bool started;
    private volatile bool mayBeNoted;
    private volatile bool cancelAnnounced;
    private volatile bool over;
    private volatile bool confirming;
    private volatile bool spawned;
    private volatile bool leavesSlot;

    public Offer Offer { get; private set; } = offer;

    /// <summary>Bytes of its payload, here or still to be fetched; 0 once it was dropped.</summary>
    public long PayloadLength => Offer.PayloadBytes
        ?? (Offer.Payload.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(Offer.Payload).Length);

    public IReadOnlyList<ProcessIdentity>? RecoveredSupervisors => recoveredSupervisors;

    /// <summary>Called with the time of each renewal, on any thread.</summary>
    public event Action<long>? Renewed;

    /// <summary>Called, on any thread, when <see cref="HasProgramEnded"/> becomes true.</summary>
    public event Action? Ended;

    /// <summary>The yes it has; null: none, it was not asked for.</summary>
    public GrantedApproval? Approval { get; set; }

    /// <summary>The files that its owner was shown when he was asked.</summary>
    public WorkBinding Binding { get; set; } = WorkBinding.None;

    /// <summary>The server has noted that it waits for its owner, and offers it to nobody.</summary>
    public bool WaitsAtServer { get; set; }

    public AttemptStop Stop { get; } = new();

    /// <summary>The server's yes to its start; null: nobody has to be asked.</summary>
    public StartConfirmation? StartConfirmation { get; set; }

    /// <summary>
    /// A poll's answer named its task as cancelled while its start was being asked for; heartbeats name only what has started.
    /// </summary>
    public bool IsCancelAnnounced => cancelAnnounced;

    /// <summary>The server committed its start: heartbeats name it from now on.</summary>
    public bool IsStarted => started;

    /// <summary>
    /// The server was asked to start it, and no answer came: perhaps it counts there as started. What became of it then only this daemon
    /// can say, so it is not left to another.
    /// </summary>
    public bool MayBeNoted => mayBeNoted;

    /// <summary>
    /// Its program has ended, or what the daemon does itself, and its output is still on its way to the server: nothing of it runs,
    /// whatever the clocks say by then.
    /// </summary>
    public bool HasProgramEnded => over;

    /// <summary>It is over, and its output waits on disk: so its slot can be another's.</summary>
    public bool LeavesSlot => leavesSlot;

    /// <summary>When the request that last renewed its lease was sent, on the monotonic clock.</summary>
    public long RenewedAt => Interlocked.Read(ref renewedAt);

    /// <summary>When its start was asked for, on the monotonic clock; 0 before.</summary>
    public long StartedAt => Interlocked.Read(ref startedAt);

    /// <summary>How long it had run when this daemon took it up; zero: it began here.</summary>
    public TimeSpan AgeAtRecovery { get; set; }

    /// <summary>
    /// The server said yes once more before any program of it was started, and counts its time from that. Raised on the thread that waits
    /// for the yes.
    /// </summary>
    public event Action? StartedAnew;

    /// <summary>The yes to start is being asked for again: nothing runs, so nothing is late.</summary>
    public bool IsConfirming => confirming;

    /// <summary>A program of it was let start.</summary>
    public bool HasSpawned => spawned;

    /// <summary>A program of it may run from now on.</summary>
    public void MarkSpawned() => spawned = true;

    public void AnnounceCancel() => cancelAnnounced = true;

    /// <summary>A question for its start got no answer.</summary>
    public void MarkMayBeNoted() => mayBeNoted = true;

    /// <summary>Its payload was fetched.</summary>
    public void SetPayload(JsonElement payload) => Offer = Offer with { Payload = payload, PayloadBytes = null };

    /// <summary>Its program has ended: while its result waits for the server nobody needs the payload.</summary>
    public void DropPayload() => Offer = Offer with { Payload = default };

    /// <summary>A program of it begins, the first or another.</summary>
    public void BeginProgram() => over = leavesSlot = false;

    /// <summary>Its program has ended, and its output is not all read.</summary>
    public void EndProgram()
    {
        leavesSlot = true;
        EndWork();
    }

    /// <summary>What the daemon does itself for it is done, and all its output is in memory.</summary>
    public void EndWork()
    {
        over = true;
        Ended?.Invoke();
    }

    public void RenewLease(long sentAt)
    {
        Interlocked.CompareExchange(ref startedAt, sentAt, 0);
        Interlocked.Exchange(ref renewedAt, sentAt);
        started = true;
        // Whoever announces a cancel writes that and then looks for what is started; here it is the other way round, and one must see the
        // other.
        Interlocked.MemoryBarrier();
        Renewed?.Invoke(sentAt);
    }

    /// <summary>
    /// The last question before a program of it is spawned: it was not stopped, and the server's yes is not old. Waits while that is asked
    /// for again, until it is stopped.
    /// </summary>
    public async Task<bool> ConfirmStart()
    {
        try
        {
            confirming = true;
            var again = Stop.Why == StopReason.None && StartConfirmation is { IsFresh: false };
            if (again && !await StartConfirmation!.EnsureFresh(Stop.Token))
                Stop.Request(StopReason.Superseded);
            else if (again && !spawned)
                StartedAnew?.Invoke();
        }
        catch (OperationCanceledException)
        {
            // It was stopped, or the daemon ends and begins nothing any more.
            Stop.Request(StopReason.WorkerStopped);
        }
        finally
        {
            confirming = false;
        }
        return Stop.Why == StopReason.None;
    }

    /// <summary>It runs already. How old its lease is only its supervisor knows, and ends it by that.</summary>
    public void MarkRunning(long now)
    {
        Interlocked.Exchange(ref renewedAt, now);
        started = true;
    }
}
