using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Webhooks;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>Which webhooks were not delivered, another try for one of them, and the secret that all are signed with.</summary>
internal sealed class WebhookEndpoints(
    IGrainFactory grains, IWebhookOutbox outbox, IWebhookSecrets secrets, WebhookDelivery delivery, IAuditTrail audit, TimeProvider clock)
    : IEndpoint
{
    private const int PageByDefault = 50;
    private const long Overlap = 86_400_000;
    private const long LongestOverlap = 7 * Overlap;

    private static readonly Problem NoSuchWebhook = ProblemTable.CreateNotFound("There is no such webhook.");

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.Webhooks, ListWebhooks).RequirePolicy(AccessPolicy.ReadTasks);
        routes.MapChange(Routes.RetryWebhook, RetryWebhook).RequirePolicy(AccessPolicy.SubmitTasks);
        routes.MapChange(Routes.WebhookSecret, RotateSecret).RequirePolicy(AccessPolicy.AdministerWebhooks);
    }

    private async ValueTask<Reply> ListWebhooks(HttpContext context)
    {
        var caller = context.GetCaller();
        var problem = Query.ReadNumber(context, "limit", PageByDefault, 1, Limits.Page, clamp: false, out var limit)
            ?? Query.ReadText(context, "cursor", out _) ?? Query.ReadText(context, "state", out _);
        if (problem is not null) return problem;
        Query.ReadText(context, "cursor", out var cursor);
        Query.ReadText(context, "state", out var name);
        if (WebhookViews.FindState(name ?? "dead") is not { } state)
            return Problem400.ForField("state", "must be waiting, delivered or dead");
        var errors = new FieldErrors();
        var before = cursor is null ? null : TaskListQuery.ParseCursor(cursor, errors);
        if (errors.Any) return Problem400.ForFields(errors.ToArray());
        var page = await outbox.ReadPage(new(caller.Tenant, state, before, (int)limit), context.RequestAborted);
        var shown = new List<WebhookView>();
        foreach (var webhook in page.Webhooks)
        {
            if (await MaySee(webhook, caller)) shown.Add(WebhookViews.ToView(webhook, caller));
        }
        var next = page.Next is { } place ? TaskListQuery.FormatCursor(place) : null;
        return Reply.FromValue(new WebhookListView([.. shown], next), ProtocolJson.Default.WebhookListView);
    }

    private async ValueTask<Reply> RetryWebhook(HttpContext context)
    {
        var caller = context.GetCaller();
        if (!Guid.TryParseExact(context.Request.RouteValues["id"] as string, "D", out var id)
            || await outbox.Find(id, context.RequestAborted) is not { } webhook || webhook.Tenant != caller.Tenant
            || !await MaySee(webhook, caller)) return NoSuchWebhook;
        if (!await outbox.Revive(id, clock.GetUtcNow(), context.RequestAborted))
            return ProblemTable.CreateProblem(409, ProblemTypes.NotDead, "The webhook was not given up: it waits or is delivered.");
        delivery.Wake();
        var revived = await outbox.Find(id, context.RequestAborted) ?? webhook;
        return Reply.FromValue(WebhookViews.ToView(revived, caller), ProtocolJson.Default.WebhookView);
    }

    private async ValueTask<Reply> RotateSecret(HttpContext context)
    {
        var (rotation, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.RotateWebhookSecret, Limits.WorkerBody,
            (body, errors) => errors.RequireRange("overlap", body.Overlap, 0, LongestOverlap));
        if (rotation is null) return problem!;
        var (caller, now, made) = (context.GetCaller(), clock.GetUtcNow(), WebhookSignature.CreateSecret());
        var until = now.AddMilliseconds(rotation.Overlap ?? Overlap);
        var secret = await secrets.Rotate(caller.Tenant, made, until, context.RequestAborted);
        audit.AddNote(new(now, "webhook-secret-rotated", caller.AuditName, caller.Address, null, null));
        return Reply.FromValue(
            new WebhookSecretView(WebhookSignature.FormatSecret(made), secret.Former is null ? null : until.ToUnixTimeMilliseconds()),
            ProtocolJson.Default.WebhookSecretView);
    }

    /// <summary>A token that is for some tasks only knows of nothing that the others did.</summary>
    private async ValueTask<bool> MaySee(Webhook webhook, Caller caller) =>
        caller.Rights.Narrowing is null
        || (await grains.GetTaskGrain(webhook.Task).Get() is { } task && caller.Sees(task.Spec));
}
