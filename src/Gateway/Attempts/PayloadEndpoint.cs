using System.Text;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Attempts;

/// <summary>
/// POST /worker/attempts/{id}/payload: the payload of an offer that was made without it. Written past the buffers of other answers, as fast
/// as the worker's line takes it: of a payload that is on its way there is one copy.
/// </summary>
internal sealed class PayloadEndpoint(IGrainFactory grains, SessionGate gate, AttemptReports reports) : IEndpoint
{
    private const int Piece = 64 * 1024;

    public void MapRoutes(IEndpointRouteBuilder routes) => routes.MapAttemptCall(Routes.AttemptPayload, FetchPayload);

    private async ValueTask<Reply> FetchPayload(HttpContext context)
    {
        var (fetch, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.FetchPayload, Limits.WorkerBody);
        if (fetch is null) return problem!;
        (var attempt, problem) = await gate.AdmitAttempt(context, fetch.Session);
        if (problem is not null) return problem;
        // Made anew: the offer stands for its whole life from now on, and to nobody else.
        var offer = await grains.GetTaskGrain(attempt.Task).Offer(attempt.Holder);
        if (offer.Rejection != Rejection.None) return await reports.DescribeRefusal(attempt, offer.Rejection);
        if (offer.Attempt != attempt.Number) return await reports.DescribeRefusal(attempt, Rejection.AttemptSuperseded);
        await SendPayload(context, attempt.Id, fetch.Session, offer.Spec!.Payload);
        return Reply.Written;
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
