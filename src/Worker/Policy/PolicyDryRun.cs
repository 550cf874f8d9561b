using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Execution.Commands;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// Takes a command up to the moment before its program would start, and no further: is there a sandbox, can the program be seen in it?
/// </summary>
internal static class PolicyDryRun
{
    /// <summary>What would refuse it there; null: nothing, or it is no command.</summary>
    public static async Task<Verdict?> FindRejection(PolicyGate gate, Offer offer, TimeProvider clock)
    {
        if (offer.Kind != Kinds.Command || offer.Payload.Deserialize(ProtocolJson.Default.CommandPayload) is not { } payload)
            return null;
        var environment = await gate.User.GetVariables();
        var spec = new ProcessSpec
        {
            Argv = payload.Argv ?? ShellInvocation.ChooseArguments(payload.Shell ?? gate.User.Shell, payload.Command!).Argv,
            Environment = environment,
            WorkingDirectory = gate.User.ResolveFolder(payload.Cwd),
        };
        var sandbox = new ProcessSandbox(gate, new SandboxProbe(clock), offer, gate.Policy, []);
        return (await sandbox.Apply(spec)).Rejection;
    }

    /// <summary>The files that a yes to it would be bound to, as a daemon here would find them.</summary>
    public static Task<WorkBinding> FindBinding(PolicyGate gate, Offer offer, string home)
    {
        var catalog = OfferedKinds.CreateCatalog(WorkerSettings.Load(home).Settings ?? WorkerSettings.None, home);
        return new WorkBinder(gate, catalog).BindOffer(offer, CancellationToken.None);
    }
}
