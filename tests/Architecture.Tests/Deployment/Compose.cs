using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace OpenClaw.Architecture.Tests.Deployment;

/// <summary>The compose files as Docker reads them: anchors and merges resolved, variables not.</summary>
internal static partial class Compose
{
    public const string Main = "docker-compose.yml";

    /// <summary>Services that Docker would start from a file.</summary>
    public static IReadOnlyDictionary<string, Node> Services(string file) => Read(file)["services"].Children;

    public static Node Read(string file)
    {
        var parser = new MergingParser(new Parser(new StringReader(House.Read(file))));
        return new Node(new DeserializerBuilder().Build().Deserialize<object?>(parser));
    }

    /// <summary>Every compose file of the repository.</summary>
    public static string[] Files { get; } = [.. Directory.GetFiles(House.Root, "*.yml").Select(f => Path.GetFileName(f)!)
        .Where(f => f.Contains("compose", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Names of the variables that a text takes from outside: <c>${NAME}</c>, <c>${NAME:-default}</c>, <c>{$NAME}</c>.</summary>
    public static IEnumerable<string> Variables(string text) => Variable().Matches(text)
        .Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value).Distinct(StringComparer.Ordinal);

    [GeneratedRegex(@"\$\{([A-Za-z_]\w*)[^}]*\}|\{\$([A-Za-z_]\w*)[^}]*\}")]
    private static partial Regex Variable();
}

/// <summary>A piece of a YAML document; what is not there reads as empty.</summary>
internal readonly record struct Node(object? Value)
{
    public bool Exists => Value is not null;

    public string Text => Value as string ?? "";

    public Node this[string key] => Children.GetValueOrDefault(key);

    public IReadOnlyDictionary<string, Node> Children => Value is IDictionary<object, object> map
        ? map.ToDictionary(pair => (string)pair.Key, pair => new Node(pair.Value))
        : new Dictionary<string, Node>();

    public string[] Items => Value switch
    {
        IEnumerable<object> list and not IDictionary<object, object> => [.. list.Select(item => item as string ?? "")],
        IDictionary<object, object> map => [.. map.Keys.Select(key => (string)key)],
        string text => [text],
        _ => [],
    };
}
