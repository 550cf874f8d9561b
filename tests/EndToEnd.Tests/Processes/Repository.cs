using System.Reflection;

namespace OpenClaw.EndToEnd.Tests.Processes;

/// <summary>The repository these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The built program of a project of src.</summary>
    public static string Program(string project, string name) =>
        Path.Combine(Root, "src", project, "bin", Metadata("Configuration"), "net10.0", name);

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
