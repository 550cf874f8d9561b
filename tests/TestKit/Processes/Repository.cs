using System.Reflection;

namespace OpenClaw.TestKit.Processes;

/// <summary>The repository these tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The built program of a project of src, or of another folder.</summary>
    public static string Program(string project, string name, string folder = "src") =>
        Path.Combine(Root, folder, project, "bin", Metadata("Configuration"), "net10.0", name);

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
