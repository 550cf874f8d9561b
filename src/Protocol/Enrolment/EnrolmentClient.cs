using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol.Enrolment;

/// <summary>
/// The calls of a PC that joins, and those that its key signs. The <see cref="HttpClient"/> brings the base address and no token. Every
/// call may be repeated.
/// </summary>
public sealed class EnrolmentClient(HttpClient http)
{
    /// <summary>Trades a join token for an identity.</summary>
    public Task<Answer<EnrolledWorker>> Enrol(string joinToken, EnrolWorker enrol, CancellationToken cancellation = default) => PostBytes(
        Routes.Enrol, JsonSerializer.SerializeToUtf8Bytes(enrol, ProtocolJson.Default.EnrolWorker),
        new AuthenticationHeaderValue("Bearer", joinToken), ExpectEnrolled, cancellation);

    /// <summary>What the next signed request has to name.</summary>
    public Task<Answer<KeyChallenge>> AskChallenge(string identity, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.Challenge, new AskChallenge(identity), ProtocolJson.Default.AskChallenge,
            new ExpectedAnswer<KeyChallenge>(ProtocolJson.Lenient.KeyChallenge) { Fits = answer => answer.Identity == identity },
            cancellation);

    /// <summary>Opens a session; <paramref name="sign"/> makes the signature of a body.</summary>
    public Task<Answer<SessionOpened>> OpenSession(OpenSession open, Func<byte[], string> sign, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        return PostSigned(
            Routes.Sessions, open, ProtocolJson.Default.OpenSession, sign, WorkersClient.ExpectOpened(open.Name), cancellation);
    }

    /// <summary>Grants these kinds and no others.</summary>
    public Task<Answer<EnrolledWorker>> GrantKinds(GrantKinds grant, Func<byte[], string> sign, CancellationToken cancellation = default) =>
        PostSigned(Routes.GrantKinds, grant, ProtocolJson.Default.GrantKinds, sign, ExpectEnrolled, cancellation);

    private static ExpectedAnswer<EnrolledWorker> ExpectEnrolled { get; } = new(ProtocolJson.Lenient.EnrolledWorker)
    {
        Fits = worker => worker is { Identity.Length: > 0, Server.Length: > 0 } && Names.IsName(worker.Name),
    };

    private Task<Answer<TAnswer>> PostSigned<TBody, TAnswer>(
        string route, TBody body, JsonTypeInfo<TBody> type, Func<byte[], string> sign, ExpectedAnswer<TAnswer> expected,
        CancellationToken cancellation) where TAnswer : class
    {
        ArgumentNullException.ThrowIfNull(sign);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        return PostBytes(route, bytes, new AuthenticationHeaderValue(KeySignature.Scheme, sign(bytes)), expected, cancellation);
    }

    private async Task<Answer<T>> PostBytes<T>(
        string route, byte[] body, AuthenticationHeaderValue caller, ExpectedAnswer<T> expected, CancellationToken cancellation)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = caller;
        return await AnswerReader.SendRequest(http, request, expected, cancellation).ConfigureAwait(false);
    }
}
