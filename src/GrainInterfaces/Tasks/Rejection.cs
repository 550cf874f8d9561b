namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>Why a task refused a trigger. A value, never an exception; the gateway maps each to one status.</summary>
[GenerateSerializer, Alias("Rejection")]
public enum Rejection
{
    /// <summary>Not refused.</summary>
    None = 0,
    /// <summary>There is no such task (for this caller).</summary>
    NotFound = 1,
    /// <summary>The idempotency key was used with another request.</summary>
    KeyReused = 2,
    /// <summary>The attempt is not the current one, is held by somebody else, or the task has ended.</summary>
    AttemptSuperseded = 3,
    /// <summary>The task has ended already.</summary>
    AlreadyEnded = 4,
    /// <summary>A different result for an attempt whose result is recorded.</summary>
    ResultConflict = 5,
    /// <summary>The worker does not offer the labels the task requires.</summary>
    LabelsMissing = 6,
    /// <summary>It can't be started or offered now (it runs, or waits between attempts).</summary>
    NotAvailable = 7,
    /// <summary>The queue of the tenant is full.</summary>
    BacklogFull = 8,
    /// <summary>It does not wait for an approval.</summary>
    NotAwaitingApproval = 9,
    /// <summary>Something else would run than what was approved.</summary>
    ApprovalDiffers = 10,
    /// <summary>The owner of the PC lets nobody approve it from elsewhere.</summary>
    ApprovalIsLocal = 11,
    /// <summary>The owner of the PC takes a signed yes only.</summary>
    ApprovalUnsigned = 12,
}
