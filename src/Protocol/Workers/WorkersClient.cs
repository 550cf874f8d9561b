using System.Text.Json;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Workers;

/// <summary>
/// A worker's calls about itself. The <see cref="HttpClient"/> brings base address and token. Every call may be repeated.
/// Refusals are values; a server that is not there is an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class WorkersClient(HttpClient http)
{
    /// <summary>Opens a session.</summary>
    public Task<Answer<SessionOpened>> Open(OpenSession open, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Routes.Sessions, open, ProtocolJson.Default.OpenSession, ProtocolJson.Lenient.SessionOpened, cancellation);

    /// <summary>Says goodbye.</summary>
    public Task<Answer<JsonElement>> Close(CloseSession close, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Routes.CloseSession, close,
            ProtocolJson.Default.CloseSession, ProtocolJson.Lenient.JsonElement, cancellation);

    /// <summary>Waits for offers and cancels.</summary>
    public Task<Answer<PollAnswer>> Poll(Poll poll, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Routes.WorkerPoll, poll, ProtocolJson.Default.Poll, ProtocolJson.Lenient.PollAnswer, cancellation);

    /// <summary>Renews leases and learns what to end.</summary>
    public Task<Answer<HeartbeatAnswer>> Heartbeat(Heartbeat heartbeat, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Routes.Heartbeat, heartbeat,
            ProtocolJson.Default.Heartbeat, ProtocolJson.Lenient.HeartbeatAnswer, cancellation);

    /// <summary>Says what the PC is. A server from before this route answers 404.</summary>
    public Task<Answer<JsonElement>> Announce(AnnounceFacts facts, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Routes.WorkerFacts, facts,
            ProtocolJson.Default.AnnounceFacts, ProtocolJson.Lenient.JsonElement, cancellation);
}
