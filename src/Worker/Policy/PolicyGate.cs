using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Policy;

/// <summary>Judges offered tasks by the policy that counts in that moment, and says how much work the worker may take.</summary>
internal sealed class PolicyGate(PolicyKeeper keeper, UserEnvironment user, string workerHome, TimeProvider clock)
{
    /// <summary>For a look that can be had again soon.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);
    private int known = CapacityOf(keeper.Current, clock, int.MaxValue);

    /// <summary>The policy as of now.</summary>
    public OwnerPolicy Policy => keeper.Current;

    /// <summary>Why the policy file as it is now is not that policy. The file is looked at first.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            FileSystem.Ask(keeper.Look, keeper.Current, Glance);
            return keeper.Faults;
        }
    }

    /// <summary>The person whose environment, home and shell the tasks have.</summary>
    public UserEnvironment User => user;

    /// <summary>By it the folders of tasks and policy are looked at.</summary>
    public FileSystemCalls FileSystem { get; } = new(FileSystemCalls.MostOfTasks, clock);

    /// <summary>The worker's own folder, without links.</summary>
    public string WorkerHome { get; } = RealPath.Of(Path.GetFullPath(workerHome)) ?? workerHome;

    /// <summary>
    /// The judgement about a task and the policy it comes from. The file is looked at first, and the folders that are named; what is on a file
    /// system that does not answer is refused.
    /// </summary>
    public async Task<(OwnerPolicy Policy, WorkRequest Request, Judgement Judgement)> Judge(Offer offer, CancellationToken cancellation = default)
    {
        for (var own = user.Known; ; own = await user.Get().WaitAsync(cancellation).ConfigureAwait(false))
        {
            var answer = await FileSystem.Ask(() => Look(offer, own), FileSystemCalls.Patience, cancellation).ConfigureAwait(false);
            if (answer is { Came: true, Value: { } seen })
                return seen;
            if (!answer.Came)
                return Unanswered(offer);
        }
    }

    /// <summary>How many tasks at once, of so many the worker could run: none in quiet hours.</summary>
    public int Capacity(int most) => CapacityOf(Policy, clock, most);

    /// <summary>Looks at the file; true when it, or the time of the day, says another thing about taking work than at the last call.</summary>
    public async Task<bool> Changed()
    {
        await FileSystem.Ask(keeper.Look, Glance).ConfigureAwait(false);
        var now = Capacity(int.MaxValue);
        return Interlocked.Exchange(ref known, now) != now;
    }

    /// <summary>The task as the policy sees it.</summary>
    public async Task<WorkRequest> Request(OwnerPolicy policy, Offer offer) =>
        Request(policy, offer, policy.Commands.Allow is null ? null : await user.Get().ConfigureAwait(false));

    /// <summary>Null: the person's PATH is needed and not known yet. Only an allow-list asks for programs; else the login shell need not be asked.</summary>
    private (OwnerPolicy Policy, WorkRequest Request, Judgement Judgement)? Look(Offer offer, IReadOnlyDictionary<string, string>? own)
    {
        var policy = keeper.Look();
        if (policy.Commands.Allow is not null && own is null)
            return null;
        var request = Request(policy, offer, own);
        return (policy, request, policy.Explain(request));
    }

    /// <summary>Without a policy no path has to be looked at: a task waits for its folder itself, as long as it has time.</summary>
    private WorkRequest Request(OwnerPolicy policy, Offer offer, IReadOnlyDictionary<string, string>? own) => WorkRequests.Of(
        offer, user.Home, clock.GetLocalNow(), name => own is null ? null : ProgramIn(own, policy, name),
        policy.Digest.Length == 0 ? path => path : RealPath.Of);

    private (OwnerPolicy Policy, WorkRequest Request, Judgement Judgement) Unanswered(Offer offer)
    {
        var policy = keeper.Current;
        var request = WorkRequests.Of(offer, user.Home, clock.GetLocalNow(), _ => null, path => path);
        Verdict[] findings = policy.Digest.Length == 0 ? [] : [Verdict.Unanswered];
        return (policy, request, new Judgement(findings.FirstOrDefault() ?? Verdict.Allowed, findings));
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
