using System.Text.Json;
using OpenClaw.Gateway.Manifests;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>A worker as the wire shows it.</summary>
internal static class WorkerViews
{
    public static WorkerView ToView(WorkerSnapshot worker)
    {
        var labels = LabelSet.Split(worker.Offers);
        return new WorkerView
        {
            Name = worker.Name,
            Status = !worker.Online ? "offline" : worker.Draining ? "draining" : "online",
            Labels = [.. labels.Where(label => !label.Contains(':', StringComparison.Ordinal))],
            Kinds = [.. GetSuffixes(labels, LabelSet.KindPrefix)],
            Manifests = ManifestValidator.ReadStored(worker.ManifestsJson),
            Os = GetSuffixes(labels, "os:").FirstOrDefault(),
            Arch = GetSuffixes(labels, "arch:").FirstOrDefault(),
            Version = worker.Version,
            LastSeen = worker.LastSeen?.ToUnixTimeMilliseconds(),
            MaxConcurrent = worker.MaxConcurrent,
            Running = [.. worker.Running.Select(attempt => attempt.Task.ToString("D"))],
            Facts = ReadFacts(worker.FactsJson),
            Identity = worker.Identity,
            Withheld = worker.Withheld is { Length: > 0 } kinds ? kinds : null,
            AuditLog = worker.Audit is { } head ? new KnownAuditHead(head.Rows, head.Hash, head.At.ToUnixTimeMilliseconds()) : null,
        };
    }

    /// <summary>
    /// Facts as they are stored. They were checked when they came; what a version from before has stored and this one can't read is null.
    /// </summary>
    public static WorkerFacts? ReadFacts(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, ProtocolJson.Lenient.WorkerFacts);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<string> GetSuffixes(string[] labels, string prefix) =>
        labels.Where(label => label.StartsWith(prefix, StringComparison.Ordinal)).Select(label => label[prefix.Length..]);
}
