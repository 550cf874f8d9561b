using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Audit;
using OpenClaw.Gateway.Compat;
using OpenClaw.Gateway.Https;
using OpenClaw.Gateway.Notifications;
using OpenClaw.Gateway.OpenApi;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Administration;
using OpenClaw.Gateway.Security.Enrolment;
using OpenClaw.Gateway.Security.Enrolment.Programs;
using OpenClaw.Gateway.Security.People;
using OpenClaw.Gateway.Security.Tenants;
using OpenClaw.Gateway.Sessions;
using OpenClaw.Gateway.Tasks;
using OpenClaw.Gateway.Tasks.Submits;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Audit;

namespace OpenClaw.Gateway.Endpoints;

/// <summary>The list of all endpoints. Each one maps its own routes.</summary>
internal static class EndpointHosting
{
    public static void AddEndpoints(this IServiceCollection services)
    {
        // For clients.
        services.AddSingleton<IEndpoint, SubmitEndpoints>();
        services.AddSingleton<IEndpoint, TaskEndpoints>();
        services.AddSingleton<IEndpoint, TaskApprovalEndpoint>();
        services.AddSingleton<IEndpoint, OutputEndpoint>();
        services.AddSingleton<IEndpoint, EventEndpoint>();
        services.AddSingleton<IEndpoint, WorkerEndpoints>();
        services.AddSingleton<IEndpoint, AgentEndpoints>();
        services.AddSingleton<IEndpoint, NotifyEndpoint>();
        services.AddSingleton<IEndpoint, HealthEndpoint>();
        services.AddSingleton<IEndpoint, OpenApiEndpoint>();
        services.AddSingleton<IEndpoint, AuthorityEndpoint>();
        services.AddSingleton<IEndpoint, TokenEndpoints>();
        services.AddSingleton<IEndpoint, PeopleEndpoints>();
        services.AddSingleton<IEndpoint, TenantEndpoints>();
        services.AddSingleton<IEndpoint, MeEndpoint>();
        services.AddSingleton<IEndpoint, WebhookEndpoints>();
        services.AddSingleton<IEndpoint, InviteEndpoints>();
        services.AddSingleton<AuditExporter>();
        services.AddSingleton<ChainHeads>();
        services.AddSingleton<IEndpoint, AuditEndpoints>();
        // For workers.
        services.AddSingleton<IEndpoint, EnrolEndpoints>();
        services.AddSingleton<IEndpoint, JoinFileEndpoints>();
        services.AddSingleton<IEndpoint, SessionEndpoints>();
        services.AddSingleton<IEndpoint, PollEndpoint>();
        services.AddSingleton<IEndpoint, HeartbeatEndpoint>();
        services.AddSingleton<IEndpoint, FactsEndpoint>();
        services.AddSingleton<IEndpoint, AttemptEndpoints>();
        services.AddSingleton<IEndpoint, PayloadEndpoint>();
        services.AddSingleton<IEndpoint, AttemptApprovalEndpoint>();
        services.AddSingleton<IEndpoint, CompatiblePollEndpoint>();
        services.AddSingleton<IEndpoint, CompatibleResultEndpoint>();
    }

    public static void MapEndpoints(this IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in routes.ServiceProvider.GetServices<IEndpoint>()) endpoint.MapRoutes(routes);
    }
}
