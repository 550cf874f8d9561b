using System.Text.Json.Nodes;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>A turn as the agent reported it.</summary>
internal sealed record TurnAnswer
{
    /// <summary>The answer's text, or the sentence of an error.</summary>
    public required string Text { get; init; }

    /// <summary>A word when the turn failed, else null.</summary>
    public string? Reason { get; init; }

    /// <summary>Session, cost, time, turns, tokens, model.</summary>
    public required JsonObject Facts { get; init; }

    /// <summary>A line for each tool use that was denied.</summary>
    public IReadOnlyList<string> Denied { get; init; } = [];
}
