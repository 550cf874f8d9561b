using System.Text.Json;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Attempts;

/// <summary>
/// A worker's calls about its attempts. The <see cref="HttpClient"/> brings base address and token. Every call may be repeated.
/// Refusals are values; a server that is not there is an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class AttemptsClient(HttpClient http)
{
    /// <summary>Asks to start; on success the start is committed and the process may be spawned.</summary>
    public Task<Answer<StartedAttempt>> Start(string attemptId, StartAttempt start, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Of(Routes.Start, attemptId), start,
            ProtocolJson.Default.StartAttempt, ProtocolJson.Lenient.StartedAttempt, cancellation);

    /// <summary>Appends output; on a gap the problem says where to go on.</summary>
    public Task<Answer<JsonElement>> Append(string attemptId, AppendOutput output, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Of(Routes.AttemptOutput, attemptId), output,
            ProtocolJson.Default.AppendOutput, ProtocolJson.Lenient.JsonElement, cancellation);

    /// <summary>Reports how it ended.</summary>
    public Task<Answer<ResultTaken>> Finish(string attemptId, AttemptResult result, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Of(Routes.AttemptResult, attemptId), result,
            ProtocolJson.Default.AttemptResult, ProtocolJson.Lenient.ResultTaken, cancellation);

    private static string Of(string route, string id) => route.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
}
