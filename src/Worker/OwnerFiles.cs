using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;

namespace OpenClaw.Worker;

/// <summary>What the owner has written for his worker: what it can do, and what it may do.</summary>
internal sealed record OwnerFiles(WorkerSettings Settings, PolicyKeeper Policy)
{
    /// <summary>Both, or every error in both, each with its file's name.</summary>
    public static (OwnerFiles? Files, IReadOnlyList<string> Errors) Load(string workerHome, IReadOnlyList<string> closed, WorkerLog log)
    {
        var place = PolicyContext.CreateForThisPc(workerHome, closed);
        var (settings, settingsErrors) = WorkerSettings.Load(workerHome);
        var (policy, policyErrors) = PolicyFile.Load(workerHome, place);
        if (settings is null || policy is null)
            return (null, [.. settingsErrors, .. policyErrors.Select(text => $"{PolicyFile.Name}: {text}")]);
        Remember(policy);
        return (new OwnerFiles(settings, new PolicyKeeper(policy, Path.Combine(workerHome, PolicyFile.Name), place, log, Remember)), []);

        void Remember(OwnerPolicy taken)
        {
            foreach (var rootError in taken.Roots.Errors)
                log.RootChanged(rootError);
            try
            {
                RootIdentityStore.Save(workerHome, taken);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                log.RootsNotKept(error.Message);
            }
        }
    }
}
