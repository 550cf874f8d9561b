using System.Text.Json;

namespace OpenClaw.Protocol.Manifests;

/// <summary>What a worker says of a custom kind of its own when it opens its session.</summary>
public sealed record KindManifest
{
    /// <summary>Name of the kind.</summary>
    public required string Kind { get; init; }
    /// <summary>What it does, a sentence or two.</summary>
    public string? Description { get; init; }
    /// <summary>Schema of its payload; see docs/worker/kinds.md for the part of JSON Schema it may use. Null: any object.</summary>
    public JsonElement? Schema { get; init; }
    /// <summary>Longest run time, ms.</summary>
    public long? Timeout { get; init; }
}
