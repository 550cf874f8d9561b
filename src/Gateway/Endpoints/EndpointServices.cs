using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Compat;
using OpenClaw.Gateway.Manifests;
using OpenClaw.Gateway.Notifications;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Output.Pages;
using OpenClaw.Gateway.Sessions;
using OpenClaw.Gateway.Tasks;
using OpenClaw.Gateway.Tasks.Submits;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Gateway.Webhooks.Targets;
using OpenClaw.Gateway.Workers;

namespace OpenClaw.Gateway.Endpoints;

/// <summary>What the endpoints need.</summary>
internal static class EndpointServices
{
    public static void AddEndpointServices(this IHostApplicationBuilder builder)
    {
        AddForTasks(builder.Services);
        AddForWorkers(builder.Services);
        AddNotifications(builder.Services, builder.Configuration);
        AddWebhooks(builder.Services, builder.Configuration);
    }

    private static void AddForTasks(IServiceCollection services)
    {
        services.AddSingleton<TenantCache>();
        services.AddSingleton<TaskSources>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<SessionRouter>();
        services.AddSingleton<CustomKindMatcher>();
        services.AddSingleton<SubmitRouter>();
        services.AddSingleton<SubmitRoom>();
        services.AddSingleton<LiveOutput>();
        services.AddHostedService<OutputPoller>();
        services.AddSingleton<OutputFollower>();
        services.AddSingleton<OutputPages>();
    }

    private static void AddForWorkers(IServiceCollection services)
    {
        services.AddSingleton<SessionGate>();
        services.AddSingleton<AttemptReports>();
        services.AddSingleton<CompatibleWorkers>();
        services.AddSingleton<SharedPolls>();
        services.AddSingleton<RevocableStarts>();
    }

    private static void AddNotifications(IServiceCollection services, IConfiguration settings)
    {
        services.AddSingleton<ChatPoster>();
        services.AddSingleton<IDeliveryRoute, ChatRoute>();
        services.AddSingleton<IValidateOptions<NotificationOptions>, NotificationOptionsValidator>();
        services.AddOptions<NotificationOptions>().ValidateOnStart().Configure(options =>
        {
            options.ApiUrl = TrimToNull(settings["DISCORD_API_URL"]) ?? options.ApiUrl;
            options.BotToken = TrimToNull(settings["DISCORD_BOT_TOKEN"]);
            options.Proxy = TrimToNull(settings["DISCORD_PROXY"]);
        });
    }

    private static void AddWebhooks(IServiceCollection services, IConfiguration settings)
    {
        services.AddSingleton<CallbackTargets>();
        services.AddSingleton<UrlSender>();
        services.AddSingleton<IDeliveryRoute, UrlRoute>();
        services.AddSingleton<WebhookReports>();
        services.AddSingleton<WebhookAttempts>();
        services.AddSingleton<WebhookDelivery>();
        services.AddSingleton<ITurnListener>(provider => provider.GetRequiredService<WebhookDelivery>());
        services.AddHostedService(provider => provider.GetRequiredService<WebhookDelivery>());
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();
        services.AddOptions<WebhookOptions>().ValidateOnStart().Configure(options =>
        {
            options.Allow = TrimToNull(settings[WebhookSettings.Allow.Variable]);
            options.Proxy = TrimToNull(settings[WebhookSettings.Proxy.Variable]);
        });
    }

    private static string? TrimToNull(string? setting) => string.IsNullOrWhiteSpace(setting) ? null : setting.Trim();
}
