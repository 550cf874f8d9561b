using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace OpenClaw.Storage.Tests.Sqlite;

/// <summary>Every statement with parameters that is written in an assembly, wherever it is used: none can be forgotten.</summary>
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
        return texts;
    }

    /// <summary>SQLite's own way to write a parameter.</summary>
    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s[\s\S]*\?1")]
    private static partial Regex Statement();
}
