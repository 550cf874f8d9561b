using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Workers;

// Where the audit log of the PC ends: kept here so that rows which are gone from the PC are missed there.
internal sealed partial class WorkerGrain
{
    /// <summary>Heard of and not stored yet; null: nothing is.</summary>
    private ChainHead? auditHead;

    private static readonly TimeSpan NoteEvery = TimeSpan.FromHours(1);
    private ChainHead? notedHead;
    private string? notedOwner;

    public async Task NoteAuditHead(string session, long rows, string hash)
    {
        if (!await IsLive(session)) return;
        var known = auditHead ?? state.State.Owners.LastOrDefault()?.Audit;
        // A log only grows. Its daemon has noticed, too, and told by a row of its own.
        if (known is not null && (rows < known.Rows || (rows == known.Rows && hash != known.Hash)))
            log.AuditLogBehind(name, known.Rows, rows);
        auditHead = new ChainHead(rows, hash, clock.GetUtcNow());
        NoteHead(auditHead);
    }

    /// <summary>
    /// A note is in the server's own chains: there it stays when the server forgets where the log ended, or is made to. Of each log the
    /// first that this activation hears, then one an hour.
    /// </summary>
    private void NoteHead(ChainHead head)
    {
        var owner = state.State.Owners.LastOrDefault()?.Instance;
        if (notedHead is { } noted && owner == notedOwner && head.Rows >= noted.Rows && head.At - noted.At < NoteEvery) return;
        (notedHead, notedOwner) = (head, owner);
        audit.AddNote(new AuditNote(
            head.At, AuditNote.WorkerLog, $"worker/{tenant}/{name}", null, null,
            FormattableString.Invariant($"row {head.Rows} {head.Hash}")));
    }

    /// <summary>With the next sign of life that is stored: a head of a minute ago proves as much as that minute's rows are few.</summary>
    private WorkerRecord WithAudit(WorkerRecord record) =>
        auditHead is { } head ? record with { Owners = SessionOwners.WithAudit(record.Owners, head) } : record;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await backgroundStore;
        if (auditHead is null || !state.RecordExists) return;
        state.State = WithAudit(state.State with { LastSeen = lastSeen });
        moreToStore = true;
        await StoreInBackground();
    }
}
