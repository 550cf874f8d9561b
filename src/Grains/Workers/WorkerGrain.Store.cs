using OpenClaw.Grains.Ports;
using Orleans.Storage;

namespace OpenClaw.Grains.Workers;

// The record and its row. What a caller relies on is stored before the answer; a sign of life is stored in the background.
internal sealed partial class WorkerGrain
{
    /// <summary>A sign of life is stored no oftener.</summary>
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Who was silent for longer says again that it is there. Shorter than what the directory waits before it asks no more.
    /// </summary>
    private static readonly TimeSpan ListedFor = WorkerDirectoryGrain.RestAfter * (2.0 / 3);

    /// <summary>The latest sign of life, stored or not; null: none is known.</summary>
    private DateTimeOffset? lastSeen;

    /// <summary>The write that nobody waits for; never fails. Whoever needs the row, or its ETag, waits for its end.</summary>
    private Task backgroundStore = Task.CompletedTask;

    /// <summary>There is more to store than the background write began with.</summary>
    private bool moreToStore;

    /// <summary>
    /// Takes a sign of life. Leases and cancels must not wait for the store: a row that is locked, or a store that hangs, holds up no
    /// heartbeat.
    /// </summary>
    /// <param name="next">The record as the caller wants it.</param>
    /// <param name="store">There is something new in it: it is stored now, and not only once a minute.</param>
    private void RecordContact(WorkerRecord next, bool store)
    {
        var now = clock.GetUtcNow();
        // Negated, because one of which nothing is known (null) counts as silent.
        if (!(now - lastSeen < ListedFor)) listed = false;
        lastSeen = now;
        online.MarkOnline(key, now);
        // A clock that stepped back makes the difference negative, and the stored time wrong: store it then, too.
        var since = now - (next.LastSeen ?? DateTimeOffset.MinValue);
        if (!store && since < SeenEvery && since >= TimeSpan.Zero) return;
        state.State = WithAudit(next with { LastSeen = now });
        moreToStore = true;
        if (backgroundStore.IsCompleted) backgroundStore = StoreInBackground();
    }

    /// <summary>Runs beside the calls that come meanwhile; they change the record, and so it goes on until there is nothing new.</summary>
    private async Task StoreInBackground()
    {
        while (moreToStore)
        {
            moreToStore = false;
            var stored = auditHead;
            try
            {
                await state.WriteStateAsync();
                if (auditHead == stored) auditHead = null;
            }
            catch (Exception failure)
            {
                // When it was written all the same, or by somebody else, the next write finds out.
                log.SeenNotStored(name, failure);
                if (failure is InconsistentStateException) DeactivateOnIdle();
            }
        }
    }

    /// <summary>Adopts a record after its commit; on a failure nothing in memory is used again.</summary>
    private async Task StoreRecord(WorkerRecord next)
    {
        await backgroundStore;
        await state.StoreOrForget(WithAudit(next), DeactivateOnIdle);
        auditHead = null;
        lastSeen = next.LastSeen;
    }

    /// <summary>The record as the store has it now, whoever wrote it.</summary>
    private async Task ReadAgain()
    {
        await backgroundStore;
        await state.ReadStateAsync();
        // The later of the two: a sign of life that was not stored yet is a sign of life.
        if (!(lastSeen > state.State.LastSeen)) lastSeen = state.State.LastSeen;
    }
}
