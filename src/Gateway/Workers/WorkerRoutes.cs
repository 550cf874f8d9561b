using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Compat;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Workers;

/// <summary>Everything about workers and their attempts.</summary>
internal static class WorkerRoutes
{
    public static void AddWorkers(this IServiceCollection services)
    {
        services.AddSingleton<SessionGate>();
        services.AddSingleton<SessionEndpoints>();
        services.AddSingleton<PollEndpoint>();
        services.AddSingleton<HeartbeatEndpoint>();
        services.AddSingleton<FactsEndpoint>();
        services.AddSingleton<WorkerEndpoints>();
        services.AddSingleton<AttemptReports>();
        services.AddSingleton<AttemptEndpoints>();
        services.AddSingleton<PayloadEndpoint>();
        services.AddSingleton<AttemptApprovalEndpoint>();
        services.AddSingleton<CompatibleWorkers>();
        services.AddSingleton<SharedPolls>();
        services.AddSingleton<RevocableStarts>();
        services.AddSingleton<CompatiblePollEndpoint>();
        services.AddSingleton<CompatibleResultEndpoint>();
    }

    public static void MapWorkers(this WebApplication app)
    {
        var sessions = app.Services.GetRequiredService<SessionEndpoints>();
        app.MapPost(Routes.Sessions, sessions.HandleOpen).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.CloseSession, sessions.HandleClose).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.WorkerPoll, app.Services.GetRequiredService<PollEndpoint>().Handle).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.Heartbeat, app.Services.GetRequiredService<HeartbeatEndpoint>().Handle).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.WorkerFacts, app.Services.GetRequiredService<FactsEndpoint>().Handle).RequirePolicy(AccessPolicy.Work);
        var attempts = app.Services.GetRequiredService<AttemptEndpoints>();
        app.MapPost(Routes.AttemptPayload, app.Services.GetRequiredService<PayloadEndpoint>().Handle).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.Start, attempts.HandleStart).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.Approval, app.Services.GetRequiredService<AttemptApprovalEndpoint>().Handle).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.AttemptOutput, attempts.HandleOutput).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.AttemptResult, attempts.HandleResult).RequirePolicy(AccessPolicy.Work);
        app.MapWritingRead(Routes.WorkerPoll, app.Services.GetRequiredService<CompatiblePollEndpoint>().Handle).RequirePolicy(AccessPolicy.Work);
        app.MapPost(Routes.WorkerResult, app.Services.GetRequiredService<CompatibleResultEndpoint>().Handle)
            .RequirePolicy(AccessPolicy.Work);
        app.Services.GetRequiredService<WorkerEndpoints>().MapRoutes(app);
    }
}
