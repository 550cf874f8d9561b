using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Compat;
using OpenClaw.Gateway.Manifests;
using OpenClaw.Gateway.Notifications;
using OpenClaw.Gateway.OpenApi;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Output.Pages;
using OpenClaw.Gateway.Sessions;
using OpenClaw.Gateway.Tasks;
using OpenClaw.Gateway.Tasks.Submits;

namespace OpenClaw.Gateway;

/// <summary>The routes of clients: what they need, and where they are.</summary>
internal static class ClientApi
{
    public static void AddClientApi(this IHostApplicationBuilder builder)
    {
        var (services, settings) = (builder.Services, builder.Configuration);
        services.AddSingleton<TenantCache>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<SessionRouter>();
        services.AddSingleton<CustomKindMatcher>();
        services.AddSingleton<SubmitRouter>();
        services.AddSingleton<SubmitEndpoints>();
        services.AddSingleton<TaskEndpoints>();
        services.AddSingleton<TaskApprovalEndpoint>();
        services.AddSingleton<LiveOutput>();
        services.AddHostedService<OutputPoller>();
        services.AddSingleton<OutputFollower>();
        services.AddSingleton<OutputPages>();
        services.AddSingleton<OutputEndpoint>();
        services.AddSingleton<EventEndpoint>();
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton<AgentEndpoints>();
        services.AddSingleton<NotifyEndpoint>();
        services.AddSingleton<ChatPoster>();
        services.AddSingleton<Callbacks>();
        services.AddSingleton<ITurnListener>(provider => provider.GetRequiredService<Callbacks>());
        services.AddHostedService(provider => provider.GetRequiredService<Callbacks>());
        services.AddSingleton<IValidateOptions<NotificationOptions>, NotificationOptionsValidator>();
        services.AddOptions<NotificationOptions>().ValidateOnStart().Configure(options =>
        {
            options.ApiUrl = TrimToNull(settings["DISCORD_API_URL"]) ?? options.ApiUrl;
            options.BotToken = TrimToNull(settings["DISCORD_BOT_TOKEN"]);
            options.Proxy = TrimToNull(settings["DISCORD_PROXY"]);
        });
    }

    public static void MapClientApi(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<SubmitEndpoints>().MapRoutes(routes);
        services.GetRequiredService<TaskEndpoints>().MapRoutes(routes);
        services.GetRequiredService<TaskApprovalEndpoint>().MapRoutes(routes);
        services.GetRequiredService<OutputEndpoint>().MapRoutes(routes);
        services.GetRequiredService<EventEndpoint>().MapRoutes(routes);
        services.GetRequiredService<HealthEndpoint>().MapRoutes(routes);
        services.GetRequiredService<AgentEndpoints>().MapRoutes(routes);
        services.GetRequiredService<NotifyEndpoint>().MapRoutes(routes);
        new OpenApiEndpoint().MapRoutes(routes);
    }

    private static string? TrimToNull(string? setting) => string.IsNullOrWhiteSpace(setting) ? null : setting.Trim();
}
