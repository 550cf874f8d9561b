using System.Reflection;
using System.Runtime.CompilerServices;

namespace OpenClaw.Architecture.Tests;

public sealed class NamingTests
{
    private static readonly string[] SaysNothing = ["Common", "Core", "Shared", "Utils", "Utilities", "Helper", "Helpers", "Manager",
        "Misc", "Desk"];

    /// <summary>docs/glossary.md has better ones.</summary>
    private static readonly string[] SayTooLittle =
        ["Of", "Take", "Look", "Tell", "Told", "Word", "Held", "Wrong", "Fault", "Faults", "Mends", "Enter", "Place", "Stand"];

    /// <summary>Projects whose public types are contracts as such.</summary>
    private static readonly string[] Contracts = ["Protocol", "GrainInterfaces"];

    public static TheoryData<string> Projects => House.ProjectData;

    [Fact]
    public void No_folder_or_file_has_a_name_that_says_nothing()
    {
        var names = House.Folders("src", "tests", "bench").Select(Path.GetFileName)
            .Concat(House.Files("*.cs", "src", "tests", "bench").Select(Path.GetFileNameWithoutExtension));
        House.None(names.Where(n => SaysNothing.Any(s => n!.EndsWith(s, StringComparison.OrdinalIgnoreCase))));
    }

    [Theory, MemberData(nameof(Projects))]
    public void No_type_has_a_name_that_says_nothing(string project) =>
        House.None(Ours(project).Where(t => SaysNothing.Any(s => t.Name.EndsWith(s, StringComparison.Ordinal))).Select(t => t.FullName));

    [Theory, MemberData(nameof(Projects))]
    public void A_class_is_sealed_unless_something_derives_from_it(string project)
    {
        var types = Ours(project).ToArray();
        var bases = types.Select(t => t.BaseType).OfType<Type>().Select(t => t.IsGenericType ? t.GetGenericTypeDefinition() : t)
            .ToHashSet();
        House.None(types.Where(t => t.IsClass && !t.IsSealed && !t.IsAbstract && !bases.Contains(t)).Select(t => t.FullName));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Only_contracts_and_seams_are_public(string project)
    {
        if (Contracts.Contains(project)) return;
        var surprises = Ours(project).Where(t => t.IsPublic).Select(t => t.FullName!).Except(Seams.Of(project));
        House.None(surprises);
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_type_lives_in_the_namespace_of_its_folder(string project)
    {
        var root = $"OpenClaw.{project}";
        var folders = House.Folders($"src/{project}").Select(d => Path.GetRelativePath(Path.Combine(House.Root, "src", project), d))
            .Select(d => d == "." ? root : $"{root}.{d.Replace(Path.DirectorySeparatorChar, '.')}").ToHashSet();
        House.None(Ours(project).Select(t => t.Namespace).OfType<string>()
            .Where(n => n.StartsWith("OpenClaw", StringComparison.Ordinal)).Distinct().Where(n => !folders.Contains(n)));
    }

    /// <summary>
    /// A method is a verb with its object, but where type and verb already read as a sentence: BatchWriter.Enqueue. Two thirds were of one
    /// word once.
    /// </summary>
    [Fact]
    public void Few_methods_have_a_name_of_one_word()
    {
        var names = House.Projects.SelectMany(Methods).Select(method => method.Name).ToArray();
        House.None(names.Intersect(SayTooLittle));
        Assert.InRange(names.Count(name => name.Skip(1).All(c => !char.IsUpper(c))), 1, names.Length * 20 / 100);
    }

    [Fact]
    public void No_field_begins_with_an_underscore() => House.None(House.Projects.SelectMany(Ours)
        .SelectMany(type => type.GetFields(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
            | BindingFlags.Static))
        .Where(field => field.Name.StartsWith('_') && !IsGenerated(field)).Select(field => $"{field.DeclaringType}.{field.Name}"));

    /// <summary>Methods whose names are ours to choose: those of WorkerLog are names of log events.</summary>
    private static IEnumerable<MethodInfo> Methods(string project) => House.AssemblyOf(project).GetTypes()
        .Where(type => type.Namespace?.StartsWith("OpenClaw", StringComparison.Ordinal) == true && !IsGenerated(type))
        .Where(type => type.Name != "WorkerLog")
        .SelectMany(type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
            | BindingFlags.Static))
        .Where(method => !method.IsSpecialName && !IsGenerated(method) && !method.Name.Contains('<', StringComparison.Ordinal)
            && !method.Name.Contains('.', StringComparison.Ordinal) && method.GetBaseDefinition() == method);

    private static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute))
        || (member.DeclaringType is { } outer && IsGenerated(outer));

    private static IEnumerable<Type> Ours(string project) => House.AssemblyOf(project).GetTypes().Where(t =>
        !t.IsNested && t.Namespace?.StartsWith("OpenClaw", StringComparison.Ordinal) == true
        && !t.Namespace.Contains("OrleansCodeGen", StringComparison.Ordinal)
        && t.GetCustomAttribute<CompilerGeneratedAttribute>() is null
        && t.GetCustomAttribute<System.CodeDom.Compiler.GeneratedCodeAttribute>() is null);
}
