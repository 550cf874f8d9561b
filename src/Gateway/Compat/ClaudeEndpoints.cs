using System.Text.Json;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Sessions;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Compat;

/// <summary>The conversations: those this server has run, and those on the disks of the PCs.</summary>
internal sealed class ClaudeEndpoints(ITaskList tasks, TenantFacts facts)
{
    private const int MostSessions = 1_000;
    private const int RecentByDefault = 10;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.ClaudeSessions, (RequestDelegate)Sessions).Requires(Policy.ReadTasks);
        routes.MapGet(Routes.ClaudeRecent, (RequestDelegate)Recent).Requires(Policy.ReadTasks);
    }

    private async Task Sessions(HttpContext context)
    {
        var found = await tasks.Sessions(context.Caller().Tenant, MostSessions, context.RequestAborted);
        var sessions = found.Select(session =>
            new SessionView(session.Session, session.LastActivity.ToUnixTimeMilliseconds(), session.TaskCount));
        await context.Answer(new SessionList([.. sessions]), ProtocolJson.Default.SessionList);
    }

    private async Task Recent(HttpContext context)
    {
        if (Query.Number(context, "limit", RecentByDefault, 1, Limits.RecentSessions, clamp: true, out var limit) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        var workers = await facts.Workers(context.Caller().Tenant);
        await context.Answer(new RecentSessionList(Merge(workers, (int)limit)), ProtocolJson.Default.RecentSessionList);
    }

    /// <summary>Newest first over all PCs, each session with the PC it is on.</summary>
    internal static RecentSession[] Merge(IEnumerable<WorkerSnapshot> workers, int limit) =>
        [.. workers.SelectMany(Of).OrderByDescending(session => session.LastModified, StringComparer.Ordinal).Take(limit)];

    private static IEnumerable<RecentSession> Of(WorkerSnapshot worker)
    {
        if (worker.RecentSessionsJson is not { } json) return [];
        try
        {
            var sessions = JsonSerializer.Deserialize(json, ProtocolJson.Lenient.RecentSessionArray) ?? [];
            return sessions.Select(session => session with { Worker = worker.Name });
        }
        catch (JsonException)
        {
            return []; // written by an older or newer daemon; it reports again with its next heartbeat
        }
    }
}
