using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol.Attempts;

/// <summary>
/// A worker's calls about its attempts. The <see cref="HttpClient"/> brings base address and token. Every call may be repeated.
/// Problems and answers that prove nothing are values; a server that is not there is an <see cref="HttpRequestException"/>.
/// </summary>
/// <param name="http">Base address and token.</param>
/// <param name="protocol">What the session's server said, one of <see cref="SessionProtocol"/>: how much its answers have to prove.</param>
public sealed class AttemptsClient(HttpClient http, int protocol = SessionProtocol.Named)
{
    /// <summary>Room for what stands around a payload, bytes.</summary>
    private const int EnvelopeBytes = 4096;

    /// <summary>Fetches the payload of an offer that came without.</summary>
    /// <param name="attemptId">The attempt.</param>
    /// <param name="fetch">The live session.</param>
    /// <param name="bytes"><see cref="Offer.PayloadBytes"/>.</param>
    /// <param name="progress">Called when some of it came.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<Answer<FetchedPayload>> FetchPayload(
        string attemptId, FetchPayload fetch, long bytes, Action progress, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, BuildPath(Routes.AttemptPayload, attemptId));
        request.Content = AnswerReader.ToJsonContent(fetch, ProtocolJson.Default.FetchPayload);
        var expected = ExpectAnswer(ProtocolJson.Lenient.FetchedPayload, attemptId, fetch.Session,
            answer => answer.Payload.ValueKind == JsonValueKind.Object, answer => (answer.AttemptId, answer.Session));
        return await AnswerReader.SendLarge(http, request, (int)bytes + EnvelopeBytes, progress, expected, cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Asks to start; on success the start is committed and the process may be spawned.</summary>
    public Task<Answer<StartedAttempt>> StartAttempt(string attemptId, StartAttempt start, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, BuildPath(Routes.Start, attemptId), start, ProtocolJson.Default.StartAttempt, ExpectAnswer(
            ProtocolJson.Lenient.StartedAttempt, attemptId, start.Session,
            answer => answer.AttemptId == attemptId && attemptId.EndsWith(FormatSuffix(answer.Attempt), StringComparison.Ordinal),
            answer => (attemptId, answer.Session)), cancellation);

    /// <summary>Asks for a human's yes before the start, or tells what was decided at the PC.</summary>
    public Task<Answer<ApprovalAnswer>> AskApproval(string attemptId, AskApproval ask, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, BuildPath(Routes.Approval, attemptId), ask, ProtocolJson.Default.AskApproval, ExpectAnswer(
            ProtocolJson.Lenient.ApprovalAnswer, attemptId, ask.Session,
            answer => answer.Decision is "wait" or "approve" or "over", answer => (answer.AttemptId, answer.Session)), cancellation);

    /// <summary>Appends output; on a gap the problem says where to go on. No value: a server of before, which took all of it.</summary>
    public Task<Answer<OutputTaken>> AppendOutput(string attemptId, AppendOutput output, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, BuildPath(Routes.AttemptOutput, attemptId), output, ProtocolJson.Default.AppendOutput,
            ExpectOutputTaken(attemptId, output.Session), cancellation);

    /// <summary>
    /// The same in the binary form: for chunks of at most <see cref="Limits.OutputFrame"/> bytes, together within
    /// <see cref="Limits.OutputBody"/>. A server that does not know it yet answers 415.
    /// </summary>
    public async Task<Answer<OutputTaken>> AppendFrames(string attemptId, AppendOutput output, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, BuildPath(Routes.AttemptOutput, attemptId));
        request.Content = new FramedContent(output.Chunks);
        request.Headers.Add(OutputFrames.SessionHeader, output.Session);
        return await AnswerReader.SendRequest(http, request, ExpectOutputTaken(attemptId, output.Session), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Reports how it ended.</summary>
    public Task<Answer<ResultTaken>> FinishAttempt(string attemptId, AttemptResult result, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, BuildPath(Routes.AttemptResult, attemptId), result, ProtocolJson.Default.AttemptResult, ExpectAnswer(
            ProtocolJson.Lenient.ResultTaken, attemptId, result.Session,
            answer => answer is { Fate: "recorded" or "duplicate" or "late", State.Length: > 0 },
            answer => (answer.AttemptId, answer.Session)), cancellation);

    private ExpectedAnswer<OutputTaken> ExpectOutputTaken(string attemptId, string session) => ExpectAnswer(
        ProtocolJson.Lenient.OutputTaken, attemptId, session,
        answer => answer.Next is { NextSequence: >= 0, StdoutOffset: >= 0, StderrOffset: >= 0 },
        answer => (answer.AttemptId, answer.Session), wasEmpty: true);

    /// <summary>An answer that names this attempt and session; from a server of before: one of this type.</summary>
    private ExpectedAnswer<T> ExpectAnswer<T>(
        JsonTypeInfo<T> type, string attemptId, string session, Func<T, bool> fits, Func<T, (string? Attempt, string? Session)> names,
        bool wasEmpty = false) where T : class
    {
        var older = protocol < SessionProtocol.Named;
        return new(type)
        {
            Fits = fits,
            NamesSession = answer => names(answer) == (attemptId, session) || (older && names(answer).Session is null),
            MayBeEmpty = older && wasEmpty,
            Attempt = older ? null : attemptId,
        };
    }

    private static string FormatSuffix(int attempt) => string.Create(CultureInfo.InvariantCulture, $".{attempt}");

    private static string BuildPath(string route, string id) => route.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
}
