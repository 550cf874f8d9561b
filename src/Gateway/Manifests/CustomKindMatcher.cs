using System.Collections.Concurrent;
using System.Text.Json;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Manifests;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Manifests;

/// <summary>
/// Holds the payload of a custom kind against the schemas that workers announced for it. It is right when it fits the schema of one that
/// could run the task, or when one that could has none; then it goes only where it fits.
/// </summary>
internal sealed class CustomKindMatcher(TenantCache tenants)
{
    private const int MostSchemas = 1_000;

    /// <summary>Reading a schema costs more than checking with it; a worker's text does not change from task to task.</summary>
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, PayloadSchema>> read = new(StringComparer.Ordinal);

    /// <summary>The spec of a task, with what keeps it where its payload fits; null: see the errors.</summary>
    public async ValueTask<TaskSpec?> MatchWorker(Envelope envelope, ValidatedSubmit submit, Caller caller, FieldErrors errors)
    {
        var tenant = caller.Tenant;
        var spec = TaskSpecs.CreateSpec(envelope, submit, tenant);
        var workers = await tenants.GetWorkers(caller);
        if (!workers.Any(worker => worker.ManifestsJson is not null)) return spec;
        var required = LabelSet.RemoveLabel(spec.Requires, LabelSet.Large);
        var able = workers.Where(worker => LabelSet.Covers(worker.Offers, required)).OrderByDescending(worker => worker.Online).ToArray();
        var payload = JsonElement.Parse(submit.Payload.Json);
        var found = able.Select(worker => (Worker: worker, Schema: FindSchema(worker, spec.Kind))).ToArray();
        var fits = found.Where(one => one.Schema is null || one.Schema.Validate(payload, 1).Count == 0).ToArray();
        if (fits.Length == found.Length) return spec;
        if (fits.Length == 0)
        {
            foreach (var error in found[0].Schema!.Validate(payload)) errors.Add("/payload" + error.Pointer, error.Message);
            return null;
        }
        return fits[0].Schema is { } schema
            ? TaskSpecs.CreateSpec(envelope, submit, tenant, new AnnouncedKind(spec.Kind, schema).Label)
            : TaskSpecs.CreateSpec(envelope with { Worker = fits[0].Worker.Name }, submit, tenant);
    }

    private PayloadSchema? FindSchema(WorkerSnapshot worker, string kind)
    {
        if (worker.ManifestsJson is not { } json) return null;
        if (read.Count > MostSchemas) read.Clear();
        return read.GetOrAdd(json, ReadSchemas).GetValueOrDefault(kind);
    }

    private static IReadOnlyDictionary<string, PayloadSchema> ReadSchemas(string json)
    {
        var schemas = new Dictionary<string, PayloadSchema>(StringComparer.Ordinal);
        foreach (var manifest in ManifestValidator.ReadStored(json) ?? [])
            if (manifest.Schema is { } text && PayloadSchema.Read(text, []) is { } schema) schemas[manifest.Kind] = schema;
        return schemas;
    }
}
