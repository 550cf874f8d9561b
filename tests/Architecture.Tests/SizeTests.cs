using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace OpenClaw.Architecture.Tests;

/// <summary>Sizes, design.md section 7.</summary>
public sealed class SizeTests
{
    public static TheoryData<string> Projects => House.ProjectData;

    [Fact]
    public void No_source_file_is_over_400_lines() =>
        House.None(House.Files("*.cs", "src", "bench").Where(f => House.Lines(f).Length > 400));

    [Fact]
    public void No_test_file_is_over_500_lines() =>
        House.None(House.Files("*.cs", "tests").Where(f => House.Lines(f).Length > 500));

    [Fact]
    public void No_line_is_over_140_columns() => House.None(House.Files("*.cs", "src", "tests", "bench")
        .SelectMany(f => House.Lines(f).Index().Where(l => l.Item.Length > 140).Select(l => $"{f}:{l.Index + 1}")));

    /// <summary>
    /// The parts of one type, <c>TaskMachine.Start.cs</c> beside <c>TaskMachine.cs</c>, count once. Migrations only become more.
    /// </summary>
    [Fact]
    public void No_folder_of_source_has_more_than_12_files() => House.None(House.Folders("src").Where(d => Directory.GetFiles(d)
        .Select(f => Path.GetFileName(f)).Where(f => !f.EndsWith(".lock.json", StringComparison.Ordinal))
        .Where(f => !f.EndsWith(".sql", StringComparison.Ordinal))
        .DistinctBy(f => f.EndsWith(".cs", StringComparison.Ordinal) ? f.Split('.')[0] : f).Count() > 12));

    [Fact]
    public void Every_Program_is_under_80_lines_and_only_composes() =>
        House.None(House.Files("Program.cs", "src", "bench").Where(f => House.Lines(f).Length >= 80));

    [Theory, MemberData(nameof(Projects))]
    public void No_constructor_takes_more_than_6_parameters(string project) =>
        House.None(House.AssemblyOf(project).GetTypes()
            .Where(t => t.IsClass && !IsGenerated(t) && t.GetMethod("<Clone>$") is null)
            .Where(t =>
                t.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
                    .Any(c => c.GetParameters().Length > 6))
            .Select(t => t.FullName));

    [Theory, MemberData(nameof(Projects))]
    public void No_method_spans_more_than_60_lines(string project)
    {
        var pdb = Path.ChangeExtension(House.AssemblyOf(project).Location, ".pdb");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(pdb));
        var symbols = provider.GetMetadataReader();
        var tooLong = new List<string>();
        foreach (var handle in symbols.MethodDebugInformation)
        {
            var info = symbols.GetMethodDebugInformation(handle);
            if (info.Document.IsNil) continue;
            var file = symbols.GetString(symbols.GetDocument(info.Document).Name);
            if (file.Contains("/obj/", StringComparison.Ordinal) || Path.GetFileName(file) == "Program.cs") continue;
            var lines = info.GetSequencePoints().Where(p => !p.IsHidden).ToList();
            if (lines.Count > 0 && lines.Max(p => p.EndLine) - lines.Min(p => p.StartLine) >= 60)
                tooLong.Add($"{file}:{lines.Min(p => p.StartLine)} (method {MetadataTokens.GetRowNumber(handle)})");
        }
        House.None(tooLong);
    }

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute)) || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute));
}
