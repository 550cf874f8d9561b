using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Notifications;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Notifications;

/// <summary>POST /notify: a message for a chat channel.</summary>
internal sealed class NotifyEndpoint(ChatPoster poster)
{
    /// <summary>Ten messages: more is a flood.</summary>
    internal const int LongestMessage = 10 * MessageParts.Longest;

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.Notify, (RequestDelegate)PostMessage).RequirePolicy(AccessPolicy.Notify);

    private async Task PostMessage(HttpContext context)
    {
        var (request, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.NotifyRequest, Limits.SubmitBody);
        if (request is null)
        {
            await context.Answer(problem!);
            return;
        }
        var errors = new FieldErrors();
        if (errors.RequireValue("channel", request.Channel) && !AgentPayload.IsChannel(request.Channel))
            errors.Add("channel", "must be a channel's id: 1 to 20 digits");
        if (string.IsNullOrWhiteSpace(request.Message)) errors.Add("message", "is required");
        else errors.RequireText("message", request.Message, LongestMessage);
        if (errors.Any) await context.Answer(Problem400.ForFields(errors.ToArray()));
        else if (await poster.PostMessage(request.Channel!, request.Message!, null, context.RequestAborted) is not { } refusal)
            await context.Answer(new Notified(true), ProtocolJson.Default.Notified);
        else await context.Answer(ProblemTable.CreateProblem(502, ProblemTypes.BadGateway, refusal));
    }
}
