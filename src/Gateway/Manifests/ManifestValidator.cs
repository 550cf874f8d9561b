using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Manifests;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Manifests;

/// <summary>A custom kind with the schema its worker announced.</summary>
internal sealed record AnnouncedKind(string Kind, PayloadSchema Schema)
{
    /// <summary>The label its worker offers beside <c>kind:</c>, by which a task is kept from a worker with another schema.</summary>
    public string Label => $"schema:{Kind}.{Schema.Digest}";
}

/// <summary>What workers say of their custom kinds. Pure.</summary>
internal static class ManifestValidator
{
    /// <summary>Checks what a session says; the kinds that have a schema.</summary>
    public static IReadOnlyList<AnnouncedKind> ValidateManifests(OpenSession open, FieldErrors errors)
    {
        if (open.Manifests is not { Length: > 0 } manifests) return [];
        if (manifests.Length > Limits.Manifests) errors.Add("manifests", $"must have at most {Limits.Manifests} entries");
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifests, ProtocolJson.Default.KindManifestArray).Length;
        if (bytes > Limits.ManifestBytes) errors.Add("manifests", $"must be at most {Limits.ManifestBytes} bytes together");
        if (errors.Any) return [];
        var schemas = new List<AnnouncedKind>();
        for (var i = 0; i < manifests.Length; i++)
            if (ValidateManifests(manifests[i], $"manifests[{i}]", open.Kinds, errors) is { } announced) schemas.Add(announced);
        if (manifests.DistinctBy(one => one?.Kind).Count() < manifests.Length) errors.Add("manifests", "must name each kind once");
        return schemas;
    }

    /// <summary>What was stored of a worker; null: nothing, or by another version in another form.</summary>
    public static KindManifest[]? ReadStored(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, ProtocolJson.Lenient.KindManifestArray);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AnnouncedKind? ValidateManifests(KindManifest? manifest, string field, string[] kinds, FieldErrors errors)
    {
        if (manifest is null)
        {
            errors.Add(field, "must not be null");
            return null;
        }
        if (!kinds.Contains(manifest.Kind)) errors.Add($"{field}.kind", "must be one of the kinds of the session");
        if (Kinds.BuiltIn.Contains(manifest.Kind)) errors.Add($"{field}.kind", "must not be a built-in kind");
        errors.RequireText($"{field}.description", manifest.Description, Limits.Description);
        errors.RequireRange($"{field}.timeout", manifest.Timeout, 1, Limits.Timeout);
        if (manifest.Schema is not { ValueKind: not JsonValueKind.Null } json) return null;
        var schemaErrors = new List<SchemaError>();
        if (PayloadSchema.Read(json, schemaErrors) is { } schema) return new(manifest.Kind, schema);
        foreach (var error in schemaErrors) errors.Add($"{field}.schema{error.Pointer}", error.Message);
        return null;
    }
}
