using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;

namespace OpenClaw.Cli.Workers;

/// <summary>Shuts a PC out: its key is good for nothing from then on.</summary>
internal static class RevokeWorkerVerb
{
    private static readonly VerbOption Reason = new("--reason", "a sentence that the PC's owner reads", "TEXT");

    public static Verb Revoke { get; } = new("workers revoke", "shuts a PC out that has joined, within 5 s on every gateway", Run)
    {
        Options = [Reason],
        Words = "NAME",
        Count = (1, 1),
        More = "Its tasks wait for the name. openclaw workers invite --name NAME gives it to a PC again.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var (revoked, exit) = await call.AskServer(http => new InvitesClient(http).RevokeWorker(call.Words[0], call.FindValue(Reason)));
        if (revoked is null) return exit;
        return call.Show(revoked, ProtocolJson.Default.WorkerRevoked, to => to.WriteLine(PrintableText.Escape(
            $"revoked: {revoked.Worker}, the key {revoked.Identity}{(revoked.Reason is { } why ? $", because: {why}" : "")}")));
    }
}
