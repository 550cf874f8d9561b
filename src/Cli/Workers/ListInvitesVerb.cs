using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;

namespace OpenClaw.Cli.Workers;

/// <summary>The invitations of PCs.</summary>
internal static class ListInvitesVerb
{
    private static readonly VerbOption Ended = new("--all", "with those of 90 days that were used, have run out or were withdrawn");
    private static readonly VerbOption Quiet = new("--quiet", "ids alone");

    public static Verb List { get; } = new("workers invites", "the invitations that are open", Run) { Options = [Ended, Quiet] };

    private static async Task<int> Run(VerbCall call)
    {
        var (list, exit) = await call.AskServer(http => new InvitesClient(http).ListInvites());
        if (list is null) return exit;
        var invites = Array.FindAll(list.Invites, invite => invite.Status == "open" || call.HasOption(Ended));
        return call.Show(new InviteListView(invites), ProtocolJson.Default.InviteListView, to =>
        {
            if (call.HasOption(Quiet)) foreach (var invite in invites) to.WriteLine(invite.Id);
            else TextTable.Write(to, ["ID", "STATUS", "WORKER", "LABELS", "MADE", "ENDS", "KEY"], invites.Select(ToRow));
        });
    }

    private static string[] ToRow(InviteView invite) =>
    [
        invite.Id, invite.Status, invite.Worker ?? "", string.Join(", ", invite.Labels ?? []), Times.FormatTime(invite.CreatedAt),
        invite.ExpiresAt is { } at ? Times.FormatTime(at) : "", invite.Identity ?? "",
    ];
}
