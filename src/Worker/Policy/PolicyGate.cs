using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Policy;

/// <summary>Judges offered tasks by the policy that counts in that moment, and says how much work the worker may take.</summary>
internal sealed class PolicyGate(PolicyKeeper keeper, UserEnvironment user, string workerHome, TimeProvider clock)
{
    private int known = CapacityOf(keeper.Current, clock, int.MaxValue);

    /// <summary>The policy as of now.</summary>
    public OwnerPolicy Policy => keeper.Current;

    /// <summary>Why the policy file as it is now is not that policy. The file is looked at first.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            keeper.Look();
            return keeper.Faults;
        }
    }

    /// <summary>The person whose environment, home and shell the tasks have.</summary>
    public UserEnvironment User => user;

    /// <summary>The worker's own folder, without links.</summary>
    public string WorkerHome { get; } = Execution.Files.Roots.RealPath.Of(Path.GetFullPath(workerHome)) ?? workerHome;

    /// <summary>The judgement about a task and the policy it comes from. The file is looked at first.</summary>
    public async Task<(OwnerPolicy Policy, WorkRequest Request, Judgement Judgement)> Judge(Offer offer)
    {
        var policy = keeper.Look();
        var request = await Request(policy, offer).ConfigureAwait(false);
        return (policy, request, policy.Explain(request));
    }

    /// <summary>How many tasks at once, of so many the worker could run: none in quiet hours.</summary>
    public int Capacity(int most) => CapacityOf(Policy, clock, most);

    /// <summary>Looks at the file; true when it, or the time of the day, says another thing about taking work than at the last call.</summary>
    public bool Changed()
    {
        keeper.Look();
        var now = Capacity(int.MaxValue);
        return Interlocked.Exchange(ref known, now) != now;
    }

    /// <summary>The task as the policy sees it.</summary>
    public async Task<WorkRequest> Request(OwnerPolicy policy, Offer offer)
    {
        // Only an allow-list asks for programs; else the login shell need not be asked yet.
        var own = policy.Commands.Allow is null ? null : await user.Get().ConfigureAwait(false);
        return WorkRequests.Of(offer, user.Home, clock.GetLocalNow(), name => own is null ? null : ProgramIn(own, policy, name));
    }

    private static int CapacityOf(OwnerPolicy policy, TimeProvider clock, int most) =>
        policy.IsQuiet(clock.GetLocalNow()) ? 0 : Math.Min(most, policy.Limits.Concurrency ?? most);

    /// <summary>The file a name means in the person's PATH. The task's own PATH is not asked: it would choose the program.</summary>
    private string? ProgramIn(IReadOnlyDictionary<string, string> environment, OwnerPolicy policy, string name) =>
        OperatingSystem.IsWindows() ? null : ProgramPath.Find(new ProcessSpec
        {
            Argv = [name],
            Environment = policy.Environment.Set.TryGetValue("PATH", out var path)
                ? new Dictionary<string, string> { ["PATH"] = path } : environment,
            WorkingDirectory = user.Home,
        });
}
