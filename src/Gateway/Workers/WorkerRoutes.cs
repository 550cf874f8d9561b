using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Compat;
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
        services.AddSingleton<ResultDesk>();
        services.AddSingleton<AttemptEndpoints>();
        services.AddSingleton<PayloadEndpoint>();
        services.AddSingleton<ApprovalEndpoint>();
        services.AddSingleton<CompatibleWorkers>();
        services.AddSingleton<PollDesks>();
        services.AddSingleton<TakenStarts>();
        services.AddSingleton<OldPollEndpoint>();
        services.AddSingleton<OldResultEndpoint>();
    }

    public static void MapWorkers(this WebApplication app)
    {
        var sessions = app.Services.GetRequiredService<SessionEndpoints>();
        app.MapPost(Routes.Sessions, sessions.Open).Requires(Policy.Work);
        app.MapPost(Routes.CloseSession, sessions.Close).Requires(Policy.Work);
        app.MapPost(Routes.WorkerPoll, app.Services.GetRequiredService<PollEndpoint>().Handle).Requires(Policy.Work);
        app.MapPost(Routes.Heartbeat, app.Services.GetRequiredService<HeartbeatEndpoint>().Handle).Requires(Policy.Work);
        app.MapPost(Routes.WorkerFacts, app.Services.GetRequiredService<FactsEndpoint>().Handle).Requires(Policy.Work);
        var attempts = app.Services.GetRequiredService<AttemptEndpoints>();
        app.MapPost(Routes.AttemptPayload, app.Services.GetRequiredService<PayloadEndpoint>().Handle).Requires(Policy.Work);
        app.MapPost(Routes.Start, attempts.Start).Requires(Policy.Work);
        app.MapPost(Routes.Approval, app.Services.GetRequiredService<ApprovalEndpoint>().Handle).Requires(Policy.Work);
        app.MapPost(Routes.AttemptOutput, attempts.Output).Requires(Policy.Work);
        app.MapPost(Routes.AttemptResult, attempts.Result).Requires(Policy.Work);
        app.MapRead(Routes.WorkerPoll, app.Services.GetRequiredService<OldPollEndpoint>().Handle).Requires(Policy.Work);
        app.MapPost(Routes.WorkerResult, app.Services.GetRequiredService<OldResultEndpoint>().Handle).Requires(Policy.Work);
        var workers = app.Services.GetRequiredService<WorkerEndpoints>();
        app.MapRead(Routes.Workers, workers.List).Requires(Policy.ReadWorkers);
        app.MapRead(Routes.Worker, workers.Get).Requires(Policy.ReadWorkers);
        app.MapPost(Routes.Drain, workers.Drain).Requires(Policy.DrainWorkers);
        app.MapPost(Routes.Resume, workers.Resume).Requires(Policy.DrainWorkers);
    }
}
