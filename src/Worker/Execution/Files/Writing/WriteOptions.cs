using System.Text.Json.Nodes;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>How a file is to be written, and what came of it.</summary>
internal sealed class WriteOptions
{
    private readonly List<string> lost = [];

    /// <summary>Ends the wait for the file's turn.</summary>
    public CancellationToken Stop { get; init; }
    /// <summary>The turn, when the caller has it already; it stays the caller's.</summary>
    public IDisposable? Turn { get; init; }
    /// <summary>Nothing may be replaced: of many who write with this, in whatever process, one wins.</summary>
    public bool IfAbsent { get; init; }

    /// <summary>The file had other names, and those have its old content now.</summary>
    public bool SplitsHardLinks { get; set; }

    /// <summary>Notes something of the replaced file that the new one could not be given.</summary>
    public void NoteLost(string what) => lost.Add(what);

    /// <summary>Says in a task's metadata what is not as it was.</summary>
    public void AddTo(JsonObject facts)
    {
        if (SplitsHardLinks) facts["hardLinkSplit"] = true;
        if (lost.Count > 0) facts["notKept"] = new JsonArray([.. lost.Select(what => (JsonNode)what)]);
    }
}
