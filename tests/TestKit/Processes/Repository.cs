using System.Reflection;

namespace OpenClaw.TestKit.Processes;

/// <summary>The repository these tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The native worker where it was published before the tests, as test.sh does; else null.</summary>
    public static string? NativeWorker { get; } =
        Environment.GetEnvironmentVariable("OPENCLAW_NATIVE_WORKER") is { Length: > 0 } file ? file : null;

    /// <summary>The program of a project of src, or of another folder; of the worker the native one, where there is one.</summary>
    public static string Program(string project, string name, string folder = "src") =>
        project == "Worker" && NativeWorker is { } native ? native : BuiltProgram(project, name, folder);

    /// <summary>The program as it was built, with its assemblies beside it.</summary>
    public static string BuiltProgram(string project, string name, string folder = "src") =>
        Path.Combine(Root, folder, project, "bin", Metadata("Configuration"), "net10.0", name);

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
