using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;
using Orleans.Storage;

namespace OpenClaw.Grains.Tasks;

// The record and its row: read when needed, adopted after the commit, dropped when a write's outcome is unknown.
// Who else may be there: readers (Get, Wait) interleave with a step and join its read; another activation of the same task, on a silo
// that the cluster has given up, may still write. The row's ETag decides between the two: the one that is behind gets
// InconsistentStateException and drops what it knows; the gateway repeats the call.
internal sealed partial class TaskGrain
{
    private static readonly TimeSpan StayForReaders = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Bytes of a payload that is not remembered: as many tasks may be active, and waited for, as clients queue. It is read again for the
    /// worker that gets it; a row is never written with it again.
    /// </summary>
    private const int LargePayload = 256 * 1024;

    private IGrainTimer? leaving;
    private TaskRecord? record;
    private string? etag;
    private bool loaded;
    private bool committing;
    private Task? loading;
    private DateTimeOffset lastContact;
    private TaskSpec? envelope;
    private bool payloadLeft;

    /// <summary>
    /// A submit nearly always makes a new task, so it inserts without reading first; when the row is there already the insert is
    /// refused, and the step is taken on what is there.
    /// </summary>
    private async Task<TaskStep> ApplySubmit(TaskTrigger.Submit trigger)
    {
        if (loaded) return await ApplyTrigger(trigger);
        var now = Now;
        var step = TaskMachine.ApplyTrigger(null, trigger, now, Options);
        try
        {
            await WriteRecord(step.Record!);
        }
        catch (InconsistentStateException)
        {
            return await ApplyTrigger(trigger);
        }
        catch (Exception failure)
        {
            // Of a full disk the store tells, once a minute: here it would be a line for every task.
            if (!ClusterErrors.IsDiskFull(failure)) services.Log.WriteFailed(trigger.Id, 1, failure);
            ForgetRecord();
            throw;
        }
        ReconcileQueue(null, step, trigger, cold: false, now);
        return step;
    }

    /// <summary>The commit point. On any failure its outcome is unknown: nothing of this activation is used again.</summary>
    private async Task CommitRecord(TaskRecord next)
    {
        try
        {
            await WriteRecord(next);
        }
        catch (Exception failure)
        {
            if (failure is not OutputApartException && !ClusterErrors.IsDiskFull(failure))
                services.Log.WriteFailed(next.Id, next.Version, failure);
            ForgetRecord();
            throw;
        }
        if (next.State.IsEnd() || waits is not null) AnswerWaits();
    }

    private async Task WriteRecord(TaskRecord next)
    {
        committing = true;
        var before = record;
        try
        {
            var state = new GrainState<TaskRecord> { State = next, ETag = etag, RecordExists = etag is not null };
            await services.Storage.WriteStateAsync("task", this.GetGrainId(), state);
            AdoptRecord(next, state.ETag);
            TaskMetrics.RecordCommit(before, next);
            AttemptTrace.RecordCommit(before, next);
        }
        finally
        {
            committing = false;
        }
    }

    private Task EnsureLoaded()
    {
        if (loaded) return Task.CompletedTask;
        if (loading is { } underWay) return underWay;
        var read = LoadOnce();
        // A read that has already ended must not be stored here: its own finally, which clears the field, has run, and a caller after
        // ForgetRecord would join that ended read and find nothing.
        if (!read.IsCompleted) loading = read;
        return read;
    }

    /// <summary>Loads what is not there; true when it was read during this call, and not earlier by a reader that was joined.</summary>
    private async Task<bool> LoadIfMissing()
    {
        var isOwnRead = !loaded && loading is null;
        await EnsureLoaded();
        return isOwnRead;
    }

    private async Task LoadOnce()
    {
        try
        {
            var state = await ReadRow();
            if (!loaded) AdoptRow(state);
        }
        catch
        {
            ForgetRecord();
            throw;
        }
        finally
        {
            loading = null;
        }
    }

    /// <summary>For readers: loads, or looks at the store again when somebody else may have followed up what is remembered.</summary>
    private async Task EnsureFresh()
    {
        if (!loaded)
        {
            await EnsureLoaded();
            if (record is { } task && !task.State.IsEnd()) NotifyQueue(task, TaskObligations.DecideQueueDuty(task, Now));
            return;
        }
        var needsRead = MemoryRules.ReaderNeedsRead(record, Now - lastContact, services.ClusterChanges.SinceLast, Options);
        if (needsRead && !committing) await RefreshRecord();
    }

