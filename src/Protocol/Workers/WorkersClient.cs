using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Answers;

namespace OpenClaw.Protocol.Workers;

/// <summary>
/// A worker's calls about itself, and those of others about workers. The <see cref="HttpClient"/> brings base address and token. Every
/// call may be repeated. Problems and answers that prove nothing are values; a server that is not there is an
/// <see cref="HttpRequestException"/>.
/// </summary>
/// <param name="http">Base address and token.</param>
/// <param name="protocol">What the session's server said, one of <see cref="SessionProtocol"/>: how much its answers have to prove.</param>
public sealed class WorkersClient(HttpClient http, int protocol = SessionProtocol.Named)
{
    private const long LongestInterval = 86_400_000;

    /// <summary>Opens a session under a name, which fences an older one of the same instance.</summary>
    public Task<Answer<SessionOpened>> OpenSession(OpenSession open, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.Sessions, open, ProtocolJson.Default.OpenSession, ExpectOpened(open.Name), cancellation);

    /// <summary>Closes the session: the worker counts as offline at once.</summary>
    public Task<Answer<SessionClosed>> CloseSession(CloseSession close, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.CloseSession, close, ProtocolJson.Default.CloseSession,
            ExpectAnswer(ProtocolJson.Lenient.SessionClosed, answer => answer.Closed && answer.Session == close.Session), cancellation);

    /// <summary>Waits for offers and cancels.</summary>
    public Task<Answer<PollAnswer>> Poll(Poll poll, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.WorkerPoll, poll, ProtocolJson.Default.Poll, ExpectOffers(poll.Session), cancellation);

    /// <summary>Renews leases and learns what to end.</summary>
    public Task<Answer<HeartbeatAnswer>> Heartbeat(Heartbeat heartbeat, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.Heartbeat, heartbeat, ProtocolJson.Default.Heartbeat,
            ExpectAnswer(ProtocolJson.Lenient.HeartbeatAnswer, _ => true, answer => IsNamed(answer.Session, heartbeat.Session)),
            cancellation);

    /// <summary>Says what the PC is. A server from before this route answers 404.</summary>
    public Task<Answer<FactsTaken>> AnnounceFacts(AnnounceFacts facts, CancellationToken cancellation = default) =>
        AnswerReader.PostJson(http, Routes.WorkerFacts, facts, ProtocolJson.Default.AnnounceFacts,
            ExpectAnswer(ProtocolJson.Lenient.FactsTaken, answer => answer.Taken && answer.Session == facts.Session), cancellation);

    /// <summary>
    /// Sends a body of so many bytes that changes nothing, the result of a task that can't be. A server that got all of it says 404.
    /// </summary>
    public async Task<Answer<string>> SendProbeBody(int bytes, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.WorkerResult);
        request.Content = new StringContent($$"""{"taskId":"none","stdout":"{{new string('x', bytes)}}"}""", null, "application/json");
        return await AnswerReader.SendRequest(http, request, new ExpectedAnswer<string>(_ => null), cancellation).ConfigureAwait(false);
    }

    /// <summary>A page of the workers, by name; needs a client's token. A server from before pages answers with all of them.</summary>
    /// <param name="limit">At most so many, 1 to 500.</param>
    /// <param name="cursor"><see cref="WorkerListView.NextCursor"/> of the page before; null: the first.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<Answer<WorkerListView>> ListWorkers(
        int limit = Limits.Page, string? cursor = null, CancellationToken cancellation = default) =>
        AnswerReader.GetJson(
            http, string.Create(CultureInfo.InvariantCulture, $"{Routes.Workers}?limit={limit}")
                + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)),
            ExpectedList, cancellation);

    /// <summary>Gives a worker no new tasks; needs an administrator's token.</summary>
    public Task<Answer<WorkerView>> DrainWorker(string name, CancellationToken cancellation = default) =>
        ChangeWorker(Routes.Drain, name, cancellation);

    /// <summary>Gives a worker tasks again; needs an administrator's token.</summary>
    public Task<Answer<WorkerView>> ResumeWorker(string name, CancellationToken cancellation = default) =>
        ChangeWorker(Routes.Resume, name, cancellation);

    private async Task<Answer<WorkerView>> ChangeWorker(string route, string name, CancellationToken cancellation)
    {
        var path = route.Replace("{name}", Uri.EscapeDataString(name), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        var expected = new ExpectedAnswer<WorkerView>(ProtocolJson.Lenient.WorkerView) { Fits = worker => worker.Name == name };
        return await AnswerReader.SendRequest(http, request, expected, cancellation).ConfigureAwait(false);
    }

    internal static ExpectedAnswer<WorkerListView> ExpectedList { get; } =
        new(ProtocolJson.Lenient.WorkerListView)
        {
            Fits = page => Array.TrueForAll(page.Workers, worker => worker is { Name.Length: > 0 }),
        };

    internal static ExpectedAnswer<SessionOpened> ExpectOpened(string name) => new(ProtocolJson.Lenient.SessionOpened)
    {
        // Intervals a loop can live with, whoever said them: 0 would have it call without a pause.
        Fits = opened => opened is { Session.Length: > 0, HeartbeatEvery: > 0 and <= LongestInterval, Lease: > 0 and <= LongestInterval }
            && opened.PollWait is > 0 and <= LongestInterval && opened.Protocol is null or >= SessionProtocol.Named
            && (opened.Name == name || opened is { Name: null, Protocol: null }),
    };

    internal ExpectedAnswer<PollAnswer> ExpectOffers(string session) => ExpectAnswer(
        ProtocolJson.Lenient.PollAnswer, answer => answer.Offers.All(IsWhole), answer => IsNamed(answer.Session, session));

    private static bool IsWhole(Attempts.Offer offer) =>
        offer is { Attempt: > 0, Timeout: > 0, KillGrace: >= 0 }
        && offer.AttemptId == string.Create(null, $"{offer.TaskId}.{offer.Attempt}")
        && HasPayload(offer);

    private static bool HasPayload(Attempts.Offer offer) => offer.Payload.ValueKind == JsonValueKind.Undefined
        ? offer.PayloadBytes is > 0 and <= Limits.FileWriteBody * 2 : offer.PayloadBytes is null;

    private bool IsNamed(string? session, string asked) => session == asked || (session is null && protocol < SessionProtocol.Named);

    private ExpectedAnswer<T> ExpectAnswer<T>(JsonTypeInfo<T> type, Func<T, bool> fits, Func<T, bool>? named = null) where T : class =>
        new(type) { Fits = fits, NamesSession = named ?? (_ => true), MayBeEmpty = named is null && protocol < SessionProtocol.Named };
}
