using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Commands;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;

namespace OpenClaw.Worker.Enrolment;

/// <summary>What this PC can do and its owner's policy lets it do, as a daemon here would find it.</summary>
internal static class OfferedKinds
{
    /// <summary>The kinds and the policy; or every error in the owner's files.</summary>
    public static (string[] Kinds, OwnerPolicy? Policy, IReadOnlyList<string> Errors) FindIn(string home)
    {
        var (settings, settingsErrors) = WorkerSettings.Load(home);
        var (policy, policyErrors) = PolicyFile.Load(home, PolicyContext.CreateForThisPc(home, []));
        if (settings is null || policy is null)
            return ([], null, [.. settingsErrors, .. policyErrors.Select(text => $"{PolicyFile.Name}: {text}")]);
        return ([.. CreateCatalog(settings, home).Kinds.Where(kind => policy.Kinds?.Contains(kind) ?? true)], policy, []);
    }

    /// <summary>The executors of a daemon with these settings.</summary>
    public static ExecutorCatalog CreateCatalog(WorkerSettings settings, string home)
    {
        var agents = new ConfiguredAgents(settings, home, ConfiguredAgents.FindProgram);
        return new([new CommandExecutor(), .. ConfiguredExecutors.CreateAll(settings), .. agents.Executors]);
    }
}