    /// <summary>
    /// Reads the row again; true when the record is another one than before. Readers interleave here: of two who looked, the one who
    /// saw the later version is right; what is being committed, or was forgotten, is newer than any look.
    /// </summary>
    private async Task<bool> RefreshRecord()
    {
        var known = record;
        var state = await ReadRow();
        if (committing || !loaded) return false;
        var stored = state.RecordExists ? state.State!.Version : 0;
        var isNews = ReferenceEquals(record, known) ? stored != (known?.Version ?? 0) : stored > (record?.Version ?? 0);
        if (isNews) AdoptRow(state);
        else if (stored == (record?.Version ?? 0)) lastContact = Now;
        return !ReferenceEquals(record, known);
    }

    /// <summary>Reads the row whatever is remembered: nothing but what is stored counts any more.</summary>
    private async Task ReloadRecord()
    {
        loaded = false;
        await EnsureLoaded();
    }

    private async Task<GrainState<TaskRecord>> ReadRow()
    {
        var state = new GrainState<TaskRecord>();
        await services.Storage.ReadStateAsync("task", this.GetGrainId(), state);
        return state;
    }

    /// <summary>What was asked for, with the payload that is not remembered.</summary>
    private async Task<TaskSpec?> AddPayload(TaskSpec? spec) =>
        payloadLeft && spec is not null ? spec with { Payload = (await ReadRow()).State?.Spec.Payload ?? [] } : spec;

    private void AdoptRow(GrainState<TaskRecord> state)
    {
        var read = state.RecordExists ? state.State : null;
        AdoptRecord(read is null ? null : TaskMachine.ApplyTrigger(read, TaskTrigger.Recovered.Instance, Now, Options).Record, state.ETag);
        if (read is not null) ArmTimer(record!, Now);
        if (waits is not null) AnswerWaits();
    }

    private void AdoptRecord(TaskRecord? next, string? tag)
    {
        if (next?.Spec.Payload.Length > LargePayload)
        {
            payloadLeft = true;
            next = next with { Spec = next.Spec with { Payload = [] } };
        }
        record = next;
        etag = tag;
        loaded = true;
        lastContact = Now;
    }

    private void ForgetRecord()
    {
        loaded = false;
        record = null;
        etag = null;
        AnswerWaits();
        DeactivateOnIdle();
    }

    /// <summary>
    /// After a read of an ended task: goes a moment later. Going with each read, readers that come together would meet one activation
    /// after another that is just going, and a call is forwarded a few times only.
    /// </summary>
    private void DeactivateSoon()
    {
        if (record is { } task && !task.State.IsEnd()) return;
        leaving ??= this.RegisterGrainTimer(
            OnLeaveTimer, new GrainTimerCreationOptions(StayForReaders, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    private Task OnLeaveTimer(CancellationToken cancellation)
    {
        leaving = null;
        DeactivateWhenDone();
        return Task.CompletedTask;
    }

    /// <summary>Ended tasks and ids nobody submitted keep no activation.</summary>
    private void DeactivateWhenDone()
    {
        if (record is null || record.State.IsEnd()) DeactivateOnIdle();
    }

    private TaskSnapshot? CreateSnapshot() => CreateSnapshot(record);

    private TaskSnapshot? CreateSnapshot(TaskRecord? task)
    {
        if (task is null) return null;
        envelope ??= task.Spec with { Payload = [] };
        var now = Now;
        return new TaskSnapshot
        {
            Id = task.Id,
            Spec = envelope,
            State = GetVisibleState(task, now),
            Version = task.Version,
            Attempt = task.Attempt,
            FailedAttempts = task.FailedAttempts,
            CancelRequested = task.CancelRequested,
            WorkerUnreachable = TaskClocks.IsUnreachable(task, now, Options),
            Reason = task.Reason,
            Worker = task.State == TaskState.Offered ? task.OfferedTo?.Worker : task.Approval?.Worker ?? task.Worker,
            CreatedAt = task.CreatedAt,
            NotBefore = task.NotBefore,
            StartedAt = task.StartedAt,
            EndedAt = task.EndedAt,
            Outcome = task.Outcome,
            LateResult = task.LateResult,
            Approval = task.Approval,
            Epoch = task.Epoch,
            StartedBy = task.Worker,
            Output = task.State.IsEnd() ? task.Output : null,
        };
    }

    /// <summary>The state as gateways of every version know it.</summary>
    private static TaskState GetVisibleState(TaskRecord task, DateTimeOffset now) => task.State switch
    {
        TaskState.Offered when now >= task.OfferExpires => TaskState.Queued,
        TaskState.AwaitingApproval => TaskState.Queued,
        var state => state,
    };
}
