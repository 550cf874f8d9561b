using System.Text.Json;
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
internal sealed class FactsEndpoint(IGrainFactory grains)
{
    private const int MostCores = 65_536;
    private const long MostBytes = 1L << 60;
    private const long MostMilliseconds = 253_402_300_799_999; // the year 9999

    public async Task Handle(HttpContext context)
    {
        var (announced, problem) = await StrictJson.ReadAsync(context, ProtocolJson.Default.AnnounceFacts, Limits.WorkerBody);
        if (problem is not null)
        {
            await context.Answer(problem);
            return;
        }
        var errors = new FieldErrors();
        Check(announced!.Facts, errors.Within("facts"));
        if (errors.Any)
        {
            await context.Answer(Problem400.Fields(errors.ToArray()));
            return;
        }
        var json = JsonSerializer.Serialize(announced.Facts, ProtocolJson.Default.WorkerFacts);
        if (SessionGate.WorkerOf(announced.Session) is { } name
            && await grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(context.Caller().Tenant, name)).Announce(announced.Session, json))
        {
            await context.Answer(new FactsTaken(announced.Session, Taken: true), ProtocolJson.Default.FactsTaken);
            return;
        }
        await context.Answer(ProblemTable.SessionSuperseded);
    }

    internal static void Check(WorkerFacts facts, FieldErrors errors)
    {
        errors.Printable("system", facts.System, Limits.Fact);
        errors.Range("cores", facts.Cores, 1, MostCores);
        errors.Range("memory", facts.Memory, 0, MostBytes);
        errors.Range("diskFree", facts.DiskFree, 0, MostBytes);
        errors.Range("battery", facts.Battery, 0, 100);
        errors.Range("pausedSince", facts.PausedSince, 0, MostMilliseconds);
        errors.Range("pausedUntil", facts.PausedUntil, 0, MostMilliseconds);
        errors.Range("quietUntil", facts.QuietUntil, 0, MostMilliseconds);
        if (facts.Tools?.Count > Limits.Tools)
            errors.Add("tools", $"must have at most {Limits.Tools} entries");
        foreach (var (tool, version) in (facts.Tools ?? []).Take(Limits.Tools))
        {
            if (!Names.IsName(tool)) errors.Add("tools", "must have names: a-z, 0-9 and -, at most 63, no - first");
            else if (version is null) errors.Add($"tools.{tool}", "must not be null");
            else errors.Printable($"tools.{tool}", version, Limits.Fact);
        }
    }
}
