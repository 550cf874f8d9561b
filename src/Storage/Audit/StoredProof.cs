using System.Text.Json;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Audit;

/// <summary>What a task's own rows say now of what its audit proves.</summary>
internal readonly record struct StoredProof(byte[]? Payload, AttemptOutcome? Outcome, AttemptOutcome? LateResult, bool IsUnreadable)
{
    /// <summary>The digest of what can't be read: no report has it.</summary>
    private static readonly string Unreadable = new('0', 64);

    public StoredProof(byte[]? payload, ReadOnlySpan<byte> outcome, ReadOnlySpan<byte> lateResult)
        : this(payload, null, null, IsUnreadable: false)
    {
        try
        {
            (Outcome, LateResult) = (TaskJson.ReadOutcome(outcome), TaskJson.ReadOutcome(lateResult));
        }
        catch (JsonException)
        {
            IsUnreadable = true;
        }
    }

    /// <summary>The audit row with it.</summary>
    public ChainedRow ToRow(long number, string tenant, int state, AuditEntry entry) => new(number, tenant, state, entry)
    {
        StoredPayload = entry.PayloadDigest is null ? null : AuditColumns.ToHex(Payload),
        StoredOutcome = entry.OutcomeDigest is null ? null : IsUnreadable ? Unreadable : FindOutcome(entry.Attempt),
    };

    private string? FindOutcome(int attempt)
    {
        var found = LateResult?.Attempt == attempt ? LateResult : Outcome?.Attempt == attempt ? Outcome : null;
        return found is null ? null : Convert.ToHexStringLower(RowProof.ComputeOutcome(found));
    }
}
