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

    /// <summary>Asks for a human's yes before the start, or tells what was decided at the PC.</summary>
    public Task<Answer<ApprovalAnswer>> AskApproval(string attemptId, AskApproval ask, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Of(Routes.Approval, attemptId), ask,
            ProtocolJson.Default.AskApproval, ProtocolJson.Lenient.ApprovalAnswer, cancellation);

    /// <summary>Appends output; on a gap the problem says where to go on.</summary>
    public Task<Answer<JsonElement>> Append(string attemptId, AppendOutput output, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Of(Routes.AttemptOutput, attemptId), output,
            ProtocolJson.Default.AppendOutput, ProtocolJson.Lenient.JsonElement, cancellation);

    /// <summary>
    /// The same in the binary form: for chunks of at most <see cref="Limits.OutputFrame"/> bytes, together within <see cref="Limits.OutputBody"/>.
    /// A server that does not know it yet answers 415.
    /// </summary>
    public async Task<Answer<JsonElement>> AppendFrames(string attemptId, AppendOutput output, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Of(Routes.AttemptOutput, attemptId));
        request.Content = new FramedContent(output.Chunks);
        request.Headers.Add(OutputFrames.SessionHeader, output.Session);
        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        return await AnswerReader.Read(response, ProtocolJson.Lenient.JsonElement, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reports how it ended.</summary>
    public Task<Answer<ResultTaken>> Finish(string attemptId, AttemptResult result, CancellationToken cancellation = default) =>
        AnswerReader.Post(http, Of(Routes.AttemptResult, attemptId), result,
            ProtocolJson.Default.AttemptResult, ProtocolJson.Lenient.ResultTaken, cancellation);

    private static string Of(string route, string id) => route.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
}
