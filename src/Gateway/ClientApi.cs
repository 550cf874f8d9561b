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

namespace OpenClaw.Gateway;

/// <summary>The routes of clients: what they need, and where they are.</summary>
internal static class ClientApi
{
    public static void AddClientApi(this IHostApplicationBuilder builder)
    {
        var (services, settings) = (builder.Services, builder.Configuration);
        services.AddSingleton<TenantFacts>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<TurnDesk>();
        services.AddSingleton<KindDesk>();
        services.AddSingleton<SubmitEndpoints>();
        services.AddSingleton<TaskEndpoints>();
        services.AddSingleton<ApprovalEndpoints>();
        services.AddSingleton<LiveOutput>();
        services.AddHostedService<StorePoll>();
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
            options.ApiUrl = Given(settings["DISCORD_API_URL"]) ?? options.ApiUrl;
            options.BotToken = Given(settings["DISCORD_BOT_TOKEN"]);
            options.Proxy = Given(settings["DISCORD_PROXY"]);
        });
    }

    public static void MapClientApi(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<SubmitEndpoints>().Map(routes);
        services.GetRequiredService<TaskEndpoints>().Map(routes);
        services.GetRequiredService<ApprovalEndpoints>().Map(routes);
        services.GetRequiredService<OutputEndpoint>().Map(routes);
        services.GetRequiredService<EventEndpoint>().Map(routes);
        services.GetRequiredService<HealthEndpoint>().Map(routes);
        services.GetRequiredService<AgentEndpoints>().Map(routes);
        services.GetRequiredService<NotifyEndpoint>().Map(routes);
        OpenApiEndpoint.Map(routes);
    }

    private static string? Given(string? setting) => string.IsNullOrWhiteSpace(setting) ? null : setting.Trim();
}
