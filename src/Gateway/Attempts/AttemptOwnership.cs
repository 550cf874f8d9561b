using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Attempts;

/// <summary>What an attempt is to the worker that names it.</summary>
internal enum AttemptOwnership
{
    None = 0,
    /// <summary>No such task for this worker: absent, another tenant's, or another worker's attempt.</summary>
    Foreign = 1,
    /// <summary>A newer attempt began, or this one has not begun.</summary>
    NotCurrent = 2,
    /// <summary>The latest attempt, on this worker, of a task that has not ended.</summary>
    Running = 3,
    /// <summary>It was this worker's, and the task has ended.</summary>
    Ended = 4,
    /// <summary>It was this worker's, and the task has ended without its report: what it still says is kept beside the end.</summary>
    Late = 5,
}

internal static class AttemptOwnerships
{
    /// <summary>
    /// What the attempt is to the worker. Nobody is turned away by what the task's grain remembers: only an attempt that it knows to
    /// have begun can't turn out to be the worker's after all.
    /// </summary>
    public static async ValueTask<AttemptOwnership> LoadAndJudge(ITaskGrain grain, Holder holder, int attempt)
    {
        var task = await grain.Get();
        if (task is null || attempt > task.Attempt) task = await grain.GetStored();
        return JudgeAttempt(task, holder, attempt);
    }

    /// <summary>True for a task that ended without a report of its attempt.</summary>
    public static bool LacksReport(TaskSnapshot task) => task.State.IsEnd() && task is { Outcome: null, LateResult: null };

    public static AttemptOwnership JudgeAttempt(TaskSnapshot? task, Holder holder, int attempt)
    {
        if (task is null || task.Spec.Tenant != holder.Tenant || attempt > task.Attempt + 1) return AttemptOwnership.Foreign;
        if (attempt != task.Attempt) return AttemptOwnership.NotCurrent;
        var worker = task.StartedBy ?? task.Worker;
        var own = holder.Heartbeats ? holder.OwnsSession(worker, task.Epoch) : task.Epoch == 0 && worker == holder.Worker;
        if (!own) return AttemptOwnership.Foreign;
        // Given up by the server and not begun anew: what its worker still reports is the truth, and its output belongs to it.
        if (!task.State.IsEnd()) return AttemptOwnership.Running;
        return LacksReport(task) ? AttemptOwnership.Late : AttemptOwnership.Ended;
    }
}
