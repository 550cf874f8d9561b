using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Notifications;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Notifications;

/// <summary>POST /notify: a message for a chat channel.</summary>
internal sealed class NotifyEndpoint(ChatPoster poster) : IEndpoint
{
    /// <summary>Ten messages: more is a flood.</summary>
    internal const int LongestMessage = 10 * MessageParts.Longest;

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapChange(Routes.Notify, PostMessage).RequirePolicy(AccessPolicy.Notify);

    private async ValueTask<Reply> PostMessage(HttpContext context)
    {
        var (request, problem) =
            await StrictJson.ReadValid(context, ProtocolJson.Default.NotifyRequest, Limits.SubmitBody, ValidateRequest);
        if (request is null) return problem!;
        var refusal = await poster.PostMessage(request.Channel!, request.Message!, null, ChatPoster.Repeats, context.RequestAborted);
        return refusal is null
            ? Reply.FromValue(new Notified(true), ProtocolJson.Default.Notified)
            : ProblemTable.CreateProblem(502, ProblemTypes.BadGateway, refusal.Sentence);
    }

    private static void ValidateRequest(NotifyRequest request, FieldErrors errors)
    {
        if (errors.RequireValue("channel", request.Channel) && !AgentPayload.IsChannel(request.Channel))
            errors.Add("channel", "must be a channel's id: 1 to 20 digits");
        if (string.IsNullOrWhiteSpace(request.Message)) errors.Add("message", "is required");
        else errors.RequireText("message", request.Message, LongestMessage);
    }
}
