using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace OpenClaw.Architecture.Tests;

/// <summary>The repository and what was built from it.</summary>
internal static class House
{
    private static readonly string[] NotOurs = ["bin", "obj", ".git", "TestResults", "node_modules"];

    public static string Root { get; } = typeof(House).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>Every project of src, by folder name.</summary>
    public static string[] Projects { get; } = [.. Directory.GetDirectories(Path.Combine(Root, "src"))
        .Select(d => Path.GetFileName(d)!).Where(n => File.Exists(ProjectFile(n))).Order(StringComparer.Ordinal)];

    public static TheoryData<string> ProjectData { get; } = new(Projects);

    public static string ProjectFile(string project) => Path.Combine(Root, "src", project, project + ".csproj");

    /// <summary>The compiled assembly of a project of src.</summary>
    public static Assembly AssemblyOf(string project) => Assembly.Load(project switch
    {
        "Cli" => "openclaw",
        "Worker" or "Standalone" or "Silo" or "Gateway" => "openclaw-" + project.ToLowerInvariant(),
        _ => "OpenClaw." + project,
    });

    /// <summary>Full names of the types that a project's assembly uses of another one.</summary>
    public static string[] TypesUsed(string project, string of)
    {
        using var file = new PEReader(File.OpenRead(AssemblyOf(project).Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Where(type => type.ResolutionScope.Kind == HandleKind.AssemblyReference
                && metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == of)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }

    /// <summary>Projects or packages that a project file names.</summary>
    public static string[] Declared(string project, string element) => [.. XDocument.Load(ProjectFile(project))
        .Descendants(element).Select(e => e.Attribute("Include")!.Value)
        .Select(name => name.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) : name)
            .Order(StringComparer.Ordinal)];

    /// <summary>Files of ours below some folders, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string pattern, params string[] folders) => folders
        .SelectMany(f => Walk(Path.Combine(Root, f), pattern))
        .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'));

    public static IEnumerable<string> Folders(params string[] folders) => folders.SelectMany(f => Tree(Path.Combine(Root, f)));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>Fails with the whole list.</summary>
    public static void None(IEnumerable<string?> violations) =>
        Assert.True(!violations.Any(), string.Join('\n', violations.Prepend("Not wanted:")));

    private static IEnumerable<string> Walk(string folder, string pattern) =>
        Tree(folder).SelectMany(d => Directory.GetFiles(d, pattern));

    private static IEnumerable<string> Tree(string folder) => !Directory.Exists(folder) || NotOurs.Contains(Path.GetFileName(folder))
        ? []
        : Directory.GetDirectories(folder).SelectMany(Tree).Prepend(folder);
}
