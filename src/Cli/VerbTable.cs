using OpenClaw.Cli.Audit;
using OpenClaw.Cli.Contexts;
using OpenClaw.Cli.Keys;
using OpenClaw.Cli.People;
using OpenClaw.Cli.Tenants;
using OpenClaw.Cli.Tokens;
using OpenClaw.Cli.Workers;

namespace OpenClaw.Cli;

/// <summary>
/// All verbs there are, in the order of the help. To add one: a file of its own in the folder of its noun, such as
/// <c>Tokens/RevokeVerb.cs</c>, with a static <see cref="Verb"/>; a line here; and a row in docs/cli.md.
/// </summary>
internal static class VerbTable
{
    public static IReadOnlyList<Verb> Verbs { get; } =
    [
        LoginVerb.Login, LogoutVerb.Logout, StatusVerb.Status, ListContextsVerb.List, UseContextVerb.Use,
        ListTokensVerb.List, ShowTokenVerb.Show, CreateTokenVerb.Create, NarrowTokenVerb.Narrow, RotateTokenVerb.Rotate,
        RevokeTokenVerb.Revoke,
        ListPeopleVerb.List, ListPeopleVerb.Show, AddPersonVerb.Add, ChangePersonVerb.Roles, ChangePersonVerb.Identities,
        ChangePersonVerb.Disable, ChangePersonVerb.Enable, ChangePersonVerb.Remove,
        ListTenantsVerb.List, AddTenantVerb.Add, SwitchTenantVerb.Disable, SwitchTenantVerb.Enable,
        ListWorkersVerb.List, DrainWorkerVerb.Drain, DrainWorkerVerb.Resume,
        InviteWorkerVerb.Invite, ListInvitesVerb.List, WithdrawInviteVerb.Withdraw, RevokeWorkerVerb.Revoke,
        GenerateKeyVerb.Generate, ShowKeyVerb.Show, SignTaskVerb.Sign, SignApprovalVerb.Sign,
        AuditNotesVerb.Notes, ExportAuditVerb.Export, VerifyAuditVerb.Verify,
    ];
}
