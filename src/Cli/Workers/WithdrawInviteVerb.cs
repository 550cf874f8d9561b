using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;

namespace OpenClaw.Cli.Workers;

/// <summary>Ends invitations that nobody has used.</summary>
internal static class WithdrawInviteVerb
{
    public static Verb Withdraw { get; } = new("workers withdraw", "ends invitations that nobody has used", Run)
    {
        Words = "ID...",
        Count = (1, int.MaxValue),
        More = "A PC that has joined stays: openclaw workers revoke NAME.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var code = ExitCodes.Done;
        foreach (var id in call.Words)
        {
            var (invite, exit) = await call.AskServer(http => new InvitesClient(http).RevokeInvite(id));
            if (invite is null) code = code == ExitCodes.Done ? exit : code;
            else call.Show(invite, ProtocolJson.Default.InviteView, to => to.WriteLine($"withdrawn: {invite.Id}"));
        }
        return code;
    }
}
