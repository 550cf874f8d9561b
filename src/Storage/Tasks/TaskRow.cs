using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Tasks;

/// <summary>How a row of the tasks table, joined with its spec, reads as a snapshot.</summary>
internal static class TaskRow
{
    /// <summary>Reads <see cref="TaskColumns.Selected"/> from the first column on.</summary>
    public static TaskSnapshot ReadSnapshot<TRow>(TRow row)
        where TRow : struct, IRowReader
    {
        var record = TaskColumns.Read(row, payload: []);
        return new TaskSnapshot
        {
            Id = record.Id,
            Spec = record.Spec,
            // Awaiting approval is no state of a snapshot: it says queued, and what it waits for.
            State = StoredState.FromState(record.State),
            Version = record.Version,
            CreatedAt = record.CreatedAt,
            Attempt = record.Attempt,
            FailedAttempts = record.FailedAttempts,
            CancelRequested = record.CancelRequested,
            Epoch = record.Epoch,
            Worker = record.Approval?.Worker ?? record.Worker,
            Reason = record.Reason,
            NotBefore = record.NotBefore,
            StartedAt = record.StartedAt,
            EndedAt = record.EndedAt,
            Outcome = record.Outcome,
            LateResult = record.LateResult,
            Approval = record.Approval,
        };
    }
}
