using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>
/// What a caller sees: its tenant's, and of that what its token could have asked for. Every way to the data asks here, and everything else
/// is to the caller as if it were not there. Pure.
/// </summary>
internal static class Visibility
{
    /// <summary>True for a task that the caller may know of.</summary>
    public static bool Sees(this Caller caller, TaskSpec task) =>
        task.Tenant == caller.Tenant && (caller.Rights.Narrowing is not { } narrowing || narrowing.Admits(task));

    /// <summary>True for a worker of the caller's tenant that it may know of.</summary>
    public static bool Sees(this Caller caller, WorkerSnapshot worker) =>
        caller.Rights.Narrowing is not { } narrowing || narrowing.Admits(worker.Name, worker.Offers);

    /// <summary>True for a kind of whose tasks, and of what they leave behind, the caller may know.</summary>
    public static bool SeesKind(this Caller caller, string kind) =>
        caller.Rights.Narrowing is not { } narrowing || narrowing.AdmitsKind(kind);

    /// <summary>Those workers of its tenant that the caller may know of.</summary>
    public static WorkerSnapshot[] KeepVisible(this Caller caller, WorkerSnapshot[] workers) =>
        caller.Rights.Narrowing is null ? workers : Array.FindAll(workers, caller.Sees);

    /// <summary>Why the caller may not ask for a task; null when it may.</summary>
    public static FieldError[]? FindForbidden(this Caller caller, TaskSpec task) =>
        caller.Rights.Narrowing?.FindErrors(task) is { Length: > 0 } errors ? errors : null;

    /// <summary>True when output, a worker's words and a client's own ones are for the caller.</summary>
    public static bool SeesPayloads(this Caller caller) => caller.Rights.Scopes.HasFlag(Scopes.ReadPayloads);
}
