using System.Collections.Frozen;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using Orleans.Serialization.Invocation;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>
/// Every grain method that is newer than the oldest build a cluster is upgraded from (549d526, 29 November 2026), and what takes its place
/// while a silo of such a build lives. A test wants an entry for each new method. Entries go when that build is supported no more.
/// </summary>
public static class OlderCalls
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<OlderCall> All { get; } =
    [
        OlderCall.CreateInstead<ITaskGrain, TaskSnapshot?>(nameof(ITaskGrain.GetStored), (task, _) => task.Get()),
        // An older silo would leave out what was printed.
        OlderCall.CreateAnswer<ITaskGrain, FinishReply>(
            nameof(ITaskGrain.FinishWithOutput), new FinishReply(Rejection.None, ResultFate.None, TaskState.None, IsApart: true)),
        // An older silo keeps no signature. A PC that requires one waits on, and the same can be said once more.
        OlderCall.CreateInstead<ITaskGrain, TaskReply>(
            nameof(ITaskGrain.DecideSigned),
            (task, call) => task.Decide((ApprovalDecision)call.GetArgument(0)!, (string)call.GetArgument(1)!, (Actor)call.GetArgument(3)!)),
        // An older silo holds no token to a number of running tasks.
        OlderCall.CreateInstead<IQueueGrain, QueueFacts>(
            nameof(IQueueGrain.ExplainWait),
            (queue, call) => queue.Why((Guid)call.GetArgument(0)!, (string)call.GetArgument(1)!, (string?)call.GetArgument(2))),
        OlderCall.CreateNothing<IQueueGrain>(nameof(IQueueGrain.RefreshLimits)),
        // An older silo takes a held poll for a sign of life.
        OlderCall.CreateInstead<IWorkerGrain, SessionInfo?>(
            nameof(IWorkerGrain.FindSession), (worker, call) => worker.Touch((string)call.GetArgument(0)!, null)),
        OlderCall.CreateInstead<IWorkerGrain, WorkerSnapshot?>(nameof(IWorkerGrain.Describe), (worker, _) => worker.Get()),
        // Who opened which session an older silo did not keep: nothing of a former name is given up before its leases end.
        OlderCall.CreateAnswer<IWorkerGrain, NameClaim>(nameof(IWorkerGrain.OwnedBy), new NameClaim([], false, null, null)),
        OlderCall.CreateNothing<IWorkerGrain>(nameof(IWorkerGrain.NoteAuditHead)),
        // Its session is refused all the same; the worker is shown as online until it was silent for long enough.
        OlderCall.CreateNothing<IWorkerGrain>(nameof(IWorkerGrain.EndSessionOf)),
        OlderCall.CreateAnswer<IWorkerGrain, bool>(nameof(IWorkerGrain.Forget), false),
        OlderCall.CreateInstead<IWorkerDirectoryGrain, WorkerSnapshot[]>(
            nameof(IWorkerDirectoryGrain.Describe), (directory, _) => directory.List()),
        OlderCall.CreateInstead<IWorkerDirectoryGrain, WorkerPage>(nameof(IWorkerDirectoryGrain.Page), EmulatePage),
        OlderCall.CreateNothing<IWorkerDirectoryGrain>(nameof(IWorkerDirectoryGrain.Tidy)),
        // An older silo would leave out what makes a token less than its role: nothing is changed while one lives.
        OlderCall.CreateAnswer<ITokenGrain, TokenReply>(nameof(ITokenGrain.Save), TokenReply.Unsupported),
        // Nor does it keep when one was last used.
        OlderCall.CreateAnswer<ITokenGrain, DateTimeOffset?>(nameof(ITokenGrain.NoteUse), null),
        OlderCall.CreateNothing<ITokenDirectoryGrain>(nameof(ITokenDirectoryGrain.Add)),
        OlderCall.CreateAnswer<ITokenDirectoryGrain, TokenReply>(nameof(ITokenDirectoryGrain.Save), TokenReply.Unsupported),
        OlderCall.CreateAnswer<ITokenDirectoryGrain, TokenPage?>(nameof(ITokenDirectoryGrain.Page), null),
        // Nobody joins while an older silo lives, and whose a name is can't be told.
        OlderCall.CreateAnswer<IEnrolmentGrain, TokenReply>(nameof(IEnrolmentGrain.AddInvite), TokenReply.Unsupported),
        OlderCall.CreateAnswer<IEnrolmentGrain, TokenRecord[]?>(nameof(IEnrolmentGrain.ListInvites), null),
        OlderCall.CreateAnswer<IEnrolmentGrain, EnrolReply>(nameof(IEnrolmentGrain.Enrol), new EnrolReply(EnrolVerdict.Unsupported)),
        OlderCall.CreateAnswer<IEnrolmentGrain, NameHolder?>(nameof(IEnrolmentGrain.FindHolder), null),
        // Of a person's token an older build knows that it is none of its own; tenants and people are as they are until it is gone.
        OlderCall.CreateAnswer<ITenantGrain, Standing?>(nameof(ITenantGrain.FindStanding), null),
        OlderCall.CreateAnswer<ITenantGrain, TenantRecord?>(nameof(ITenantGrain.DescribeTenant), null),
        OlderCall.CreateAnswer<ITenantGrain, bool>(nameof(ITenantGrain.NoteMaker), false),
        OlderCall.CreateAnswer<ITenantGrain, TenantRecord?>(nameof(ITenantGrain.SetDisabled), null),
        OlderCall.CreateAnswer<ITenantGrain, PersonRecord[]?>(nameof(ITenantGrain.ListPeople), null),
        OlderCall.CreateAnswer<ITenantGrain, PersonReply>(nameof(ITenantGrain.SavePerson), PersonReply.Unsupported),
        OlderCall.CreateAnswer<ITenantGrain, PersonReply>(nameof(ITenantGrain.RemovePerson), PersonReply.Unsupported),
        OlderCall.CreateAnswer<ITenantDirectoryGrain, TenantReply>(nameof(ITenantDirectoryGrain.AddTenant), TenantReply.Unsupported),
        OlderCall.CreateAnswer<ITenantDirectoryGrain, bool>(nameof(ITenantDirectoryGrain.HasTenant), false),
        OlderCall.CreateAnswer<ITenantDirectoryGrain, string[]?>(nameof(ITenantDirectoryGrain.ListNames), null),
        // Null: it can't be told now.
        OlderCall.CreateAnswer<IWorkerDirectoryGrain, string>(nameof(IWorkerDirectoryGrain.Identify), null!),
    ];

    private static readonly FrozenDictionary<string, OlderCall[]> ByMethod =
        All.GroupBy(call => call.Method).ToFrozenDictionary(calls => calls.Key, calls => calls.ToArray(), StringComparer.Ordinal);

    /// <summary>The entry of a method; null: every silo knows it.</summary>
    internal static OlderCall? Find(IOutgoingGrainCallContext call)
    {
        if (!ByMethod.TryGetValue(call.MethodName, out var candidates)) return null;
        foreach (var candidate in candidates)
            if (candidate.Interface == call.Request.GetInterfaceType()) return candidate;
        return null;
    }

    private static async Task<WorkerPage> EmulatePage(IWorkerDirectoryGrain directory, IInvokable call)
    {
        var (after, limit) = ((string?)call.GetArgument(0), (int)call.GetArgument(1)!);
        var rest = (await directory.List()).Where(worker => string.CompareOrdinal(worker.Name, after) > 0)
            .OrderBy(worker => worker.Name, StringComparer.Ordinal).ToArray();
        return rest.Length > limit ? new WorkerPage(rest[..limit], rest[limit - 1].Name) : new WorkerPage(rest, null);
    }
}
