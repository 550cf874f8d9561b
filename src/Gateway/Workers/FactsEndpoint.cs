using System.Text.Json;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>POST /worker/facts: what a PC is. It is shown and decides nothing.</summary>
internal sealed class FactsEndpoint(IGrainFactory grains) : IEndpoint
{
    private const int MostCores = 65_536;
    private const long MostBytes = 1L << 60;
    private const long MostMilliseconds = 253_402_300_799_999; // the year 9999

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapChange(Routes.WorkerFacts, AnnounceFacts).RequirePolicy(AccessPolicy.Work);

    private async ValueTask<Reply> AnnounceFacts(HttpContext context)
    {
        var (announced, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.AnnounceFacts, Limits.WorkerBody,
            (body, errors) => ValidateFacts(body.Facts, errors.Within("facts")));
        if (announced is null) return problem!;
        var json = JsonSerializer.Serialize(announced.Facts, ProtocolJson.Default.WorkerFacts);
        return SessionGate.FindWorkerName(context.GetCaller(), announced.Session) is { } name
            && await grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(context.GetCaller().Tenant, name)).Announce(announced.Session, json)
            ? Reply.FromValue(new FactsTaken(announced.Session, Taken: true), ProtocolJson.Default.FactsTaken)
            : ProblemTable.SessionSuperseded;
    }

    internal static void ValidateFacts(WorkerFacts facts, FieldErrors errors)
    {
        errors.RequirePrintable("system", facts.System, Limits.Fact);
        errors.RequireRange("cores", facts.Cores, 1, MostCores);
        errors.RequireRange("memory", facts.Memory, 0, MostBytes);
        errors.RequireRange("diskFree", facts.DiskFree, 0, MostBytes);
        errors.RequireRange("battery", facts.Battery, 0, 100);
        errors.RequireRange("pausedSince", facts.PausedSince, 0, MostMilliseconds);
        errors.RequireRange("pausedUntil", facts.PausedUntil, 0, MostMilliseconds);
        errors.RequireRange("quietUntil", facts.QuietUntil, 0, MostMilliseconds);
        if (facts.Tools?.Count > Limits.Tools) errors.Add("tools", $"must have at most {Limits.Tools} entries");
        foreach (var (tool, version) in (facts.Tools ?? []).Take(Limits.Tools))
        {
            if (!Names.IsName(tool)) errors.Add("tools", "must have names: a-z, 0-9 and -, at most 63, no - first");
            else if (version is null) errors.Add($"tools.{tool}", "must not be null");
            else errors.RequirePrintable($"tools.{tool}", version, Limits.Fact);
        }
    }
}
