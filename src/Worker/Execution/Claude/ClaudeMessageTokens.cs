namespace OpenClaw.Worker.Execution.Claude;

/// <summary>What the messages of a part say of its tokens, for when it does not come to its end: the CLI itself counts only then.</summary>
internal sealed class ClaudeMessageTokens
{
    private readonly List<ClaudeTokens> messages = [];
    // Sub-agents write at the same time: which message a piece belongs to, by who writes it.
    private readonly Dictionary<string, int> current = new(StringComparer.Ordinal);

    /// <summary>Messages of the model itself.</summary>
    public int Turns { get; private set; }

    /// <summary>The model that wrote the last of them.</summary>
    public string? Model { get; private set; }

    public ClaudeTokens Tokens => messages.Aggregate(default(ClaudeTokens), (sum, message) => sum + message);

    /// <summary>Takes note of a piece. <paramref name="writer"/> is a sub-agent's id, or empty.</summary>
    public void CountPiece(string writer, ClaudeStreamEvent piece)
    {
        if (piece is { Type: "message_start", Message: { Usage: { } begun } message })
        {
            current[writer] = messages.Count;
            messages.Add(ClaudeTokens.FromUsage(begun));
            if (writer.Length == 0) (Turns, Model) = (Turns + 1, message.Model);
        }
        else if (piece is { Type: "message_delta", Usage: { } now } && current.TryGetValue(writer, out var at))
        {
            messages[at] = messages[at].UpdatedBy(ClaudeTokens.FromUsage(now));
        }
    }

    /// <summary>The part has ended, and its own counts are the truth.</summary>
    public void Clear()
    {
        messages.Clear();
        current.Clear();
        (Turns, Model) = (0, null);
    }
}
