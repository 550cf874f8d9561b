using System.Text.Json.Nodes;

namespace OpenClaw.Worker.Execution.Files.Writing;

/// <summary>How a file is written, and which properties of the old file the new one could not keep.</summary>
internal sealed class WriteOptions
{
    private readonly List<string> lost = [];

    /// <summary>Cancels the wait for the file's lock.</summary>
    public CancellationToken Stop { get; init; }
    /// <summary>The file's lock when the caller holds it already; the caller releases it.</summary>
    public IDisposable? HeldLock { get; init; }
    /// <summary>Never replaces a file: of all who write the same name with this, in any process, exactly one succeeds.</summary>
    public bool IfAbsent { get; init; }

    /// <summary>The replaced file had other names (hard links), which still lead to the old content.</summary>
    public bool SplitsHardLinks { get; set; }

    /// <summary>Notes a property of the replaced file that could not be set on the new one.</summary>
    public void AddLost(string what) => lost.Add(what);

    /// <summary>Adds what was not kept to a task's metadata.</summary>
    public void AddTo(JsonObject facts)
    {
        if (SplitsHardLinks) facts["hardLinkSplit"] = true;
        if (lost.Count > 0) facts["notKept"] = new JsonArray([.. lost.Select(what => (JsonNode)what)]);
    }
}
