using System.Text.Json.Serialization;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Contexts;

/// <summary>A context for programs: never its token.</summary>
internal sealed record ContextView(string Name, string Url, string? TokenId, bool Current, bool OwnAuthority);

/// <summary><c>contexts list --json</c>.</summary>
internal sealed record ContextListView(ContextView[] Contexts);

/// <summary><c>logout --json</c>.</summary>
internal sealed record LoggedOut(string Name, string Url, string? TokenId);

/// <summary><c>status --json</c>.</summary>
internal sealed record ServerStatus(string Url, string? Context, CallerView Caller);

/// <summary>What these verbs say to programs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContextView))]
[JsonSerializable(typeof(ContextListView))]
[JsonSerializable(typeof(LoggedOut))]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class ContextsJson : JsonSerializerContext;
