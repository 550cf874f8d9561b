using System.Text.Json.Nodes;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Listing;

/// <summary>
/// What a task could not give, by path, for its metadata. That has a limit, so behind the first hundred they are counted only; a count says
/// that there are more.
/// </summary>
internal sealed class OmissionList
{
    private const int MostNames = 100, MostLetters = 12_000, LongestName = 4_000;
    private readonly List<string> names = [];
    private int count, letters;

    public int Count => count;

    public void Add(string path)
    {
        count++;
        if (names.Count == MostNames || letters > MostLetters) return;
        var name = FileName.Escape(path);
        if (name.Length > LongestName) name = name[..LongestName] + "…";
        letters += name.Length;
        names.Add(name);
    }

    /// <summary>Puts the names under <paramref name="field"/>, and beside it the count when not all are named.</summary>
    public void AddTo(JsonObject facts, string field)
    {
        facts[field] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        if (count > names.Count) facts[field + "Count"] = count;
    }
}
