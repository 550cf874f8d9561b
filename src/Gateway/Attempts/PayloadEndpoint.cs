using System.Text;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Attempts;

/// <summary>
/// POST /worker/attempts/{id}/payload: the payload of an offer that was made without it. Written past the buffers of other answers, as fast
/// as the worker's line takes it: of a payload that is on its way there is one copy.
/// </summary>
internal sealed class PayloadEndpoint(IGrainFactory grains, AttemptEndpoints attempts)
{
    private const int Piece = 64 * 1024;

    public async Task Handle(HttpContext context)
    {
        var (fetch, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.FetchPayload, Limits.WorkerBody);
        if (await attempts.AuthorizeAttempt(context, fetch?.Session, problem) is not { } entry) return;
        // Made anew: the offer stands for its whole life from now on, and to nobody else.
        var offer = await grains.GetTaskGrain(entry.Attempt.Task).Offer(entry.Holder);
        if (offer.Rejection != Rejection.None) await context.AnswerProblem(ProblemTable.FromRejection(offer.Rejection));
        else if (offer.Attempt != entry.Attempt.Attempt)
            await context.AnswerProblem(ProblemTable.FromRejection(Rejection.AttemptSuperseded));
        else await SendPayload(context, AttemptId.FormatId(entry.Attempt.Task, offer.Attempt), fetch!.Session, offer.Spec!.Payload);
    }

    /// <summary>Neither an id nor a session has a character that JSON escapes.</summary>
    private static async Task SendPayload(HttpContext context, string attempt, string session, byte[] payload)
    {
        var (head, body) = (Encoding.UTF8.GetBytes($$"""{"attemptId":"{{attempt}}","session":"{{session}}","payload":"""),
            context.Response.Body);
        using var cut = context.CutWhenRevoked();
        context.AnnounceJson(head.Length + payload.Length + 1);
        await body.WriteAsync(head, context.RequestAborted);
        for (var at = 0; at < payload.Length; at += Piece)
            await body.WriteAsync(payload.AsMemory(at, Math.Min(Piece, payload.Length - at)), context.RequestAborted);
        await body.WriteAsync("}"u8.ToArray(), context.RequestAborted);
        LargeBodies.CountPassed(2L * payload.Length);
    }
}
