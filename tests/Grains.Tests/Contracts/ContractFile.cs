using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.TestKit.Processes;
using Orleans.Serialization;

namespace OpenClaw.Grains.Tests.Contracts;

/// <summary>
/// Files of this folder. <c>contracts.txt</c> is what this build agreed to; <c>contracts-COMMIT.txt</c> and <c>values-COMMIT.txt</c> are an
/// older build's, as it wrote them.
/// </summary>
internal static class ContractFile
{
    public static Serializer Serializer { get; } = new ServiceCollection()
        .AddSerializer(serializer => serializer
            .AddAssembly(typeof(GrainInterfaces.Tasks.ITaskGrain).Assembly).AddAssembly(typeof(Grains.Tasks.TaskRecord).Assembly))
        .BuildServiceProvider().GetRequiredService<Serializer>();

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Grains.Tests", "Contracts");

    /// <summary>Lines of a file that is checked in.</summary>
    public static string[] Read(string name) => File.ReadAllLines(Path.Combine(Folder, name));

    /// <summary>Writes what this build would check in beside the tests' program; where that is.</summary>
    public static string Write()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "contracts")).FullName;
        File.WriteAllLines(Path.Combine(folder, "contracts.txt"), ContractText.Lines());
        var values = ContractText.Types.Select(type => Wire(type.Key, type.Value)).Concat(ContractText.States.Select(Row));
        File.WriteAllLines(Path.Combine(folder, "values.txt"), values);
        return folder;
    }

    /// <summary>A line of values: what it is, the type's alias, the bytes or the JSON, and what is in it.</summary>
    public static (string What, string Alias, string Stored, JsonNode Shown) Parse(string line)
    {
        var parts = line.Split('\t');
        return (parts[0], parts[1], parts[2], JsonNode.Parse(parts[3])!);
    }

    private static string Wire(string alias, Type type)
    {
        var value = SampleValue.Make(type);
        var bytes = Serializer.SerializeToArray<object>(value);
        return string.Join('\t', "wire", alias, Convert.ToBase64String(bytes), SampleValue.Show(value)!.ToJsonString());
    }

    private static string Row(Type type)
    {
        var value = SampleValue.Make(type);
        var json = JsonSerializer.Serialize(value, type);
        return string.Join('\t', "row", ContractText.NameOf(type), json, SampleValue.Show(value)!.ToJsonString());
    }
}
