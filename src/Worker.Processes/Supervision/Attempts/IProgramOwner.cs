using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Processes.Supervision.Attempts;

/// <summary>The attempt whose programs run under supervisors: what supervision has to know of it, and what it tells it.</summary>
internal interface IProgramOwner
{
    Offer Offer { get; }

    /// <summary>Ends what runs of it.</summary>
    AttemptStop Stop { get; }

    /// <summary>The supervisors of the programs that a daemon before this one began, in their order; null: it begins here.</summary>
    IReadOnlyList<ProcessIdentity>? RecoveredSupervisors { get; }

    /// <summary>When the request that last renewed its lease was sent, on the monotonic clock.</summary>
    long RenewedAt { get; }

    /// <summary>Raised with the time of each renewal, on any thread.</summary>
    event Action<long>? Renewed;

    /// <summary>A program of it was let start.</summary>
    bool HasSpawned { get; }

    /// <summary>
    /// The last question before a program is started: false when it was stopped, or the server's yes was old and it does not say it again.
    /// Waits for that.
    /// </summary>
    Task<bool> ConfirmStart();

    /// <summary>A program of it begins, the first or another.</summary>
    void BeginProgram();

    /// <summary>A program of it may run from now on.</summary>
    void MarkSpawned();

    /// <summary>Its program has ended, and its output is not all read.</summary>
    void EndProgram();
}
