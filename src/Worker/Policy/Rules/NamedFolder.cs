namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// A folder or file a policy names: where it leads, and the links that were followed on the way there, each by its own path without links.
/// </summary>
internal sealed record NamedFolder(string Real, IReadOnlyList<string> Links);
