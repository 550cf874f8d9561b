using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// The folders tasks may use, without links: for reading, for writing, and to run programs in. What may be written may be read.
/// </summary>
internal sealed record FolderRules(IReadOnlyList<string> Read, IReadOnlyList<string> Write, IReadOnlyList<string> Run)
{
    /// <summary>The rule a folder outside is refused by.</summary>
    public const string Rule = "roots.run";

    /// <summary>What they have against a folder to run in; null: nothing.</summary>
    public Verdict? FindObjection(NamedPath folder)
    {
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (Run.Any(root => RealPath.IsWithin(folder.Real, root, comparison))) return null;
        if (folder.Named == "~")
            return Verdict.Rejected(Rule, "programs may not run in the home folder on this PC, where a task that names no cwd runs");
        var leads = folder.Named == folder.Real ? "" : $" (it leads to {folder.Real})";
        return Verdict.Rejected(Rule, $"programs may not run in {folder.Named}{leads} on this PC");
    }
}
