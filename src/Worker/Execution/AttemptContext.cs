using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Execution;

/// <summary>All an executor may know and use of one attempt.</summary>
internal sealed record AttemptContext
{
    /// <summary>The task: ids, kind, payload JSON, kill grace.</summary>
    public required Offer Offer { get; init; }

    /// <summary>Takes what the task prints; counted, digested and sent on by the worker.</summary>
    public required IOutputSink Output { get; init; }

    /// <summary>Starts programs and ends their whole tree; the only way an executor may start one.</summary>
    public required IProcessRunner Processes { get; init; }

    /// <summary>Fires at cancel, timeout, silence and the like, and says which. The worker arms the timers, not the executor.</summary>
    public required AttemptStop Stop { get; init; }

    /// <summary>The person's own environment; see <see cref="UserEnvironment"/>.</summary>
    public required UserEnvironment User { get; init; }

    /// <summary>What the owner allows, as it was when the attempt began.</summary>
    public OwnerPolicy Policy { get; init; } = OwnerPolicy.None;

    /// <summary>Set when a daemon before this one began it: how old it was, zero when that is not known.</summary>
    public TimeSpan? AgeAtRecovery { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>By it an executor looks at files of the user's: they may be where nothing answers.</summary>
    public FileSystemCalls FileSystem { get; init; } = new(FileSystemCalls.MaxHangingForTasks, TimeProvider.System);

    /// <summary>
    /// Called by an executor that starts no program, once nothing of it is left to do but to write output that it has in memory: that waits
    /// for the line, and its time does not go on.
    /// </summary>
    public Action EndWork { get; init; } = () => { };

    /// <summary>Time between SIGTERM and SIGKILL.</summary>
    public TimeSpan KillGrace => TimeSpan.FromMilliseconds(Offer.KillGrace);

    /// <summary>
    /// A fresh environment for a process of this attempt: the person's (their login shell's), without the worker's own variables, then
    /// <paramref name="added"/>, then OPENCLAW_TASK_ID, OPENCLAW_ATTEMPT and TRACEPARENT, by which the process tree is found again.
    /// </summary>
    public async Task<Dictionary<string, string>> CreateEnvironment(IReadOnlyDictionary<string, string>? added = null)
    {
        var result = new Dictionary<string, string>(await User.GetVariables(), UserEnvironment.NameComparer);
        foreach (var (name, value) in added ?? new Dictionary<string, string>())
            result[name] = value;
        result[ProcessMarker.TaskVariable] = Offer.TaskId;
        result[ProcessMarker.AttemptVariable] = Offer.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // No task passes for a hook of the owner's, whatever variables it sets.
        result.Remove(ProcessMarker.HookVariable);
        if (Offer.Traceparent is { } trace) result["TRACEPARENT"] = trace;
        return result;
    }
}
