using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Protocol.Enrolment;

/// <summary>
/// The routes by which PCs are invited and shut out, typed. The <see cref="HttpClient"/> brings base address and an administrator's token.
/// </summary>
public sealed class InvitesClient(HttpClient http)
{
    /// <summary>Makes an invitation; its token is in this answer alone.</summary>
    public Task<Answer<IssuedInviteView>> MakeInvite(MakeInvite invite, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.Invites, invite, ProtocolJson.Default.MakeInvite, ExpectedIssued, cancellation);

    /// <summary>Invitations that are remembered, newest first.</summary>
    public Task<Answer<InviteListView>> ListInvites(CancellationToken cancellation = default) =>
        AnswerReader.GetJson(http, Routes.Invites, new ExpectedAnswer<InviteListView>(ProtocolJson.Lenient.InviteListView), cancellation);

    /// <summary>Ends an invitation that nobody has used. May be repeated.</summary>
    public async Task<Answer<InviteView>> RevokeInvite(string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        using var request = new HttpRequestMessage(
            HttpMethod.Post, Routes.RevokeInvite.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal));
        var expected = new ExpectedAnswer<InviteView>(ProtocolJson.Lenient.InviteView) { Fits = invite => invite.Id == id };
        return await AnswerReader.SendRequest(http, request, expected, cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends a worker's key. May be repeated.</summary>
    public Task<Answer<WorkerRevoked>> RevokeWorker(string name, string? reason, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var path = Routes.RevokeWorker.Replace("{name}", Uri.EscapeDataString(name), StringComparison.Ordinal);
        var expected = new ExpectedAnswer<WorkerRevoked>(ProtocolJson.Lenient.WorkerRevoked) { Fits = answer => answer.Worker == name };
        return AnswerReader.PostJson(
            http, path, new RevokeWorker(reason), ProtocolJson.Default.RevokeWorker, expected, cancellation);
    }

    /// <summary>What the server has for PCs that join.</summary>
    public Task<Answer<JoinFiles>> ListJoinFiles(CancellationToken cancellation = default) => AnswerReader.GetJson(
        http, Routes.JoinFiles, new ExpectedAnswer<JoinFiles>(ProtocolJson.Lenient.JoinFiles) { Fits = IsWhole }, cancellation);

    /// <summary>What is told here goes into lines that people paste.</summary>
    private static bool IsWhole(JoinFiles known) => (known.Pin is null || CertificatePin.IsPin(known.Pin))
        && (known.Url is null || Uri.TryCreate(known.Url, UriKind.Absolute, out _))
        && Array.TrueForAll(known.Files, file => Names.IsName(file.Name) && file.Sha256.Length == 64
            && !file.Sha256.AsSpan().ContainsAnyExcept("0123456789abcdef"));

    private static ExpectedAnswer<IssuedInviteView> ExpectedIssued { get; } = new(ProtocolJson.Lenient.IssuedInviteView)
    {
        Fits = issued => TokenForm.JudgeText(issued.JoinToken) == TokenJudgement.Join,
    };
}
