using System.Text;

namespace OpenClaw.Load.Modes;

/// <summary>What a task of the load prints: lines of text, as programs do.</summary>
internal static class TaskOutput
{
    private const string Line = "compiled 12 of 310 files, 0 warnings, 0 errors ";

    /// <summary>So many bytes, without a character that JSON would escape.</summary>
    public static string CreateText(int bytes) =>
        string.Concat(Enumerable.Repeat(Line, (bytes / Line.Length) + 1))[..bytes];

    /// <summary>The same as the session protocol's chunks.</summary>
    public static string CreateChunks(int bytes)
    {
        if (bytes == 0) return "[]";
        var data = Convert.ToBase64String(Encoding.UTF8.GetBytes(CreateText(bytes)));
        return $$"""[{"stream":"stdout","sequence":0,"offset":0,"elapsed":1,"data":"{{data}}"}]""";
    }
}
