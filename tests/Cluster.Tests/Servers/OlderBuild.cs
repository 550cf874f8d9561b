namespace OpenClaw.Cluster.Tests.Servers;

/// <summary>A tree of an older commit beside this one, built in Release: what a cluster is upgraded from. See upgrade-run.sh.</summary>
internal static class OlderBuild
{
    /// <summary>Folder of the tree; empty: there is none, and scenarios with two builds can't run.</summary>
    public static string Tree { get; set; } = "";

    /// <summary>The built program of a project of its src.</summary>
    public static string Program(string project, string name)
    {
        var program = Path.Combine(Tree, "src", project, "bin", "Release", "net10.0", name);
        return Tree.Length > 0 && File.Exists(program)
            ? program
            : throw new FileNotFoundException($"There is no older build at '{program}'.");
    }
}
