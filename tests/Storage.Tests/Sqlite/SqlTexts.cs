using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace OpenClaw.Storage.Tests.Sqlite;

/// <summary>
/// Every statement with parameters of an assembly, wherever it is used: what is written as a constant, and what a static field holds that
/// is put together from lists of columns. None can be forgotten.
/// </summary>
internal static partial class SqlTexts
{
    public static List<string> In(Type ofAssembly)
    {
        using var file = File.OpenRead(ofAssembly.Assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var texts = new List<string>();
        var handle = MetadataTokens.UserStringHandle(0);
        while (!(handle = metadata.GetNextHandle(handle)).IsNil)
        {
            if (metadata.GetUserString(handle) is var text && Statement().IsMatch(text)) texts.Add(text);
        }
        return [.. texts.Concat(InFields(ofAssembly)).Distinct()];
    }

    private static IEnumerable<string> InFields(Type ofAssembly) =>
        from type in ofAssembly.Assembly.GetTypes()
        where type.Namespace?.StartsWith(ofAssembly.Namespace!, StringComparison.Ordinal) == true && !type.ContainsGenericParameters
        from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
        where field.IsInitOnly && field.FieldType == typeof(string)
        let text = (string)field.GetValue(null)!
        where Statement().IsMatch(text)
        select text;

    /// <summary>SQLite's own way to write a parameter.</summary>
    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s[\s\S]*\?1")]
    private static partial Regex Statement();
}
