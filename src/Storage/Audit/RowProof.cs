using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Audit;

/// <summary>The digests of an audit row: made before it is written, for the thread that writes has more to do than any other.</summary>
/// <param name="Digest">Of the row, for the chain.</param>
/// <param name="Payload">Of what was accepted, with the first row.</param>
/// <param name="ExitCode">That was reported with this step.</param>
/// <param name="Outcome">Of all that was.</param>
internal sealed record RowProof(byte[] Digest, byte[]? Payload, int? ExitCode, byte[]? Outcome)
{
    /// <summary>Of the row that a step makes; null: it makes none.</summary>
    /// <param name="record">The task after the step.</param>
    /// <param name="isFirst">It is the one that accepted the task.</param>
    public static RowProof? FromRecord(TaskRecord record, bool isFirst)
    {
        if (record.Last is not { } last) return null;
        var outcome = FindReported(record, last);
        var proof = new AuditProof(
            isFirst ? AuditDigest.ComputePayload(record.Spec.Kind, record.Spec.Payload) : null, outcome?.ExitCode,
            outcome is null ? null : ComputeOutcome(outcome));
        var digest = AuditDigest.ComputeRow(new AuditContent(
            record.Id, record.Version, last.At, (int)StoredState.FromState(record.State), last.Attempt, last.Trigger, record.Reason,
            record.Worker, last.Actor.AuditName, last.Actor.Address)
        {
            Proof = proof,
        });
        return new RowProof(digest, proof.Payload, proof.ExitCode, proof.Outcome);
    }

    /// <summary>What the worker reported with this step; null: the step was no report.</summary>
    private static AttemptOutcome? FindReported(TaskRecord record, Transition last) =>
        last.Trigger != Transition.Finish ? null : record.LateResult ?? record.Outcome;

    /// <summary>The digest of a report.</summary>
    public static byte[] ComputeOutcome(AttemptOutcome outcome) => AuditDigest.ComputeOutcome(
        new AuditOutcome((int)outcome.Kind, outcome.Attempt, outcome.ExitCode, outcome.Signal, outcome.Error, outcome.Reason)
        {
            Duration = outcome.Duration,
            StdoutBytes = outcome.StdoutBytes,
            StderrBytes = outcome.StderrBytes,
            StdoutSha256 = outcome.StdoutSha256,
            StderrSha256 = outcome.StderrSha256,
            Metadata = outcome.Metadata,
        });
}
