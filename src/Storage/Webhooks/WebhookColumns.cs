using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Webhooks;

/// <summary>The columns of webhooks: their names, and how they are written and read, in the same order.</summary>
internal static class WebhookColumns
{
    /// <summary>What an insert writes, beside the number of the task. The rest has its default.</summary>
    public const string Inserted = "id, task_id, tenant, route, target, host, event, created_at, due_at, give_up_at, state";

    public const string Selected = Inserted + ", attempts, ended_at, last_error";

    /// <summary>Writes <see cref="Inserted"/>.</summary>
    public static void WriteInserted<TRow>(ref TRow row, Webhook webhook)
        where TRow : struct, IRowWriter
    {
        row.AddId(webhook.Id);
        row.AddId(webhook.Task);
        row.AddText(webhook.Tenant);
        row.AddShort((int)webhook.Route);
        row.AddText(webhook.Target);
        row.AddText(webhook.Host);
        row.AddText(webhook.Event);
        row.AddTime(webhook.CreatedAt);
        row.AddTime(webhook.DueAt);
        row.AddTime(webhook.GiveUpAt);
        row.AddShort((int)webhook.State);
    }

    /// <summary>Reads <see cref="Selected"/> from the first column on.</summary>
    public static Webhook Read<TRow>(TRow row)
        where TRow : struct, IRowReader => new()
        {
            Id = row.ReadId(),
            Task = row.ReadId(),
            Tenant = row.ReadText(),
            Route = (WebhookRoute)row.ReadShort(),
            Target = row.ReadText(),
            Host = row.ReadText(),
            Event = row.ReadText(),
            CreatedAt = row.ReadTime(),
            DueAt = row.ReadTime(),
            GiveUpAt = row.ReadTime(),
            State = (WebhookState)row.ReadShort(),
            Attempts = row.ReadInt(),
            EndedAt = row.ReadTimeOrNull(),
            LastError = row.ReadTextOrNull(),
        };

    /// <summary>What is to be told with a step of a task: nothing, until it has ended and was asked for. Pure but for the ids.</summary>
    public static IReadOnlyList<Webhook> CreateForStep(TaskRecord record)
    {
        if (!record.State.IsEnd() || record.Spec is { CallbackUrl: null, CallbackChannel: null }) return [];
        var webhooks = new List<Webhook>(2);
        if (record.Spec.CallbackUrl is { } url) webhooks.Add(Create(record, WebhookRoute.Url, url, new Uri(url).IdnHost));
        // A worker without a session is the original's, which posts by itself.
        if (record.Spec.CallbackChannel is { } channel && record.Epoch > 0)
            webhooks.Add(Create(record, WebhookRoute.Chat, channel, ""));
        return webhooks;
    }

    private static Webhook Create(TaskRecord record, WebhookRoute route, string target, string host)
    {
        var at = record.EndedAt ?? record.Last?.At ?? record.CreatedAt;
        return new Webhook
        {
            Id = Guid.CreateVersion7(at),
            Task = record.Id,
            Tenant = record.Spec.Tenant,
            Route = route,
            Target = target,
            Host = host,
            Event = Webhook.TaskEnded,
            CreatedAt = at,
            DueAt = at,
            GiveUpAt = at + Webhook.RetryFor,
            State = WebhookState.Waiting,
        };
    }
}
