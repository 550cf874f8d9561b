using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Commands;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Policy;

/// <summary>Takes a command up to the moment before its program would start, and no further: is there a sandbox, is the program seen in it?</summary>
internal static class Trial
{
    /// <summary>What would refuse it there; null: nothing, or it is no command.</summary>
    public static async Task<Verdict?> Of(PolicyGate gate, Offer offer, TimeProvider clock)
    {
        if (offer.Kind != Kinds.Command || offer.Payload.Deserialize(ProtocolJson.Default.CommandPayload) is not { } payload)
            return null;
        var environment = await gate.User.Get().ConfigureAwait(false);
        var spec = new ProcessSpec
        {
            Argv = payload.Argv ?? ShellInvocation.Choose(payload.Shell ?? gate.User.Shell, payload.Command!).Argv,
            Environment = environment,
            WorkingDirectory = gate.User.Folder(payload.Cwd),
        };
        var confinement = new Confinement(gate, new SandboxProbe(clock), offer, gate.Policy, []);
        return (await confinement.Apply(spec).ConfigureAwait(false)).Refusal;
    }
}
