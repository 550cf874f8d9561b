namespace OpenClaw.Hosting.Settings;

/// <summary>One setting: the variable it is read from, and the command-line option that goes before it, when there is one.</summary>
/// <param name="Variable">Name of the environment variable.</param>
/// <param name="Means">A sentence for <c>--help</c>, with the default.</param>
/// <param name="Option">The option, <c>--port</c>; null: none.</param>
/// <param name="IsSwitch">On by being there; the variable says <c>true</c>.</param>
public sealed record Setting(string Variable, string Means, string? Option = null, bool IsSwitch = false);
